import { beforeAll, describe, expect, it } from 'vitest';
import { D1ArtifactStore } from '#adapters/d1/artifact-store';
import type { Digest } from '#core/digest';
import { repositoryName } from '#core/reference';
import { NO_PARTS } from '#domain/artifacts/artifact';
import { createHarness } from '#test/support/harness';
import { insertProject, testEnv } from '#test/support/server';

const PROJECT = 'artifact-parts';
const REPOSITORY_ID = 770_001;
const INDEXES = 30;
const CHILDREN = 1_000;
/** Of each child, in characters of JSON. */
const ANNOTATIONS = 1_000;
const LONG = 10_001;

const store = new D1ArtifactStore({ db: testEnv.DB });
const digestWith = (number: number) => `sha256:${String(number).padStart(64, '0')}` as Digest;

const list = async () => {
  const page = { limit: INDEXES, offset: 0, orderBy: 'id', isDescending: false } as const;
  const scope = { kind: 'repository', repositoryId: REPOSITORY_ID } as const;
  return (await store.list({ scope, filter: {}, page, parts: NO_PARTS })).items;
};

/** Indexes of so many children, whose own annotations are too long for a list but the last one's. */
beforeAll(async () => {
  const projectId = await insertProject(createHarness(), PROJECT);
  const numbers = (to: number) => `with recursive n (i) as (select 1 union all select i + 1 from n where i < ${to})`;
  await testEnv.DB.batch([
    testEnv.DB.prepare(
      `insert into repositories (id, project_id, name, created_at_ms, updated_at_ms, published_at_ms)
       values (?, ?, 'many', 0, 0, 0)`,
    ).bind(REPOSITORY_ID, projectId),
    testEnv.DB.prepare(
      `insert into blobs (id, digest, size_bytes, object_key, created_at_ms, touched_at_ms)
       values (${REPOSITORY_ID}, 'sha256:artifact-parts', 1, 'artifact-parts', 0, 0)`,
    ),
    testEnv.DB.prepare(
      `${numbers(INDEXES)} insert into artifacts (id, repository_id, digest, manifest_blob_id, manifest_media_type,
         manifest_size_bytes, size_bytes, pushed_at_ms, annotations)
       select ${REPOSITORY_ID} + i, ${REPOSITORY_ID}, 'sha256:' || printf('%064d', i), ${REPOSITORY_ID}, 'x/index', 1, 1, i,
         json_object('a', printf('%.*c', iif(i = ${INDEXES}, 10, ${LONG}), 'x')) from n`,
    ),
    testEnv.DB.prepare(
      `${numbers(INDEXES * CHILDREN)} insert into artifact_references (parent_id, position, repository_id, child_digest, annotations)
       select ${REPOSITORY_ID} + 1 + (i - 1) / ${CHILDREN}, i, ${REPOSITORY_ID}, 'sha256:child' || i,
         json_object('a', printf('%.*c', ${ANNOTATIONS - 8}, 'x')) from n`,
    ),
  ]);
});

describe('a page of large artifacts', () => {
  it('has a bounded number of children, and bounded words about them', async () => {
    const references = (await list()).flatMap((artifact) => artifact.references);
    expect(references).toHaveLength(20_000);
    expect(references.filter(({ annotations }) => annotations !== undefined)).toHaveLength(2_000_000 / ANNOTATIONS);
  });

  it('leaves out long annotations, which the artifact by itself has', async () => {
    const told = (await list()).map(({ annotations }) => annotations?.['a']?.length);
    expect(told).toEqual([...Array.from({ length: INDEXES - 1 }, () => undefined), 10]);
    const name = repositoryName(PROJECT, 'many');
    const first = await store.find(name, { kind: 'digest', digest: digestWith(1) }, NO_PARTS);
    expect(first?.annotations?.['a']?.length).toBe(LONG);
    expect(first?.references).toHaveLength(CHILDREN);
  });
});
