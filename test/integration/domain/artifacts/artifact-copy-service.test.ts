import { describe, expect, it } from 'vitest';
import { D1ArtifactCopyStore } from '#adapters/d1/artifact-copy-store';
import { DurableRepositoryLocks } from '#adapters/durable/repository-locks';
import { parseArtifactName } from '#core/reference';
import { ArtifactCopyService, MAX_ROWS_PER_BATCH } from '#domain/artifacts/artifact-copy-service';
import { digestsIn, pushAccessory, pushIndex } from '#test/support/copies';
import { crashingIsolate } from '#test/support/crashes';
import { crashPoints } from '#test/support/depth';
import { forgetLocks } from '#test/support/forget-locks';
import { createHarness, type Harness } from '#test/support/harness';
import { newRepository } from '#test/support/images';
import { testEnv } from '#test/support/server';

/** A manifest of one layer is 5 rows, so that this is a batch for every two children. */
const FEW_ROWS = 10;
const CHILDREN = 5;

interface CopyOptions {
  readonly maxRowsPerBatch?: number;
  readonly beforeBatch?: () => Promise<void>;
}

/** Copies as a request of the administrator does, in batches of so many rows. */
async function copy(
  { env, services, clock }: Harness,
  from: string,
  to: string,
  { maxRowsPerBatch = FEW_ROWS, beforeBatch = async () => undefined }: CopyOptions = {},
): Promise<void> {
  const { manifests, repositories, immutability, events } = services;
  const locks = new DurableRepositoryLocks({ namespace: env.REPOSITORY_LOCK });
  const copies = new ArtifactCopyService({
    store: new D1ArtifactCopyStore({ db: env.DB }),
    manifests,
    repositories,
    immutability,
    events,
    locks: { acquire: (id) => beforeBatch().then(() => locks.acquire(id)) },
    background: (work) => void work.catch(() => undefined),
    clock,
    maxRowsPerBatch,
  });
  const source = parseArtifactName(from);
  const destination = parseArtifactName(`${to}:any`);
  const project = await services.projects.find('library');
  if (!source || !destination || !project) throw new Error('nothing to copy');
  const actor = { username: 'admin', sourceAddress: undefined };
  await copies.copy({
    source: source.repository,
    reference: source.reference,
    project,
    destination: destination.repository,
    actor,
  });
}

const harness = createHarness();
const status = async (repository: string, reference: string) =>
  (await harness.asAdmin('GET', `/v2/${repository}/manifests/${reference}`)).status;

async function auditRows(repository: string): Promise<number> {
  const count = await testEnv.DB.prepare('select count(*) as n from audit_log where resource = ?')
    .bind(`${repository}:index`)
    .first<number>('n');
  return count ?? 0;
}

async function pushTree(): Promise<{
  readonly repository: string;
  readonly digests: readonly string[];
  readonly children: readonly string[];
}> {
  const repository = newRepository();
  const { digest, children } = await pushIndex(harness, repository, 'index', CHILDREN);
  const accessory = await pushAccessory(harness, repository, digest);
  return { repository, children, digests: [digest, ...children, accessory.digest].sort() };
}

/** Copies, and does something else once, before the lock is taken for the batch after the first `count`. */
function copyDisturbed(from: string, to: string, count: number, disturb: () => Promise<void>): Promise<void> {
  let batches = 0;
  return copy(harness, from, to, {
    beforeBatch: async () => {
      if (batches++ === count) await disturb();
    },
  });
}

describe('a copy in several batches', () => {
  it('brings the whole tree, and shows nothing of a new repository before the end', async () => {
    const { repository, digests } = await pushTree();
    const copied = newRepository();
    const seen: number[] = [];
    await copyDisturbed(`${repository}:index`, copied, 2, async () => {
      seen.push((await digestsIn(copied)).length);
      seen.push((await harness.asAdmin('GET', `/v2/${copied}/tags/list`)).status, await status(copied, 'index'));
    });
    expect(seen).toEqual([4, 404, 404]);
    expect(await digestsIn(copied)).toEqual(digests);
    expect(await status(copied, 'index')).toBe(200);
    expect(await auditRows(copied)).toBe(1);
  });

  it('brings a child again that is deleted meanwhile where it went', async () => {
    const { repository, digests } = await pushTree();
    const copied = newRepository();
    await copyDisturbed(`${repository}:index`, copied, 2, async () => {
      const [child] = await digestsIn(copied);
      expect((await harness.asAdmin('DELETE', `/v2/${copied}/manifests/${child}`)).status).toBe(202);
    });
    expect(await digestsIn(copied)).toEqual(digests);
    expect(await auditRows(copied)).toBe(1);
  });

  it('goes on without a child that is deleted at the source before its turn', async () => {
    const { repository, digests, children } = await pushTree();
    const copied = newRepository();
    const gone: string[] = [];
    await copyDisturbed(`${repository}:index`, copied, 1, async () => {
      const there = await digestsIn(copied);
      gone.push(children.find((child) => !there.includes(child)) ?? '');
      expect((await harness.asAdmin('DELETE', `/v2/${repository}/manifests/${gone[0]}`)).status).toBe(202);
    });
    expect(await digestsIn(copied)).toEqual(digests.filter((digest) => digest !== gone[0]));
    expect(await status(copied, 'index')).toBe(200);
  });

  it('follows a tag that moves meanwhile', async () => {
    const { repository } = await pushTree();
    const copied = newRepository();
    let moved = '';
    await copyDisturbed(`${repository}:index`, copied, 1, async () => {
      moved = (await pushIndex(harness, repository, 'index', 1)).digest;
    });
    const found = await harness.asAdmin('GET', `/v2/${copied}/manifests/index`);
    expect(found.headers.get('docker-content-digest')).toBe(moved);
  });

  it('ends with 404 when its source goes meanwhile', async () => {
    const { repository } = await pushTree();
    const copied = newRepository();
    const dying = copyDisturbed(`${repository}:index`, copied, 1, async () => {
      await harness.asAdmin('DELETE', `/v2/${repository}/manifests/index`);
    });
    await expect(dying).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await status(copied, 'index')).toBe(404);
    expect(await auditRows(copied)).toBe(0);
  });

  it('gives up on a source that never rests', async () => {
    const { repository } = await pushTree();
    const restless = copy(harness, `${repository}:index`, newRepository(), {
      beforeBatch: async () => void (await pushIndex(harness, repository, 'index', 1)),
    });
    await expect(restless).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 });
  });

  it('has the rows that a copy in one batch has', async () => {
    const { repository, digests } = await pushTree();
    const [inOne, inMany] = [newRepository(), newRepository()];
    await copy(harness, `${repository}:index`, inOne, { maxRowsPerBatch: MAX_ROWS_PER_BATCH });
    await copy(harness, `${repository}:index`, inMany);
    const rowsOf = async (name: string) => {
      const rows = await testEnv.DB.prepare(
        `select a.digest, a.tag_count, a.parent_count, r.artifact_count,
           (select count(*) from artifact_blobs ab where ab.artifact_id = a.id) as blobs,
           (select count(*) from artifact_references ar where ar.parent_id = a.id) as children,
           (select count(*) from repository_blobs rb where rb.repository_id = r.id) as linked
         from repositories r join artifacts a on a.repository_id = r.id where 'library/' || r.name = ? order by a.digest`,
      )
        .bind(name)
        .all();
      return rows.results;
    };
    const expected = await rowsOf(inOne);
    expect(expected.map(({ digest }) => digest)).toEqual(digests);
    expect(expected).toEqual(await rowsOf(repository));
    expect(await rowsOf(inMany)).toEqual(expected);
  });
});

describe('a copy in an isolate that dies', () => {
  it.each(['before', 'after'] as const)(
    '%s any of its binding calls shows nothing half-written and can be repeated',
    async (when) => {
      const { repository, digests } = await pushTree();
      const living = crashingIsolate();
      await copy(createHarness({}, living.intercept), `${repository}:index`, newRepository());
      expect(living.calls.filter((call) => call === 'DB.batch').length).toBeGreaterThan(3);
      for (const call of crashPoints(living.calls.length, when)) {
        const copied = newRepository();
        const isolate = crashingIsolate({ call, when });
        const dying = copy(createHarness({}, isolate.intercept), `${repository}:index`, copied);
        const wasDone = await dying.then(() => true).catch(() => false);
        await forgetLocks();
        const found = await status(copied, 'index');
        if (wasDone) expect(found).toBe(200);
        if (found === 200) expect(await digestsIn(copied)).toEqual(digests);
        await copy(harness, `${repository}:index`, copied);
        expect(await digestsIn(copied), `after dying ${when} ${living.calls[call - 1]}`).toEqual(digests);
        expect(await status(copied, 'index')).toBe(200);
      }
    },
    120_000,
  );
});
