import type { Digest } from '#core/digest';
import { AppError } from '#core/errors';
import type { TagName } from '#core/reference';

/** Something that moves or deletes tags of a repository, which must not be done to an immutable one. */
export type TagDeed =
  /** Tags are set to name an artifact, by a push or by a restored tag. Those that name it already stay where they are. */
  | { readonly kind: 'push' | 'restore'; readonly tags: readonly TagName[]; readonly digest: Digest }
  /** Artifacts come from another repository with their tags. */
  | { readonly kind: 'copy'; readonly sourceRepositoryId: number; readonly digests: readonly Digest[] }
  | { readonly kind: 'delete-tag'; readonly tag: TagName; readonly digest: Digest | undefined }
  /** An artifact goes with its tags, and with what goes along. */
  | { readonly kind: 'delete-artifact'; readonly digest: Digest }
  | { readonly kind: 'delete-repository' }
  /** The repository gets another name or project: whoever asks for a tag by its name is to find it there. */
  | { readonly kind: 'move-repository' };

/** Whether the deed is about no tag, whatever the rules. */
export function isAboutNoTag(deed: TagDeed): boolean {
  return (deed.kind === 'push' || deed.kind === 'restore') && deed.tags.length === 0;
}

/**
 * PRECONDITION in Harbor's words (`harbor:src/server/middleware/immutable/error.go`, `src/controller/tag/controller.go`).
 */
export function refusalOf(deed: TagDeed, nameInProject: string, tag: string): AppError {
  return new AppError('PRECONDITION', { message: messageOf(deed, nameInProject, tag) });
}

function messageOf({ kind }: TagDeed, nameInProject: string, tag: string): string {
  switch (kind) {
    case 'push':
      return `Failed to process request due to '${nameInProject}:${tag}' configured as immutable.`;
    case 'restore':
    case 'copy':
      return `the tag ${tag} configured as immutable, cannot be updated`;
    case 'delete-tag':
    case 'delete-artifact':
    case 'delete-repository':
      return `the tag ${tag} configured as immutable, cannot be deleted`;
    case 'move-repository':
      return `the tag ${tag} configured as immutable, its repository cannot be moved`;
  }
}
