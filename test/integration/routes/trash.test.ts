import { beforeAll, describe, expect, it } from 'vitest';
import { TRASHED_COLUMNS } from '#adapters/d1/trash-columns';
import { digestOf } from '#core/digest';
import { MEDIA_TYPES } from '#core/media-types';
import { createHarness } from '#test/support/harness';
import {
  descriptor,
  type Image,
  jsonBytes,
  pushBlob,
  pushImage,
  putManifest,
  randomBytes,
  randomImage,
} from '#test/support/images';
import { asAdmin, basic, errorOf, insertProject, insertUser, testEnv } from '#test/support/server';

const harness = createHarness();
const { DB: db } = testEnv;
const PROJECT = 'trash';
const asMaintainer = basic('trash-maintainer', 'Passw0rd-maintainer');
const asDeveloper = basic('trash-developer', 'Passw0rd-developer');
let projectId = 0;

beforeAll(async () => {
  const maintainer = await insertUser(harness, 'trash-maintainer', 'Passw0rd-maintainer');
  const developer = await insertUser(harness, 'trash-developer', 'Passw0rd-developer');
  projectId = await insertProject(harness, PROJECT, { members: { [maintainer]: 4, [developer]: 2 } });
});

let repositories = 0;
const newName = () => `r${++repositories}`;
const base = (repository: string) => `/api/v2.0/projects/${PROJECT}/repositories/${repository}`;
const api = (method: string, path: string, headers: Record<string, string> = asMaintainer) =>
  harness.request(method, path, { headers });
const v2 = (method: string, repository: string, rest: string) =>
  harness.asAdmin(method, `/v2/${PROJECT}/${repository}/${rest}`);

async function push(repository: string, image: Image, ...tags: string[]): Promise<void> {
  for (const tag of tags.length > 0 ? tags : [image.digest]) {
    expect((await pushImage(harness, `${PROJECT}/${repository}`, image, tag)).status).toBe(201);
  }
}

async function pushIndex(repository: string, children: readonly Image[], tag: string) {
  const manifest = jsonBytes({
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociIndex,
    manifests: children.map((child) => ({
      ...descriptor(child.manifest, child.mediaType),
      platform: { os: 'linux', architecture: 'amd64' },
      annotations: { nonce: crypto.randomUUID() },
    })),
  });
  const response = await putManifest(harness, `${PROJECT}/${repository}`, tag, manifest, MEDIA_TYPES.ociIndex);
  expect(response.status).toBe(201);
  return digestOf(manifest);
}

/** Says, as a push of a signature does, that one artifact is an accessory of another. */
async function makeAccessory(accessory: string, of: string): Promise<void> {
  await db
    .prepare(`update artifacts set accessory_type = 'signature.cosign', accessory_of_digest = ?2 where digest = ?1`)
    .bind(accessory, of)
    .run();
}

const deleteArtifact = (repository: string, reference: string) =>
  api('DELETE', `${base(repository)}/artifacts/${reference}`);
const restoreArtifact = (repository: string, digest: string, headers?: Record<string, string>) =>
  api('POST', `${base(repository)}/trash/artifacts/${digest}/restore`, headers);
const restoreTag = (repository: string, tag: string, query = '') =>
  api('POST', `${base(repository)}/trash/tags/${tag}/restore${query}`);
const statusOf = async (repository: string, reference: string) =>
  (await v2('GET', repository, `manifests/${reference}`)).status;
const digestAt = async (repository: string, reference: string) =>
  (await v2('HEAD', repository, `manifests/${reference}`)).headers.get('docker-content-digest');
const usedBytes = () =>
  db.prepare('select used_bytes n from quotas where project_id = ?').bind(projectId).first<number>('n');

interface Item {
  kind: string;
  digest: string;
  name?: string;
  tags?: string[];
  deleted_with?: string;
}
const trashOf = async (repository: string) => (await (await api('GET', `${base(repository)}/trash`)).json()) as Item[];

/** What the rows of a repository say, but for their ids. */
async function contentOf(repository: string) {
  const queries = [
    `select ${TRASHED_COLUMNS.map((column) => `a.${column}`).join(', ')}, a.digest, a.tag_count, a.parent_count
       from artifacts a join repositories r on r.id = a.repository_id where r.name = ? order by a.digest`,
    `select t.name, a.digest, t.pushed_at_ms from tags t join artifacts a on a.id = t.artifact_id
       join repositories r on r.id = a.repository_id where r.name = ? order by t.name`,
    `select a.digest, ar.position, ar.child_digest, ar.platform, ar.annotations from artifact_references ar
       join artifacts a on a.id = ar.parent_id join repositories r on r.id = a.repository_id where r.name = ? order by 1, 2`,
    `select a.digest, b.digest as blob from artifact_blobs ab join artifacts a on a.id = ab.artifact_id
       join blobs b on b.id = ab.blob_id join repositories r on r.id = ab.repository_id where r.name = ? order by 1, 2`,
    `select b.digest from repository_blobs rb join blobs b on b.id = rb.blob_id
       join repositories r on r.id = rb.repository_id where r.name = ? order by 1`,
    `select a.digest, al.label_id from artifact_labels al join artifacts a on a.id = al.artifact_id
       join repositories r on r.id = a.repository_id where r.name = ? order by 1, 2`,
    'select artifact_count from repositories where name = ?',
  ];
  const results = await db.batch(queries.map((sql) => db.prepare(sql).bind(repository)));
  return results.map((result) => result.results);
}

describe('deleting an artifact', () => {
  it('drops its links at once, but for blobs that others need or that belong to nothing yet', async () => {
    const repository = newName();
    const [doomed, other] = [randomImage({ layers: 2 }), randomImage()];
    const shared = doomed.layers[0] as Uint8Array;
    const sharing = { ...other, layers: [...other.layers, shared] };
    const manifest = jsonBytes({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociManifest,
      config: descriptor(other.config, MEDIA_TYPES.ociConfig),
      layers: sharing.layers.map((layer) => descriptor(layer, 'application/vnd.oci.image.layer.v1.tar')),
    });
    await push(repository, doomed, 'doomed');
    await push(repository, { ...sharing, manifest, digest: digestOf(manifest) }, 'other');
    const pending = await pushBlob(harness, `${PROJECT}/${repository}`, randomBytes(50));
    const before = (await usedBytes()) ?? 0;
    expect((await deleteArtifact(repository, 'doomed')).status).toBe(200);
    const own = doomed.layers[1] as Uint8Array;
    expect(await usedBytes()).toBe(before - doomed.config.length - own.length - doomed.manifest.length);
    expect((await v2('HEAD', repository, `blobs/${digestOf(shared)}`)).status).toBe(200);
    expect((await v2('HEAD', repository, `blobs/${pending}`)).status).toBe(200);
    expect((await v2('HEAD', repository, `blobs/${digestOf(own)}`)).status).toBe(404);
    expect((await v2('HEAD', repository, `blobs/${digestOf(doomed.config)}`)).status).toBe(404);
  });

  it.each(['/v2', 'the API'])('by %s takes accessories and children along, and leaves what others need', async (by) => {
    const repository = newName();
    const [alone, tagged, needed] = [randomImage(), randomImage(), randomImage()];
    for (const image of [alone, needed]) await push(repository, image);
    await push(repository, tagged, 'tagged');
    const index = await pushIndex(repository, [alone, tagged, needed], 'index');
    await pushIndex(repository, [needed], 'needs');
    const [signature, signatureOfChild] = [randomImage(), randomImage()];
    await push(repository, signature, 'signature');
    await push(repository, signatureOfChild);
    await makeAccessory(signature.digest, index);
    await makeAccessory(signatureOfChild.digest, alone.digest);
    const response = await (by === '/v2'
      ? v2('DELETE', repository, `manifests/${index}`)
      : deleteArtifact(repository, index));
    expect(response.status).toBe(by === '/v2' ? 202 : 200);
    for (const gone of [index, alone.digest, signature.digest, signatureOfChild.digest, 'signature', 'index']) {
      expect(await statusOf(repository, gone)).toBe(404);
    }
    for (const kept of [tagged.digest, needed.digest, 'needs']) expect(await statusOf(repository, kept)).toBe(200);
    const along = [alone.digest, signature.digest, signatureOfChild.digest].map((digest) =>
      expect.objectContaining({ kind: 'artifact', digest, deleted_with: index }),
    );
    const trash = await trashOf(repository);
    expect(trash).toHaveLength(4);
    expect(trash).toEqual(expect.arrayContaining(along));
  });

  it('of an index that says too much of its children for a row is for good', async () => {
    const repository = newName();
    const child = (length: number) => ({
      ...descriptor(randomBytes(10), MEDIA_TYPES.ociManifest),
      annotations: { note: 'x'.repeat(length) },
    });
    const manifest = jsonBytes({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociIndex,
      manifests: [child(400_000), child(400_000)],
    });
    await putManifest(harness, `${PROJECT}/${repository}`, 'large', manifest, MEDIA_TYPES.ociIndex);
    expect((await deleteArtifact(repository, 'large')).status).toBe(200);
    expect(await statusOf(repository, 'large')).toBe(404);
    expect((await restoreArtifact(repository, digestOf(manifest))).status).toBe(404);
  });
});

describe('GET …/trash', () => {
  it('tells what can be restored, the newest deletion first, in pages', async () => {
    const repository = newName();
    const [first, second] = [randomImage(), randomImage()];
    await push(repository, first, 'a', 'b');
    await push(repository, second, 'c', 'd');
    harness.clock.advance(1_000);
    await deleteArtifact(repository, 'a');
    harness.clock.advance(1_000);
    await v2('DELETE', repository, 'manifests/c');
    const response = await api('GET', `${base(repository)}/trash`);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-total-count')).toBe('2');
    expect(await response.json()).toEqual([
      {
        kind: 'tag',
        digest: second.digest,
        name: 'c',
        deleted_by: 'admin',
        deletion_time: expect.any(String),
      },
      {
        kind: 'artifact',
        digest: first.digest,
        type: expect.any(String),
        manifest_media_type: first.mediaType,
        size: first.config.length + 100 + first.manifest.length,
        tags: ['a', 'b'],
        deleted_by: 'trash-maintainer',
        deletion_time: expect.any(String),
      },
    ]);
    const page = await api('GET', `${base(repository)}/trash?page=2&page_size=1`);
    expect(((await page.json()) as Item[]).map(({ digest }) => digest)).toEqual([first.digest]);
    expect(page.headers.get('link')).toContain('rel="prev"');
  });

  it('leaves out a tag whose artifact is deleted too', async () => {
    const repository = newName();
    await push(repository, randomImage(), 'a', 'b');
    await v2('DELETE', repository, 'manifests/a');
    await deleteArtifact(repository, 'b');
    expect((await trashOf(repository)).map(({ kind }) => kind)).toEqual(['artifact']);
    const response = await restoreTag(repository, 'a');
    expect(response.status).toBe(404);
    expect((await errorOf(response)).message).toContain('which is deleted; restore that first');
  });

  it('is for those who may delete', async () => {
    const repository = newName();
    await push(repository, randomImage(), 'a');
    expect((await api('GET', `${base(repository)}/trash`, {})).status).toBe(401);
    expect((await api('GET', `${base(repository)}/trash`, asDeveloper)).status).toBe(403);
    expect((await api('GET', `${base('absent')}/trash`)).status).toBe(404);
  });
});

describe('POST …/trash/artifacts/{digest}/restore', () => {
  it('brings everything back as it was, with tags, labels, accessories and children', async () => {
    const repository = newName();
    const [child, signature] = [randomImage({ extra: { annotations: { a: 'b' } } }), randomImage()];
    await push(repository, child);
    const index = await pushIndex(repository, [child], 'one');
    await push(repository, signature, 'signed');
    await makeAccessory(signature.digest, index);
    await db
      .prepare(`insert into labels (name, project_id, created_at_ms, updated_at_ms) values (?, ?, 0, 0)`)
      .bind(repository, projectId)
      .run();
    await db
      .prepare(
        `insert into artifact_labels (artifact_id, label_id)
           select a.id, l.id from artifacts a, labels l where a.digest = ? and l.name = ?`,
      )
      .bind(index, repository)
      .run();
    const before = await contentOf(repository);
    const used = await usedBytes();
    expect((await deleteArtifact(repository, index)).status).toBe(200);
    expect((await contentOf(repository)).slice(0, 6)).toEqual([[], [], [], [], [], []]);
    const response = await restoreArtifact(repository, index);
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`${base(repository)}/artifacts/${index}`);
    expect(await response.json()).toEqual({
      digest: index,
      digests: expect.arrayContaining([index, child.digest, signature.digest]),
      tags: ['one', 'signed'],
      taken_tags: [],
    });
    expect(await contentOf(repository)).toEqual(before);
    expect(await usedBytes()).toBe(used);
    expect(await trashOf(repository)).toEqual([]);
    expect(await statusOf(repository, 'one')).toBe(200);
    for (const blob of [child.config, ...child.layers]) {
      expect((await v2('GET', repository, `blobs/${digestOf(blob)}`)).status).toBe(200);
    }
  });

  it('keeps every column of an artifact', async () => {
    const { results } = await db.prepare(`select name from pragma_table_info('artifacts')`).all<{ name: string }>();
    const others = ['id', 'repository_id', 'project_id', 'digest', 'manifest_blob_id', 'tag_count', 'parent_count'];
    const kept = [...TRASHED_COLUMNS, ...others];
    expect(results.map(({ name }) => name).sort()).toEqual(kept.sort());
  });

  it('says which tags were taken meanwhile, and leaves them', async () => {
    const repository = newName();
    const [image, other] = [randomImage(), randomImage()];
    await push(repository, image, 'kept', 'taken');
    await deleteArtifact(repository, 'kept');
    await push(repository, other, 'taken');
    const response = await restoreArtifact(repository, image.digest);
    expect(await response.json()).toMatchObject({ tags: ['kept'], taken_tags: ['taken'] });
    expect(await digestAt(repository, 'taken')).toBe(other.digest);
    expect(await digestAt(repository, 'kept')).toBe(image.digest);
  });

  it('is logged, and announced as a push', async () => {
    const repository = newName();
    const image = randomImage();
    await push(repository, image, 'a');
    await deleteArtifact(repository, 'a');
    await restoreArtifact(repository, image.digest);
    const audit = await db
      .prepare(`select operation, username, description from audit_log where resource = ? and operation = 'restore'`)
      .bind(`${PROJECT}/${repository}:a`)
      .all();
    expect(audit.results).toEqual([
      {
        operation: 'restore',
        username: 'trash-maintainer',
        description: `restore artifact: ${PROJECT}/${repository}:a`,
      },
    ]);
  });

  it('is refused when the quota has no room', async () => {
    const repository = newName();
    const image = randomImage();
    await push(repository, image, 'a');
    await deleteArtifact(repository, 'a');
    const limit = (bytes: number) =>
      db.prepare('update quotas set hard_bytes = ? where project_id = ?').bind(bytes, projectId).run();
    await limit(((await usedBytes()) ?? 0) + 10);
    try {
      const response = await restoreArtifact(repository, image.digest);
      expect(response.status).toBe(403);
      expect((await errorOf(response)).message).toMatch(/^adding .* will exceed the configured upper limit of/);
      expect(await statusOf(repository, 'a')).toBe(404);
      expect(await trashOf(repository)).toHaveLength(1);
    } finally {
      await limit(-1);
    }
    expect((await restoreArtifact(repository, image.digest)).status).toBe(201);
  });

  it('keeps what it brings back from garbage collection', async () => {
    const repository = newName();
    const image = randomImage();
    await push(repository, image, 'a');
    await deleteArtifact(repository, 'a');
    await db.prepare('update blobs set touched_at_ms = 0 where digest = ?').bind(digestOf(image.config)).run();
    expect((await restoreArtifact(repository, image.digest)).status).toBe(201);
    const blob = db.prepare('select touched_at_ms from blobs where digest = ?').bind(digestOf(image.config));
    expect(await blob.first('touched_at_ms')).toBeGreaterThan(0);
  });

  it('knows nothing that is not in the trash, and only digests', async () => {
    const repository = newName();
    const image = randomImage();
    await push(repository, image, 'a');
    const response = await restoreArtifact(repository, image.digest);
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toEqual({
      code: 'NOT_FOUND',
      message: `artifact ${PROJECT}/${repository}@${image.digest} not found in the trash`,
    });
    expect((await restoreArtifact(repository, 'latest')).status).toBe(400);
  });

  it('is for those who may delete', async () => {
    const repository = newName();
    const image = randomImage();
    await push(repository, image, 'a');
    await deleteArtifact(repository, 'a');
    expect((await restoreArtifact(repository, image.digest, {})).status).toBe(401);
    expect((await restoreArtifact(repository, image.digest, asDeveloper)).status).toBe(403);
    expect(await statusOf(repository, 'a')).toBe(404);
  });

  it('has nothing to do once the manifest was pushed again, or its repository deleted', async () => {
    const repository = newName();
    const image = randomImage();
    await push(repository, image, 'a');
    await deleteArtifact(repository, 'a');
    await putManifest(harness, `${PROJECT}/${repository}`, 'b', image.manifest, image.mediaType);
    expect(await trashOf(repository)).toEqual([]);
    await deleteArtifact(repository, 'b');
    await push(repository, randomImage(), 'c');
    await v2('DELETE', repository, 'manifests/c');
    expect((await api('DELETE', base(repository))).status).toBe(200);
    const left = await db
      .prepare(
        `select (select count(*) from artifact_trash t where t.digest = ?1) + (select count(*) from tag_trash
           where repository_id not in (select id from repositories)) + (select count(*) from artifact_trash_blobs
           where trash_id not in (select id from artifact_trash)) n`,
      )
      .bind(image.digest)
      .first<number>('n');
    expect(left).toBe(0);
  });
});

describe('POST …/trash/tags/{tag}/restore', () => {
  it('points the tag at its artifact again', async () => {
    const repository = newName();
    const image = randomImage();
    await push(repository, image, 'a', 'b');
    const before = await contentOf(repository);
    await v2('DELETE', repository, 'manifests/a');
    const response = await restoreTag(repository, 'a');
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`${base(repository)}/artifacts/${image.digest}`);
    expect(await contentOf(repository)).toEqual(before);
    expect((await restoreTag(repository, 'a')).status).toBe(404);
  });

  it('takes it from another artifact only when asked to, and that can be undone too', async () => {
    const repository = newName();
    const [first, second] = [randomImage(), randomImage()];
    await push(repository, first, 'a');
    await v2('DELETE', repository, 'manifests/a');
    await push(repository, second, 'a');
    const refused = await restoreTag(repository, 'a');
    expect(refused.status).toBe(409);
    expect(await errorOf(refused)).toEqual({
      code: 'CONFLICT',
      message: `tag a names the artifact ${second.digest} now; overwrite=true takes it from there`,
    });
    expect((await restoreTag(repository, 'a', '?overwrite=true')).status).toBe(201);
    expect(await digestAt(repository, 'a')).toBe(first.digest);
    expect((await restoreTag(repository, 'a', '?overwrite=true')).status).toBe(201);
    expect(await digestAt(repository, 'a')).toBe(second.digest);
  });

  it('goes by the newest deletion of the name', async () => {
    const repository = newName();
    const [first, second] = [randomImage(), randomImage()];
    for (const image of [first, second]) {
      await push(repository, image, 'a');
      await v2('DELETE', repository, 'manifests/a');
    }
    expect((await restoreTag(repository, 'a')).status).toBe(201);
    expect(await digestAt(repository, 'a')).toBe(second.digest);
  });

  it('is for those who may delete, and for names that can be tags', async () => {
    const repository = newName();
    await push(repository, randomImage(), 'a', 'b');
    await v2('DELETE', repository, 'manifests/a');
    const path = `${base(repository)}/trash/tags/a/restore`;
    expect((await api('POST', path, {})).status).toBe(401);
    expect((await api('POST', path, asDeveloper)).status).toBe(403);
    expect((await restoreTag(repository, '-a')).status).toBe(400);
    expect((await api('POST', path, asAdmin)).status).toBe(201);
  });
});

describe('a push while artifacts are deleted', () => {
  /** An image that shares all its blobs with another. */
  const sibling = (image: Image): Image => {
    const manifest = jsonBytes({ ...JSON.parse(new TextDecoder().decode(image.manifest)), annotations: { n: '1' } });
    return { ...image, manifest, digest: digestOf(manifest) };
  };

  it('finds again what a deletion has just unlinked', async () => {
    const repository = newName();
    const image = randomImage({ layers: 2 });
    const next = sibling(image);
    await push(repository, image, 'a');
    for (const blob of [image.config, ...image.layers]) {
      expect((await v2('HEAD', repository, `blobs/${digestOf(blob)}`)).status).toBe(200);
    }
    await deleteArtifact(repository, 'a');
    const response = await putManifest(harness, `${PROJECT}/${repository}`, 'b', next.manifest, next.mediaType);
    expect(response.status).toBe(201);
    for (const blob of [image.config, ...image.layers]) {
      expect((await v2('GET', repository, `blobs/${digestOf(blob)}`)).status).toBe(200);
    }
    // And the deletion can still be undone.
    expect((await restoreArtifact(repository, image.digest)).status).toBe(201);
  });

  it('does not find what another repository has in its trash', async () => {
    const [repository, other] = [newName(), newName()];
    const image = randomImage();
    const next = sibling(image);
    await push(repository, image, 'a');
    await deleteArtifact(repository, 'a');
    await push(other, randomImage(), 'x');
    const put = (name: string) => putManifest(harness, `${PROJECT}/${name}`, 'b', next.manifest, next.mediaType);
    expect((await put(other)).status).toBe(404);
  });

  it('never ends with a manifest whose blobs are not linked, whichever comes first', async () => {
    for (let round = 0; round < 6; round++) {
      const repository = newName();
      const image = randomImage({ layers: 2 });
      const next = sibling(image);
      await push(repository, image, 'a');
      const [deleted, put] = await Promise.all([
        deleteArtifact(repository, 'a'),
        putManifest(harness, `${PROJECT}/${repository}`, 'b', next.manifest, next.mediaType),
      ]);
      expect([deleted.status, put.status]).toEqual([200, 201]);
    }
    const unlinked = await db
      .prepare(
        `select count(*) n from artifact_blobs ab where not exists (select 1 from repository_blobs rb
           where rb.repository_id = ab.repository_id and rb.blob_id = ab.blob_id)`,
      )
      .first<number>('n');
    expect(unlinked).toBe(0);
  });

  it('mounts what is about to go, or is told to upload it', async () => {
    const statuses = new Set<number>();
    for (let round = 0; round < 6; round++) {
      const [source, target] = [newName(), newName()];
      const image = randomImage();
      const digest = digestOf(image.config);
      await push(source, image, 'a');
      const [mounted] = await Promise.all([
        v2('POST', target, `blobs/uploads/?mount=${digest}&from=${PROJECT}/${source}`),
        deleteArtifact(source, 'a'),
      ]);
      statuses.add(mounted.status);
      const found = (await v2('GET', target, `blobs/${digest}`)).status;
      expect(found).toBe(mounted.status === 201 ? 200 : 404);
    }
    expect([201, 202]).toEqual(expect.arrayContaining([...statuses]));
  });
});

describe('the push of an index', () => {
  const childOf = (repository: string, image: Image) => v2('GET', repository, `manifests/${image.digest}`);

  it.each([
    [
      'went along with another index',
      async (repository: string, child: Image) => {
        const other = await pushIndex(repository, [child], 'other');
        expect((await api('DELETE', `${base(repository)}/artifacts/${other}`)).status).toBe(200);
      },
    ],
    [
      'was deleted by a job',
      async (repository: string, child: Image) => {
        expect((await api('DELETE', `${base(repository)}/artifacts/${child.digest}`)).status).toBe(200);
        await db
          .prepare(`update artifact_trash set deleted_by = 'harbor-jobservice' where digest = ?`)
          .bind(child.digest)
          .run();
      },
    ],
  ])('brings a child back that %s since its pusher saw it there', async (_how, lose) => {
    const [repository, child] = [newName(), randomImage()];
    await push(repository, child);
    await lose(repository, child);
    expect((await childOf(repository, child)).status).toBe(404);
    await pushIndex(repository, [child], 'index');
    expect((await childOf(repository, child)).status).toBe(200);
    const left = await db
      .prepare('select count(*) as n from artifact_trash where digest = ?')
      .bind(child.digest)
      .first('n');
    expect(left).toBe(0);
  });

  it('leaves a child deleted that somebody deleted by itself', async () => {
    const [repository, child] = [newName(), randomImage()];
    await push(repository, child);
    expect((await api('DELETE', `${base(repository)}/artifacts/${child.digest}`)).status).toBe(200);
    await pushIndex(repository, [child], 'index');
    expect((await childOf(repository, child)).status).toBe(404);
  });
});
