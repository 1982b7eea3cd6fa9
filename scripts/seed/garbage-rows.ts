import { counted, LARGE_REPOSITORY, SEEDED_AT_MS, SEEDED_PROJECT, type SeedStatement } from '#scripts/seed/rows';

/** Blobs that nothing needs, by number. */
export interface SeededGarbage {
  readonly first: number;
  readonly count: number;
}

const REPOSITORY = `(select r.id from repositories r join projects p on p.id = r.project_id
  where p.name = '${SEEDED_PROJECT}' and r.name = '${LARGE_REPOSITORY}')`;
const DIGEST = `'sha256:f' || printf('%063x', i)`;

/** Uploads that no manifest has followed for long, as rows alone: what they name is not there. */
export function garbageStatements({ first, count }: SeededGarbage): readonly SeedStatement[] {
  const last = first + count - 1;
  return [
    ...counted(
      first,
      last,
      `insert into blobs (digest, size_bytes, object_key, touched_at_ms, created_at_ms)
      select ${DIGEST}, 1000, 'blobs/garbage/' || i, ${SEEDED_AT_MS}, ${SEEDED_AT_MS} from n`,
    ),
    ...counted(
      first,
      last,
      `insert into repository_blobs (repository_id, blob_id, linked_at_ms)
      select ${REPOSITORY}, b.id, ${SEEDED_AT_MS} from n cross join blobs b on b.digest = ${DIGEST}`,
    ),
  ];
}
