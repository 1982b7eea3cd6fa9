import { withinProject } from '#core/reference';
import type { UntaggedArtifact } from '#domain/gc/untagged-store';
import type { ImmutabilityService } from '#domain/immutability/immutability-service';
import type { Judgement } from '#domain/immutability/judgement';
import type { RetentionService } from '#domain/retention/retention-service';

/** What a project's policies say of an artifact without a tag. */
export interface UntaggedVerdict {
  readonly isKept: boolean;
  /** The rules of immutable tags that allow its deletion; guarded in the batch. */
  readonly judgement: Judgement;
}

/**
 * Keeps what tag retention keeps of the untagged, and immutable tags of what would go along. The artifact has none, so that no
 * rule of immutable tags is about it, though it excludes tags.
 */
export class UntaggedPolicy {
  readonly #deps: { readonly retention: RetentionService; readonly immutability: ImmutabilityService };

  constructor(deps: { readonly retention: RetentionService; readonly immutability: ImmutabilityService }) {
    this.#deps = deps;
  }

  /** `tagsGoingAlong` are those of its accessories. */
  async judge(artifact: UntaggedArtifact, tagsGoingAlong: readonly string[]): Promise<UntaggedVerdict> {
    const { projectId, repository, pushedAtMs, pulledAtMs } = artifact;
    const nameInProject = withinProject(repository);
    const isRetained = await this.#deps.retention.untaggedKeeper(projectId);
    const { judgement, tags } = await this.#deps.immutability.judgementOf(projectId, nameInProject);
    const isImmutable = tagsGoingAlong.some(tags.has);
    return { isKept: isImmutable || isRetained({ nameInProject, pushedAtMs, pulledAtMs }), judgement };
  }
}
