import type { GcResults } from '#domain/gc/gc-results';
import { gcResultsOf } from '#domain/gc/gc-results';
import type { Execution } from '#domain/jobs/execution';

/** What Harbor says in `job_parameters` of a run, and, after Harbor's three, what more is known. */
const NAMES: Readonly<Record<keyof GcResults, string>> = {
  freedBytes: 'freed_space',
  purgedBlobs: 'purged_blobs',
  purgedManifests: 'purged_manifests',
  untaggedArtifacts: 'untagged_artifacts',
  keptArtifacts: 'kept_artifacts',
  forgottenArtifacts: 'forgotten_artifacts',
  forgottenTags: 'forgotten_tags',
  unlinkedBlobs: 'unlinked_blobs',
};

/** What a run was started with, and what it has brought so far. Harbor calls the window `time_window` here. */
export function gcAttributes({ parameters, results }: Execution): Readonly<Record<string, unknown>> {
  const brought = gcResultsOf(results);
  const named = (Object.keys(NAMES) as (keyof GcResults)[]).map((key) => [NAMES[key], brought[key]] as const);
  return { ...parameters, time_window: parameters['time_window_hours'], ...Object.fromEntries(named) };
}
