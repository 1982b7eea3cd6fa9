import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import { newId } from '#core/ids';
import type { EventService } from '#domain/events/event-service';
import { type Mutation, newMutation } from '#domain/events/mutation';
import type { DryRunStore } from '#domain/gc/garbage-store';
import type { GcSlice } from '#domain/gc/gc-slice';
import type { UntaggedPolicy, UntaggedVerdict } from '#domain/gc/untagged-policy';
import type { UntaggedArtifact, UntaggedPosition, UntaggedStore } from '#domain/gc/untagged-store';
import { GARBAGE_COLLECTION_ACTOR } from '#domain/jobs/job-actors';
import type { RepositoryLocks } from '#domain/repositories/repository-locks';
import { withLease } from '#domain/repositories/with-lease';

/** Artifacts looked at in one slice. */
const PAGE = 50;
/** Who deletes, as the audit log and the trash have it. */
const ACTOR = { username: GARBAGE_COLLECTION_ACTOR, sourceAddress: undefined };

export interface UntaggedPhaseDeps {
  readonly untagged: UntaggedStore;
  readonly dryRun: DryRunStore;
  readonly policy: Pick<UntaggedPolicy, 'judge'>;
  readonly locks: RepositoryLocks;
  readonly events: EventService;
  readonly background: Background;
  readonly clock: Clock;
}

/**
 * Moves artifacts that nothing names to the trash, as any deletion does, one a slice: so each commits with its progress. What a
 * push may count on stays restorable for the window; with a window of 0 the phases after this one free it at once.
 */
export class UntaggedPhase {
  readonly #deps: UntaggedPhaseDeps;

  constructor(deps: UntaggedPhaseDeps) {
    this.#deps = deps;
  }

  async run(gc: GcSlice): Promise<void> {
    if (!gc.parameters.isDeletingUntagged) return gc.save(gc.over());
    const { items, next } = await this.#deps.untagged.find(gc.position as UntaggedPosition | undefined, PAGE);
    let [kept, left] = [0, 0];
    for (const artifact of items) {
      const tags = await this.#tagsOfOld(gc, artifact);
      const verdict = tags && (await this.#deps.policy.judge(artifact, tags));
      if (!verdict) left++;
      else if (verdict.isKept) kept++;
      else if (await this.#delete(gc, artifact, verdict, { kept, left })) return;
    }
    const findings = { brought: { keptArtifacts: kept }, left };
    await gc.save(next ? gc.more(next, findings) : gc.over(findings));
  }

  /** The tags that would go along; undefined when it, or what would go along, was touched within the window. */
  async #tagsOfOld(gc: GcSlice, artifact: UntaggedArtifact) {
    if (artifact.touchedAtMs > gc.cutoffMs) return undefined;
    const { tags, touchedAtMs } = await this.#deps.untagged.goingAlong(artifact, gc.isDryRun);
    // Somebody may be about to push an index anew, whose children he has found.
    return touchedAtMs > gc.cutoffMs ? undefined : tags;
  }

  async #delete(
    gc: GcSlice,
    artifact: UntaggedArtifact,
    { judgement }: UntaggedVerdict,
    { kept, left }: { readonly kept: number; readonly left: number },
  ): Promise<boolean> {
    const { repositoryId, pushedAtMs, id, repository, digest } = artifact;
    const brought = { untaggedArtifacts: 1, keptArtifacts: kept };
    const findings = { brought, names: [`${repository}@${digest}`], left };
    const progress = gc.more({ repositoryId, pushedAtMs, id }, findings);
    if (gc.isDryRun) {
      // Only without a window does what goes to the trash leave it in the same run.
      await this.#deps.dryRun.deleteUntagged(artifact, gc.parameters.timeWindowHours === 0, progress);
      return true;
    }
    const mutation = this.#mutation(artifact);
    const outcome = await withLease(this.#deps, repositoryId, (lockToken) =>
      this.#deps.untagged.delete({ artifact, lockToken, cutoffMs: gc.cutoffMs, judgement, mutation, progress }),
    );
    if (outcome === 'done') this.#deps.events.announce(mutation.events);
    return outcome === 'done';
  }

  #mutation({ projectId, repositoryId, repository, digest }: UntaggedArtifact): Mutation {
    const resource = `${repository}@${digest}`;
    const description = `delete artifact: ${resource}, which had no tag`;
    const audit = { projectId, operation: 'delete', resourceType: 'artifact', resource, description };
    const mutation = newMutation(audit, ACTOR, this.#deps.clock);
    const about = { repository, repositoryId, digest, atMs: mutation.nowMs, actor: ACTOR.username };
    return { ...mutation, events: [{ ...about, kind: 'artifact-deleted', id: newId() }] };
  }
}
