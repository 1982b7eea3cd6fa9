import { findDeleted } from '#adapters/d1/artifact-deletion';
import { withRetries } from '#adapters/d1/batch';
import type { Digest } from '#core/digest';
import type { Candidate } from '#domain/retention/candidate';
import type {
  CandidateStore,
  CandidateTag,
  Companion,
  Parent,
  PresentRepository,
  Tagged,
} from '#domain/retention/candidate-store';

interface CandidateRow {
  readonly id: number;
  readonly digest: Digest;
  readonly tag_count: number;
  readonly parent_count: number;
  readonly created_at_ms: number;
  readonly pushed_at_ms: number;
  readonly pulled_at_ms: number;
  readonly child_count: number;
}

interface ParentRow extends CandidateRow {
  readonly child_digest: Digest;
  readonly is_accessory: 0 | 1;
}

/** Of the artifact `a`: its times with those of its tags. -1 is never. */
export const NEWEST_PUSH = `max(a.pushed_at_ms, coalesce((select max(t.pushed_at_ms) from tags t where t.artifact_id = a.id), 0))`;
export const NEWEST_PULL = `max(coalesce(a.pulled_at_ms, -1),
  coalesce((select max(t.pulled_at_ms) from tags t where t.artifact_id = a.id), -1))`;

const COLUMNS = `a.id, a.digest, a.tag_count, a.parent_count, a.pushed_at_ms as created_at_ms, ${NEWEST_PUSH} as pushed_at_ms,
  ${NEWEST_PULL} as pulled_at_ms,
  (select count(*) from artifact_references ar where ar.parent_id = a.id) as child_count`;

const IS_CANDIDATE = 'a.accessory_type is null and (a.tag_count > 0 or a.parent_count = 0)';

/** In an order that no push or pull changes, so that a pass meets each artifact once. */
const PAGE = `select ${COLUMNS} from artifacts a indexed by artifacts_digest
  where a.repository_id = ?1 and a.digest > ?2 and ${IS_CANDIDATE} order by a.digest limit ?3`;

const PARENTS = `
  select c.child_digest, a.accessory_type is not null as is_accessory, ${COLUMNS}
  from json_each(?2) d cross join artifact_references c on c.repository_id = ?1 and c.child_digest = d.value
  cross join artifacts a on a.id = c.parent_id limit ?3`;

/** Tags read at once. */
const MAX_TAGS = 5_000;
const TAGS_OF_MANY = `select t.artifact_id, t.name from json_each(?1) d cross join tags t on t.artifact_id = d.value`;
const TAGS_OF_ONE = `select t.artifact_id, t.name from tags t where t.artifact_id = ?1 and t.name > ?2
  order by t.name limit ${MAX_TAGS}`;

const REPOSITORY = `
  select r.project_id, p.name as project, r.name,
    exists (select 1 from retention_policies rp where rp.project_id = r.project_id) as has_policy
  from repositories r join projects p on p.id = r.project_id where r.id = ? and p.deleted_at_ms is null`;

export class D1CandidateStore implements CandidateStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async findRepository(repositoryId: number): Promise<PresentRepository | undefined> {
    const query = this.#db.prepare(REPOSITORY).bind(repositoryId);
    type Row = { project_id: number; project: string; name: string; has_policy: number };
    const row = await withRetries(() => query.first<Row>());
    return (
      (row && {
        projectId: row.project_id,
        project: row.project,
        nameInProject: row.name,
        hasOwnPolicy: row.has_policy === 1,
      }) ??
      undefined
    );
  }

  async page(repositoryId: number, after: string, limit: number): Promise<readonly Candidate[]> {
    const query = this.#db.prepare(PAGE).bind(repositoryId, after, limit);
    const { results } = await withRetries(() => query.all<CandidateRow>());
    return results.map(toCandidate);
  }

  async companions(repositoryId: number, digests: readonly Digest[]): Promise<readonly Companion[]> {
    const leaving = await findDeleted(this.#db, repositoryId, digests);
    return leaving.flatMap(({ id, tagCount, with: of }) => (of === undefined ? [] : [{ id, tagCount, of }]));
  }

  async *tags(artifacts: readonly Tagged[]): AsyncGenerator<readonly CandidateTag[]> {
    let together: Tagged[] = [];
    let count = 0;
    for (const candidate of artifacts) {
      if (candidate.tagCount > MAX_TAGS) {
        yield* this.#tagsOfOne(candidate);
        continue;
      }
      if (count + candidate.tagCount > MAX_TAGS) {
        yield await this.#tagsOfMany(together);
        [together, count] = [[], 0];
      }
      together.push(candidate);
      count += candidate.tagCount;
    }
    if (count > 0) yield await this.#tagsOfMany(together);
  }

  async parents(repositoryId: number, digests: readonly Digest[], limit: number) {
    const query = this.#db.prepare(PARENTS).bind(repositoryId, JSON.stringify(digests), limit + 1);
    const { results } = await withRetries(() => query.all<ParentRow>());
    return results.length > limit ? undefined : results.map(toParent);
  }

  async #tagsOfMany(candidates: readonly Tagged[]): Promise<readonly CandidateTag[]> {
    const query = this.#db.prepare(TAGS_OF_MANY).bind(JSON.stringify(candidates.map(({ id }) => id)));
    const { results } = await withRetries(() => query.all<TagRow>());
    return results.map(toTag);
  }

  async *#tagsOfOne({ id }: Tagged): AsyncGenerator<readonly CandidateTag[]> {
    let after = '';
    for (;;) {
      const query = this.#db.prepare(TAGS_OF_ONE).bind(id, after);
      const { results } = await withRetries(() => query.all<TagRow>());
      yield results.map(toTag);
      const last = results.at(-1);
      if (!last || results.length < MAX_TAGS) return;
      after = last.name;
    }
  }
}

interface TagRow {
  readonly artifact_id: number;
  readonly name: string;
}

function toTag({ artifact_id: artifactId, name }: TagRow): CandidateTag {
  return { artifactId, name };
}

function toCandidate(row: CandidateRow): Candidate {
  return {
    id: row.id,
    digest: row.digest,
    tagCount: row.tag_count,
    isReferenced: row.parent_count > 0,
    createdAtMs: row.created_at_ms,
    pushedAtMs: row.pushed_at_ms,
    pulledAtMs: row.pulled_at_ms < 0 ? undefined : row.pulled_at_ms,
    weight: 1 + row.tag_count + row.child_count,
  };
}

function toParent(row: ParentRow): Parent {
  const isCandidate = row.tag_count > 0 || row.parent_count === 0;
  const kind = row.is_accessory ? 'accessory' : isCandidate ? 'candidate' : 'child';
  return { childDigest: row.child_digest, parent: toCandidate(row), kind };
}
