import type { DryRunStore, GarbageStore, Link, Outcome, Sifted, UnneededBlob } from '#domain/gc/garbage-store';
import type { GcResults } from '#domain/gc/gc-results';
import type { GcSlice } from '#domain/gc/gc-slice';
import type { Progress } from '#domain/jobs/progress';

/** Candidates looked at in one slice, and deletions forgotten by one: some tens of milliseconds of the database's. */
const PAGE = 500;
const TRASH_PAGE = 200;
/** Looks at the same page, should what was found keep changing. */
const MAX_ATTEMPTS = 10;

export interface GarbagePhasesDeps {
  readonly garbage: GarbageStore;
  readonly dryRun: DryRunStore;
}

/** What garbage collection deletes rows of: old trash, links, blobs. */
export class GarbagePhases {
  readonly #deps: GarbagePhasesDeps;

  constructor(deps: GarbagePhasesDeps) {
    this.#deps = deps;
  }

  /** Deletions from which the window to undo them has passed. */
  async trash(gc: GcSlice): Promise<void> {
    const { garbage } = this.#deps;
    if (gc.isDryRun) {
      const { artifacts, tags } = await this.#deps.dryRun.countTrash(gc.cutoffMs);
      return gc.save(gc.over({ brought: { forgottenArtifacts: artifacts, forgottenTags: tags } }));
    }
    await repeat(async () => {
      const trash = await garbage.findTrash(gc.cutoffMs, TRASH_PAGE);
      const [artifacts, tags] = [trash.artifactIds.length, trash.tagIds.length];
      const found = { brought: { forgottenArtifacts: artifacts, forgottenTags: tags } };
      const isLast = artifacts < TRASH_PAGE && tags < TRASH_PAGE;
      return garbage.forgetTrash(trash, gc.cutoffMs, isLast ? gc.over(found) : gc.more(undefined, found));
    });
  }

  /** Links of blobs that no manifest of the repository needs: uploads without a manifest, for the most part. */
  async links(gc: GcSlice): Promise<void> {
    const { garbage } = this.#deps;
    await repeat(async () => {
      const page = await garbage.findLinks(gc.position as Link | undefined, gc.cutoffMs, PAGE);
      const progress = progressOf(gc, page, { unlinkedBlobs: page.items.length });
      if (!gc.isDryRun) return garbage.unlink(page.items, gc.cutoffMs, progress);
      return saved(gc, progress);
    });
  }

  /** Blobs that nothing refers to. Their objects go in the next phase, when nobody can find them any more. */
  async blobs(gc: GcSlice): Promise<void> {
    const { garbage, dryRun } = this.#deps;
    await repeat(async () => {
      const store = gc.isDryRun ? dryRun : garbage;
      const page = await store.findBlobs((gc.position as number | undefined) ?? 0, gc.cutoffMs, PAGE);
      const digests = page.items.map(({ digest }) => digest);
      const progress = progressOf(gc, page, sizeOf(page.items), digests);
      return gc.isDryRun ? saved(gc, progress) : garbage.doom(page.items, gc.cutoffMs, progress);
    });
  }
}

function progressOf(
  gc: GcSlice,
  { next, left }: Sifted<unknown, unknown>,
  brought: Partial<GcResults>,
  names: readonly string[] = [],
): Progress {
  const findings = { brought, names, left };
  return next === undefined ? gc.over(findings) : gc.more(next, findings);
}

async function saved(gc: GcSlice, progress: Progress): Promise<Outcome> {
  await gc.save(progress);
  return 'done';
}

function sizeOf(blobs: readonly UnneededBlob[]): Partial<GcResults> {
  const purgedManifests = blobs.filter(({ isManifest }) => isManifest).length;
  const freedBytes = blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { purgedManifests, purgedBlobs: blobs.length - purgedManifests, freedBytes };
}

/** Somebody wanted what was found, in the instant between: it is looked for again, so that the numbers are true. */
async function repeat(attempt: () => Promise<Outcome>): Promise<void> {
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
    if ((await attempt()) === 'done') return;
  }
  throw new Error('what garbage collection looks at keeps changing');
}
