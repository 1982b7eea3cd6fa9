import { withRetries } from '#adapters/d1/batch';
import { guard } from '#adapters/d1/guards';
import { guardJudgement } from '#adapters/d1/immutability-guard';
import { mutationStatements } from '#adapters/d1/mutation';
import { underLease } from '#adapters/d1/repository-lease';
import { artifactAsJson } from '#adapters/d1/trash-columns';
import type { Digest } from '#core/digest';
import { type DeletionCandidate, deletedWith } from '#domain/artifacts/deletion';
import type { ArtifactDeletion } from '#domain/manifests/manifest-store';

interface CandidateRow {
  id: number;
  digest: Digest;
  tag_count: number;
  accessory_of: Digest | null;
  /** JSON list. */
  parent_ids: string;
}

/**
 * The artifacts of the list `?2` of the repository `?1` and what may go with them. An artifact with more parents than there
 * are candidates has one that stays, so no more are read. The joins are crossed to begin with what was reached, not with all
 * there is.
 */
const CANDIDATES = candidatesSql('');

/** As {@link CANDIDATES}, once what a dry run of garbage collection remembers were gone. */
const CANDIDATES_LEFT = candidatesSql(` and not exists (
  select 1 from dry_run_deletions gone where gone.kind in ('artifact', 'trashed') and gone.id = ar.parent_id)`);

function candidatesSql(parentsLeft: string): string {
  return `
  with recursive reached (id, digest) as (
    select a.id, a.digest from json_each(?2) d cross join artifacts a on a.repository_id = ?1 and a.digest = d.value
    union
    select a.id, a.digest from reached d cross join artifact_references ar on ar.parent_id = d.id
      cross join artifacts a on a.repository_id = ?1 and a.digest = ar.child_digest where a.tag_count = 0
    union
    select a.id, a.digest from reached d cross join artifacts a on a.repository_id = ?1 and a.accessory_of_digest = d.digest
      where a.accessory_type is not null
  )
  select a.id, a.digest, a.tag_count, iif(a.accessory_type is null, null, a.accessory_of_digest) as accessory_of,
    (select json_group_array(parent_id) from (
      select distinct ar.parent_id from artifact_references ar where ar.repository_id = ?1 and ar.child_digest = a.digest${parentsLeft}
      limit (select count(*) + 1 from reached))) as parent_ids
  from reached cross join artifacts a on a.id = reached.id`;
}

/** Rows have a limit; an artifact that says more of itself than this many characters is deleted for good. */
const MAX_TRASH_LENGTH = 600_000;

const IDS = '(select value from json_each(?2))';

/** `?1` repository, `?2` ids, `?3` by id the digest of what it goes with, `?4` who, `?5` when. */
const TRASH = `
  insert into artifact_trash (repository_id, digest, manifest_blob_id, artifact, tags, children, labels, deleted_by,
    deleted_at_ms, deleted_with_digest)
  select a.repository_id, a.digest, a.manifest_blob_id, ${artifactAsJson('a')},
    (select json_group_array(json_object('name', t.name, 'pushedAtMs', t.pushed_at_ms, 'pulledAtMs', t.pulled_at_ms))
      from tags t where t.artifact_id = a.id),
    (select json_group_array(json_object('position', ar.position, 'childDigest', ar.child_digest,
      'platform', ar.platform, 'annotations', ar.annotations, 'urls', ar.urls)) from artifact_references ar where ar.parent_id = a.id),
    (select json_group_array(al.label_id) from artifact_labels al where al.artifact_id = a.id),
    ?4, ?5, ?3 ->> ('$."' || a.id || '"')
  from artifacts a where a.id in ${IDS} and ${MAX_TRASH_LENGTH} >=
    coalesce(length(a.annotations), 0) + coalesce(length(a.extra_attributes), 0)
    + (select coalesce(sum(120 + coalesce(length(ar.platform), 0) + coalesce(length(ar.annotations), 0)
          + coalesce(length(ar.urls), 0)), 0)
        from artifact_references ar where ar.parent_id = a.id)
    + (select coalesce(sum(80 + length(t.name)), 0) from tags t where t.artifact_id = a.id)`;

/** The newest deletion of a digest is the one that can be undone. */
const FORGET = `
  delete from artifact_trash where id in (
    select t.id from artifacts a cross join artifact_trash t on t.repository_id = ?1 and t.digest = a.digest
    where a.id in ${IDS})`;

const TRASH_BLOBS = `
  insert into artifact_trash_blobs (trash_id, blob_id, repository_id)
  select t.id, ab.blob_id, ?1 from artifacts a join artifact_trash t on t.repository_id = ?1 and t.digest = a.digest
  join artifact_blobs ab on ab.artifact_id = a.id where a.id in ${IDS}`;

/** Links that belong to no artifact yet are those of a push under way, and stay. */
const UNLINK = `
  delete from repository_blobs where repository_id = ?1
    and blob_id in (select ab.blob_id from artifact_blobs ab where ab.artifact_id in ${IDS})
    and not exists (select 1 from artifact_blobs ab where ab.blob_id = repository_blobs.blob_id
      and ab.repository_id = ?1 and ab.artifact_id not in ${IDS})`;

/** An artifact that goes, and what it goes with; undefined when it was asked for itself. */
export interface Leaving extends DeletionCandidate {
  readonly with: Digest | undefined;
}

/** What goes when the artifacts are deleted, each in its turn; nothing of those that are gone. To be asked under the lease. */
export function findDeleted(
  db: D1Database,
  repositoryId: number,
  digests: readonly Digest[],
): Promise<readonly Leaving[]> {
  return findLeaving(db, CANDIDATES, repositoryId, digests);
}

/** As {@link findDeleted}, once what a dry run of garbage collection remembers were gone. */
export function findDeletedAfter(
  db: D1Database,
  repositoryId: number,
  digests: readonly Digest[],
): Promise<readonly Leaving[]> {
  return findLeaving(db, CANDIDATES_LEFT, repositoryId, digests);
}

async function findLeaving(
  db: D1Database,
  sql: string,
  repositoryId: number,
  digests: readonly Digest[],
): Promise<readonly Leaving[]> {
  const query = db.prepare(sql).bind(repositoryId, JSON.stringify(digests));
  const { results } = await withRetries(() => query.all<CandidateRow>());
  let candidates = results.map(toCandidate);
  return digests.flatMap((digest) => {
    const root = candidates.find((candidate) => candidate.digest === digest);
    const going = root ? deletedWith(root, candidates) : [];
    candidates = without(candidates, going);
    return going.map((each) => ({ ...each, with: each.digest === digest ? undefined : digest }));
  });
}

function without(candidates: DeletionCandidate[], gone: readonly DeletionCandidate[]): DeletionCandidate[] {
  const ids = new Set(gone.map(({ id }) => id));
  return candidates
    .filter(({ id }) => !ids.has(id))
    .map((each) => ({ ...each, parentIds: each.parentIds.filter((id) => !ids.has(id)) }));
}

/** Moves an artifact and what goes with it to the trash, with their tags and with the links of blobs that no other artifact needs. */
export function deleteStatements(
  db: D1Database,
  deletion: ArtifactDeletion,
  artifacts: readonly Leaving[],
): D1PreparedStatement[] {
  const { repositoryId, lockToken, digest, mayBeChild, judgement, mutation } = deletion;
  const notAChild = guard(
    db,
    'ARTIFACT_REFERENCED',
    'not exists (select 1 from artifact_references where repository_id = ? and child_digest = ?)',
    repositoryId,
    digest,
  );
  const exists = 'exists (select 1 from artifacts where repository_id = ? and digest = ?)';
  return [
    ...mutationStatements(db, mutation),
    ...underLease(db, { repositoryId, lockToken, nowMs: mutation.nowMs }),
    guard(db, 'ARTIFACT_GONE', exists, repositoryId, digest),
    ...(mayBeChild ? [] : [notAChild]),
    ...guardJudgement(db, repositoryId, judgement),
    ...leavingStatements(db, repositoryId, artifacts, { username: mutation.actor.username, nowMs: mutation.nowMs }),
  ];
}

/** The rows alone; guards, audit and events of it are the caller's. */
export function leavingStatements(
  db: D1Database,
  repositoryId: number,
  artifacts: readonly Leaving[],
  by: { readonly username: string; readonly nowMs: number },
): D1PreparedStatement[] {
  const ids = JSON.stringify(artifacts.map(({ id }) => id));
  const withs = JSON.stringify(Object.fromEntries(artifacts.map((each) => [each.id, each.with])));
  const bindings = [repositoryId, ids, withs, by.username, by.nowMs];
  const run = (sql: string) => db.prepare(sql).bind(...bindings.slice(0, sql === TRASH ? undefined : 2));
  return [
    FORGET,
    TRASH,
    TRASH_BLOBS,
    UNLINK,
    `delete from tags where artifact_id in ${IDS}`,
    `delete from artifact_blobs where artifact_id in ${IDS}`,
    `delete from artifact_references where parent_id in ${IDS}`,
    // By id: the sign keeps the planner from reading the whole repository.
    `delete from artifacts where id in ${IDS} and +repository_id = ?1`,
  ].map(run);
}

function toCandidate(row: CandidateRow): DeletionCandidate {
  return {
    id: row.id,
    digest: row.digest,
    tagCount: row.tag_count,
    accessoryOf: row.accessory_of ?? undefined,
    parentIds: JSON.parse(row.parent_ids) as number[],
  };
}
