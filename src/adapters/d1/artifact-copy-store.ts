import { completionStatements, copyStatements } from '#adapters/d1/artifact-copy-statements';
import { runBatch } from '#adapters/d1/batch';
import { GuardFailed } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import type { Digest } from '#core/digest';
import { AppError } from '#core/errors';
import type { TagName } from '#core/reference';
import type { ArtifactCopyStore, CopyCompletion, CopyPart, CopySource } from '#domain/artifacts/artifact-copy-store';
import type { CopiedArtifact } from '#domain/artifacts/copy-plan';

interface CopiedRow {
  digest: string;
  blobs: number;
  children: number;
}

/** The artifact `?2` of the repository `?1` with all that belongs to it, each once, whatever belongs to what. */
const TREE = `
  with recursive tree (digest) as (
    select ?2
    union
    select ar.child_digest from tree t
      cross join artifacts a on a.repository_id = ?1 and a.digest = t.digest
      join artifact_references ar on ar.parent_id = a.id
    union
    select a.digest from tree t
      cross join artifacts a on a.repository_id = ?1 and a.accessory_of_digest = t.digest and a.accessory_type is not null)
  select a.digest, (select count(*) from artifact_blobs ab where ab.artifact_id = a.id) as blobs,
    (select count(*) from artifact_references ar where ar.parent_id = a.id) as children
  from tree t cross join artifacts a on a.repository_id = ?1 and a.digest = t.digest limit ?3`;

const ACCESSORY = 'select 1 from artifacts where repository_id = ? and digest = ? and accessory_type is not null';

const TAGS = `select t.name from artifacts a join tags t on t.artifact_id = a.id
  where a.repository_id = ? and a.digest = ? order by t.name limit ?`;

export class D1ArtifactCopyStore implements ArtifactCopyStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async findSource(
    repositoryId: number,
    root: Digest,
    limits: { readonly artifacts: number; readonly tags: number },
  ): Promise<CopySource> {
    const [tree, accessory, tags] = await runBatch(this.#db, [
      this.#db.prepare(TREE).bind(repositoryId, root, limits.artifacts),
      this.#db.prepare(ACCESSORY).bind(repositoryId, root),
      this.#db.prepare(TAGS).bind(repositoryId, root, limits.tags),
    ]);
    return {
      isAccessory: (accessory?.results.length ?? 0) > 0,
      tags: ((tags?.results ?? []) as { name: TagName }[]).map(({ name }) => name),
      artifacts: ((tree?.results ?? []) as CopiedRow[]).map(toCopiedArtifact),
    };
  }

  copyPart(part: CopyPart): Promise<'copied' | 'changed'> {
    return this.#run(copyStatements(this.#db, part));
  }

  complete(completion: CopyCompletion): Promise<'copied' | 'changed'> {
    return this.#run([
      ...mutationStatements(this.#db, completion.mutation),
      ...copyStatements(this.#db, completion),
      ...completionStatements(this.#db, completion),
    ]);
  }

  async #run(statements: D1PreparedStatement[]): Promise<'copied' | 'changed'> {
    try {
      await runBatch(this.#db, statements);
      return 'copied';
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error;
      if (error.code === 'ARTIFACT_GONE' || error.code === 'TAGS_CHANGED') return 'changed';
      throw refusalOf(error);
    }
  }
}

/** An artifact, its blobs as its own and as the repository's, and where it points. */
function toCopiedArtifact({ digest, blobs, children }: CopiedRow): CopiedArtifact {
  return { digest: digest as Digest, hasChildren: children > 0, rows: 1 + 2 * blobs + children };
}

function refusalOf(cause: GuardFailed): AppError {
  switch (cause.code) {
    case 'PROJECT_GONE':
      return new AppError('NOT_FOUND', { message: 'the project is gone', cause });
    default:
      return new AppError('SERVICE_UNAVAILABLE', { cause, retryAfterSeconds: 1 });
  }
}
