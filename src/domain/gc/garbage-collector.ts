import type { Clock } from '#core/clock';
import { GarbagePhases, type GarbagePhasesDeps } from '#domain/gc/garbage-phases';
import { gcParametersRecord } from '#domain/gc/gc-parameters';
import { type GcPhaseName, GcSlice } from '#domain/gc/gc-slice';
import { ObjectsPhase, type ObjectsPhaseDeps } from '#domain/gc/objects-phase';
import { UntaggedPhase, type UntaggedPhaseDeps } from '#domain/gc/untagged-phase';
import { JobFailure, type JobHandler } from '#domain/jobs/job-handler';
import type { JobSlice } from '#domain/jobs/job-slice';

export interface GarbageCollectorDeps extends UntaggedPhaseDeps, GarbagePhasesDeps, ObjectsPhaseDeps {
  /** Whether nothing may be deleted anywhere. */
  readonly isReadOnly: () => Promise<boolean>;
  readonly clock: Clock;
}

/**
 * Collects garbage while everybody goes on (docs/adr/0017-garbage-collection.md): phase after phase, page after page of what
 * may be garbage, each in a batch that looks again whether it is.
 */
export class GarbageCollector implements JobHandler {
  readonly #clock: Clock;
  readonly #deps: GarbageCollectorDeps;
  readonly #phases: Readonly<Record<GcPhaseName, (gc: GcSlice) => Promise<void>>>;

  constructor(deps: GarbageCollectorDeps) {
    this.#deps = deps;
    this.#clock = deps.clock;
    const untagged = new UntaggedPhase(deps);
    const garbage = new GarbagePhases(deps);
    const objects = new ObjectsPhase(deps);
    this.#phases = {
      begin: (gc) => this.#begin(gc),
      untagged: (gc) => untagged.run(gc),
      trash: (gc) => garbage.trash(gc),
      links: (gc) => garbage.links(gc),
      blobs: (gc) => garbage.blobs(gc),
      objects: (gc) => objects.run(gc),
    };
  }

  async runSlice(slice: JobSlice): Promise<void> {
    const gc = new GcSlice(slice, this.#clock);
    if (!gc.isDryRun && (await this.#deps.isReadOnly())) throw new JobFailure('the registry is read-only');
    await this.#phases[gc.phase](gc);
  }

  async #begin(gc: GcSlice): Promise<void> {
    const parameters = Object.entries(gcParametersRecord(gc.parameters)).map(([name, value]) => `${name} ${value}`);
    const window = `What was touched or deleted after ${new Date(gc.cutoffMs).toISOString()} stays`;
    const progress = gc.over({ lines: [`Garbage collection: ${parameters.join(', ')}`, window] });
    await (gc.isDryRun ? this.#deps.dryRun.begin(progress) : gc.save(progress));
  }
}
