import { beforeAll, describe, expect, it } from 'vitest';
import { LARGE_REPOSITORY, SEEDED_PROJECT, seedStatements } from '#scripts/seed/rows';
import { createHarness } from '#test/support/harness';
import { pushImage, randomImage } from '#test/support/images';
import { recount } from '#test/support/recount';
import { asAdmin, createServer, testEnv } from '#test/support/server';

const db = testEnv.DB;
const PUSHED = 'library/pushed';

/** The columns of a table that have a value in some row of the repository of that name. */
async function filled(table: string, repository: string): Promise<readonly string[]> {
  const { results } = await db
    .prepare(`select t.* from ${table} t join repositories r on r.id = t.repository_id where r.name = ?`)
    .bind(repository)
    .all();
  const names = Object.keys(results[0] ?? {});
  return names.filter((name) => results.some((row) => row[name] !== null));
}

beforeAll(async () => {
  await pushImage(createHarness(), PUSHED, randomImage(), 'latest');
  const size = { repositories: 30, artifacts: 40, blobs: 300, projects: 20, auditEntries: 50 };
  for (const { sql, bindings } of seedStatements(size)) {
    await db
      .prepare(sql)
      .bind(...bindings)
      .run();
  }
});

describe('a seeded registry', () => {
  it.each(['artifacts', 'artifact_blobs', 'repository_blobs', 'tags'])(
    'has what a push leaves in %s',
    async (table) => {
      expect(await filled(table, LARGE_REPOSITORY)).toEqual(await filled(table, 'pushed'));
    },
  );

  it('has audit entries as a push writes them', async () => {
    const columns = `operation, resource_type, username, is_success, typeof(operation_id) id, length(operation_id) length`;
    const of = (name: string) =>
      db
        .prepare(`select ${columns} from audit_log where resource like ? and operation = 'create' limit 1`)
        .bind(`${name}:%`)
        .first();
    expect(await of(`${SEEDED_PROJECT}/${LARGE_REPOSITORY}`)).toEqual(await of(PUSHED));
  });

  it('has counts, quotas and a search index that a recount finds', async () => {
    const { wrong } = await recount(db, ['service-00007', 'team-0', SEEDED_PROJECT, 'fleet-00011', LARGE_REPOSITORY]);
    expect(wrong).toEqual({});
  });

  it('is listed', async () => {
    const server = createServer();
    const path = `/api/v2.0/projects/${SEEDED_PROJECT}/repositories/${LARGE_REPOSITORY}/artifacts?q=labels=(1)`;
    const response = await server.request(path, { headers: asAdmin });
    expect(response.headers.get('x-total-count')).toBe('4');
  });
});
