import { type Digest, parseDigest } from '#core/digest';
import { err, ok, type Result } from '#core/result';

/** A verified `<project>/<repository…>` name. */
export type RepositoryName = string & { readonly __brand: 'RepositoryName' };

/** A verified tag. */
export type TagName = string & { readonly __brand: 'TagName' };

/** What follows `/manifests/`: a tag or a digest. */
export type Reference =
  | { readonly kind: 'tag'; readonly tag: TagName }
  | { readonly kind: 'digest'; readonly digest: Digest };

export type RepositoryNameProblem = 'malformed' | 'too-long' | 'no-project';

/** Longest repository name in characters: Harbor's column, and the spec's advice for host plus name. */
export const MAX_REPOSITORY_NAME_LENGTH = 255;

/** OCI distribution-spec v1.1.1 §"Pulling manifests": `<name>`. */
const REPOSITORY_NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

export function parseRepositoryName(text: string): Result<RepositoryName, RepositoryNameProblem> {
  if (text.length > MAX_REPOSITORY_NAME_LENGTH) return err('too-long');
  if (!REPOSITORY_NAME.test(text)) return err('malformed');
  return text.includes('/') ? ok(text as RepositoryName) : err('no-project');
}

export function parseTag(text: string): TagName | undefined {
  return TAG.test(text) ? (text as TagName) : undefined;
}

/** A colon can only be in a digest, so text with one is never taken for a tag. */
export function parseReference(text: string): Reference | undefined {
  if (text.includes(':')) {
    const digest = parseDigest(text);
    return digest && { kind: 'digest', digest };
  }
  const tag = parseTag(text);
  return tag && { kind: 'tag', tag };
}

/** An artifact of a repository, as people write it. */
export interface ArtifactName {
  readonly repository: RepositoryName;
  readonly reference: Reference;
}

/** `library/app:1.0`, `library/app@sha256:…`, or both at once, of which the digest counts. */
export function parseArtifactName(text: string): ArtifactName | undefined {
  const [, name = '', tag, digest] = /^([^:@]+)(?::([^:@]+))?(?:@(.+))?$/.exec(text) ?? [];
  const repository = parseRepositoryName(name);
  if (!repository.ok || (tag !== undefined && !parseTag(tag))) return undefined;
  const reference = parseReference(digest ?? tag ?? '');
  const isWhatItSeems = reference?.kind === (digest === undefined ? 'tag' : 'digest');
  return reference && isWhatItSeems ? { repository: repository.value, reference } : undefined;
}

/** `library/team/app` → `library`. */
export function projectOf(name: RepositoryName): string {
  return name.slice(0, name.indexOf('/'));
}

/** `library/team/app` → `team/app`. */
export function withinProject(name: RepositoryName): string {
  return name.slice(name.indexOf('/') + 1);
}

export function repositoryName(project: string, rest: string): RepositoryName {
  return `${project}/${rest}` as RepositoryName;
}
