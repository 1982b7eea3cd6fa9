import { parse } from 'yaml';
import { z } from 'zod';
import { AppError } from '#core/errors';
import type { Descriptor, Manifest } from '#core/manifest';

/** References to other nodes that a YAML text may have; more could unfold without end. */
const MAX_ALIASES = 100;
/** Longest requirements.yaml that is read, in characters: parsing takes its time at once, and no chart needs as many. */
const MAX_REQUIREMENTS_LENGTH = 64 * 1024;

const text = z.string().optional().catch(undefined);

/** An entry of `dependencies` in Chart.yaml, or in requirements.yaml (helm.sh/docs/topics/charts). */
const dependencySchema = z.object({
  name: z.string().catch(''),
  version: text,
  repository: z.string().catch(''),
  condition: text,
  tags: z.array(z.string()).optional().catch(undefined),
  enabled: z.boolean().optional().catch(undefined),
  'import-values': z.array(z.unknown()).optional().catch(undefined),
  alias: text,
});

const dependenciesSchema = z.object({ dependencies: z.array(dependencySchema).nullish() });

export type ChartDependency = z.output<typeof dependencySchema>;

/** The layer with the chart's files; the other one may be its provenance. */
export function chartLayerOf({ config, layers }: Manifest): Descriptor | undefined {
  return (
    layers.find(({ mediaType }) => mediaType === 'application/vnd.cncf.helm.chart.content.v1.tar+gzip') ??
    layers.find(({ digest }) => digest !== config?.digest)
  );
}

/** Whether a path in the archive is that of a file in the chart's own directory, its name in whatever case. */
export function isChartFile(path: string, name: string): boolean {
  const [, file, ...deeper] = path.replace(/^\.\//, '').split('/');
  return deeper.length === 0 && file?.toLowerCase() === name;
}

/** What the chart in a config (Chart.yaml as JSON) depends on; undefined for one that says it in requirements.yaml. */
export function declaredDependencies(chart: Readonly<Record<string, unknown>>): readonly ChartDependency[] | undefined {
  if (chart['apiVersion'] === 'v1') return undefined;
  const parsed = dependenciesSchema.safeParse(chart);
  return (parsed.success && parsed.data.dependencies) || [];
}

/** The dependencies in a requirements.yaml; BAD_REQUEST for what is no such text, REQUEST_ENTITY_TOO_LARGE beyond 64 KiB. */
export function parseRequirements(yaml: string): readonly ChartDependency[] {
  if (yaml.length > MAX_REQUIREMENTS_LENGTH) {
    throw new AppError('REQUEST_ENTITY_TOO_LARGE', { message: 'the requirements.yaml of the chart is too large' });
  }
  const parsed = dependenciesSchema.safeParse(parseYaml(yaml));
  if (!parsed.success) throw new AppError('BAD_REQUEST', { message: 'the requirements.yaml of the chart is invalid' });
  return parsed.data.dependencies ?? [];
}

function parseYaml(yaml: string): unknown {
  try {
    // Each key is compared with all before it where they must be unique; of two alike the last counts.
    return parse(yaml, { maxAliasCount: MAX_ALIASES, logLevel: 'error', uniqueKeys: false });
  } catch {
    return undefined;
  }
}
