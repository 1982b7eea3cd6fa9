import { isIndexMediaType } from '#core/media-types';
import type { Artifact } from '#domain/artifacts/artifact';

/** What can be shown of an artifact's content, under Harbor's names. */
export const ADDITIONS = [
  'build_history',
  'values.yaml',
  'readme.md',
  'dependencies',
  'sbom',
  'license',
  'files',
] as const;

export type Addition = (typeof ADDITIONS)[number];

const OF_TYPE: ReadonlyMap<string, readonly Addition[]> = new Map([
  ['IMAGE', ['build_history']],
  ['WASM', ['build_history']],
  ['CHART', ['values.yaml', 'readme.md', 'dependencies']],
  ['CNAI', ['readme.md', 'license', 'files']],
]);

/** The additions an artifact announces (`harbor:src/controller/artifact/processor`, ListAdditionTypes). */
export function additionsOf({ type, manifestMediaType }: Artifact): readonly Addition[] {
  return isIndexMediaType(manifestMediaType) ? [] : (OF_TYPE.get(type) ?? []);
}

/** An addition as clients get it. */
export interface AdditionContent {
  readonly contentType: string;
  readonly body: string | Uint8Array | ReadableStream<Uint8Array>;
}
