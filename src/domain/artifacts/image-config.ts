import { z } from 'zod';

const text = z.string().optional().catch(undefined);
const texts = z.array(z.string()).nullish().catch(undefined);
const keys = z.record(z.string(), z.unknown()).nullish().catch(undefined);
const labels = z.record(z.string(), z.string()).nullish().catch(undefined);

/** What a container is started with, as far as the image-spec names it (config.md §Properties). */
const runSchema = z.object({
  User: text,
  ExposedPorts: keys,
  Env: texts,
  Entrypoint: texts,
  Cmd: texts,
  Volumes: keys,
  WorkingDir: text,
  Labels: labels,
  StopSignal: text,
  ArgsEscaped: z.boolean().optional().catch(undefined),
});

const historySchema = z.object({
  created: text,
  created_by: text,
  author: text,
  comment: text,
  empty_layer: z.boolean().optional().catch(undefined),
});

const imageConfigSchema = z.object({
  created: z.iso.datetime({ offset: true }).optional().catch(undefined),
  architecture: z.string().catch(''),
  os: z.string().catch(''),
  author: text,
  config: runSchema.nullish().catch(undefined),
  history: z.array(historySchema).nullish().catch(undefined),
});

/** Labels that name an author where the config does not. */
const AUTHOR_LABELS = ['org.opencontainers.image.authors', 'maintainer'];

/** What Harbor shows of an image's config (`harbor:src/controller/artifact/processor/image/manifest_v2.go`). */
export function imageAttributes(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const image = imageConfigSchema.parse(config);
  const named = image.config?.Labels ?? {};
  const author = image.author || AUTHOR_LABELS.map((label) => named[label]).find((value) => value);
  return {
    created: image.created ?? null,
    architecture: image.architecture,
    os: image.os,
    author: author ?? '',
    config: withoutEmpty(image.config ?? {}),
  };
}

/** How the image was built, step by step (image-spec config.md, `history`). */
export function buildHistory(config: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] {
  return (imageConfigSchema.parse(config).history ?? []).map(withoutEmpty);
}

function withoutEmpty(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === '' || value === false;
}
