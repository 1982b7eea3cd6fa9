import { MEDIA_TYPE } from '#adapters/d1/artifact-rows';
import { type Conditions, conditions, containing } from '#adapters/d1/conditions';
import type { Bound, Sought } from '#adapters/d1/sought-page';
import type { ArtifactFilter } from '#domain/artifacts/artifact-query';
import type { ArtifactListing, ArtifactScope } from '#domain/artifacts/artifact-store';

/** The conditions of the indexes in `schema/artifacts.ts`, word for word: only then are their rows not looked at. */
const INDEXES = {
  artifacts_type: 'a.accessory_type is null and (a.tag_count > 0 or a.parent_count = 0)',
  artifacts_listed: 'a.accessory_type is null and (a.tag_count > 0 or a.parent_count = 0)',
  artifacts_project: 'a.accessory_type is null and (a.tag_count > 0 or a.parent_count = 0)',
  artifacts_pushed: 'a.accessory_type is null',
  artifacts_tagged: 'a.accessory_type is null and a.tag_count > 0',
  artifacts_untagged: 'a.accessory_type is null and a.tag_count = 0 and a.parent_count = 0',
} as const;

/** Where a listing finds its artifacts. */
export interface ArtifactSearch {
  /** `from … where …`, the artifact being `a`. */
  readonly matching: Bound;
  /** `select 1` of all that must be looked at to tell which match, and in which order; undefined when an index tells. */
  readonly candidates: Bound | undefined;
  /** Whether what matches comes in no order. */
  readonly isScattered: boolean;
  /** The keys of a page by going through everything in order, where very much of that may match. */
  readonly walked: Sought['walked'] | undefined;
}

interface Source {
  readonly from: string;
  readonly where: Conditions;
  readonly candidates: Bound | undefined;
  /** Whether what is found has the type that the filter asks for. */
  readonly hasType?: boolean;
  /** The labels that what is found need not have, where these are not all. */
  readonly restLabels?: ArtifactFilter['labels'];
}

export function searchOf({ scope, filter, page }: ArtifactListing): ArtifactSearch {
  const pin = scope.kind === 'repository' ? pinned(scope.repositoryId, filter) : undefined;
  const { from, where, candidates, hasType, restLabels = filter.labels } = pin ?? indexed(scope, filter);
  where
    .matching('a.id', filter.id)
    .matching('a.digest', filter.digest)
    .matching('a.type', hasType ? undefined : filter.type)
    .matching(MEDIA_TYPE, filter.media_type)
    .matching('a.manifest_media_type', filter.manifest_media_type)
    .matching('a.artifact_type', filter.artifact_type)
    .matching('a.size_bytes', filter.size)
    .matching('a.pulled_at_ms', filter.pull_time)
    .havingAll(hasLabel('a.id'), restLabels);
  const isServed = !pin && page.orderBy === 'push_time' && isServedByIndex(scope, filter);
  return {
    matching: { sql: `from ${from} where ${where.sql}`, bindings: where.bindings },
    candidates: isServed ? undefined : candidates,
    isScattered: !isServed,
    walked: page.orderBy === 'push_time' ? walkByLabels(scope, filter) : undefined,
  };
}

/** A repository's artifacts as they were pushed, of which those are kept that have the labels; when that is all that is asked. */
function walkByLabels(scope: ArtifactScope, filter: ArtifactFilter): Sought['walked'] | undefined {
  const { labels, base: _, ...others } = filter;
  if (scope.kind !== 'repository' || !labels || Object.keys(others).length > 0) return undefined;
  const index = indexFor(scope, filter);
  const where = conditions([], [scope.repositoryId]).havingAll(hasLabel('entry.id'), labels);
  return ({ direction, reach, entries }) => ({
    sql: `select id, key from (
        select a.id, a.pushed_at_ms key from artifacts a indexed by ${index}
          where a.repository_id = ?1 and ${INDEXES[index]} order by key ${direction}, a.id ${direction} limit ${entries}
      ) entry where ${where.sql} limit ${reach}`,
    bindings: where.bindings,
  });
}

/** Whether a listing is of everything its scope shows, so that their number is known. */
export function isUnfiltered(filter: ArtifactFilter): boolean {
  return Object.keys(filter).length === 0;
}

/** Those of a repository that something names: an id, a digest, a tag, a label. Undefined when nothing does. */
function pinned(repositoryId: number, filter: ArtifactFilter): Source | undefined {
  const { id, digest, tags, labels } = filter;
  const terms = [INDEXES[filter.base ? 'artifacts_pushed' : 'artifacts_listed'], ...termsOfTags(tags)];
  // The plus keeps SQLite from going through the whole repository.
  const where = conditions(['+a.repository_id = ?1', ...terms], [repositoryId]).matching(
    'a.pushed_at_ms',
    filter.push_time,
  );
  if (digest?.match === 'exact') {
    const byDigest = conditions(['a.repository_id = ?1', ...terms], [repositoryId]);
    return {
      from: 'artifacts a indexed by artifacts_digest',
      where: byDigest.matching('a.pushed_at_ms', filter.push_time),
      candidates: undefined,
    };
  }
  if (id && id.match !== 'range') return { from: 'artifacts a', where, candidates: undefined };
  if (tags && isNameOfTag(tags)) return pinnedByTag(where, repositoryId, tags);
  const [label, ...others] = labels?.values ?? [];
  if (label === undefined) return undefined;
  return {
    from: 'artifact_labels pin cross join artifacts a on a.id = pin.artifact_id',
    where: where.add((parameter) => `pin.label_id = ${parameter}`, label),
    candidates: { sql: 'select 1 from artifact_labels where label_id = ?1', bindings: [label] },
    restLabels: { match: 'all-of', values: others },
  };
}

function pinnedByTag(where: Conditions, repositoryId: number, tags: NonNullable<ArtifactFilter['tags']>): Source {
  const named = (parameter: string) =>
    `a.id in (select artifact_id from tags where repository_id = ?1 and ${nameMatches('name', tags)(parameter)})`;
  const allTags = { sql: 'select 1 from tags where repository_id = ?1', bindings: [repositoryId] };
  return {
    from: 'artifacts a',
    where: where.add(named, tags.value),
    candidates: tags.match === 'fuzzy' ? allTags : undefined,
  };
}

/** Those of a whole repository or project, as they were pushed, as far as `push_time` goes. */
function indexed(scope: ArtifactScope, filter: ArtifactFilter): Source {
  const index = indexFor(scope, filter);
  const [column, id] =
    scope.kind === 'repository' ? ['a.repository_id', scope.repositoryId] : ['a.project_id', scope.projectId];
  const from = `artifacts a indexed by ${index}`;
  const hasType = index === 'artifacts_type';
  const candidates = conditions([`${column} = ?1`, INDEXES[index]], [id])
    .matching('a.type', hasType ? filter.type : undefined)
    .matching('a.pushed_at_ms', filter.push_time);
  const where = conditions([candidates.sql, ...termsOfTags(filter.tags)], candidates.bindings);
  if (filter.tags && isNameOfTag(filter.tags)) where.add(hasTag(filter.tags), filter.tags.value);
  return {
    from,
    where,
    candidates: { sql: `select 1 from ${from} where ${candidates.sql}`, bindings: candidates.bindings },
    hasType,
  };
}

function indexFor(scope: ArtifactScope, { base, tags, type }: ArtifactFilter): keyof typeof INDEXES {
  if (scope.kind === 'project') return 'artifacts_project';
  if (!base && !tags && type?.match === 'exact') return 'artifacts_type';
  if (tags?.match === 'exact' && tags.value === '*') return 'artifacts_tagged';
  if (base) return 'artifacts_pushed';
  return tags?.match === 'exact' && tags.value === 'nil' ? 'artifacts_untagged' : 'artifacts_listed';
}

/** Whether an index holds just what is asked for. */
function isServedByIndex(scope: ArtifactScope, filter: ArtifactFilter): boolean {
  const { base, tags, push_time, type, ...others } = filter;
  if (type && indexFor(scope, filter) !== 'artifacts_type') return false;
  if (scope.kind === 'project' && (tags || scope.isLatestOnly)) return false;
  const isUntaggedOfAll = base !== undefined && tags?.value === 'nil';
  return !isUntaggedOfAll && Object.keys(others).length === 0;
}

/** `tags=*` and `tags=nil`; implied by the index that is about them. */
function termsOfTags(tags: ArtifactFilter['tags']): readonly string[] {
  if (!tags || isNameOfTag(tags)) return [];
  return [tags.value === '*' ? 'a.tag_count > 0' : 'a.tag_count = 0'];
}

function isNameOfTag(tags: NonNullable<ArtifactFilter['tags']>): boolean {
  return tags.match === 'fuzzy' || (tags.value !== '*' && tags.value !== 'nil');
}

function nameMatches(sql: string, { match }: NonNullable<ArtifactFilter['tags']>): (parameter: string) => string {
  return match === 'fuzzy' ? containing(sql) : (parameter) => `${sql} = ${parameter}`;
}

function hasTag(tags: NonNullable<ArtifactFilter['tags']>): (parameter: string) => string {
  return (parameter) =>
    `exists (select 1 from tags t where t.artifact_id = a.id and ${nameMatches('t.name', tags)(parameter)})`;
}

function hasLabel(artifactId: string): (label: string) => string {
  return (label) =>
    `exists (select 1 from artifact_labels al where al.artifact_id = ${artifactId} and al.label_id = ${label})`;
}
