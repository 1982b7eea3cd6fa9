import { beforeAll, describe, expect, it } from 'vitest';
import { edgeLimits } from '#test/support/edge-limits';
import { createHarness } from '#test/support/harness';
import { pushImage, putManifest, randomImage } from '#test/support/images';
import { asAdmin, basic, errorOf, insertProject, insertUser } from '#test/support/server';

/** Events that were sent on their way, as `<kind> <tag> <digest>`. */
const sent: string[] = [];
const harness = createHarness({}, (call, invoke) => {
  if (call.binding === 'EVENTS') {
    const messages = call.args[0] as readonly { readonly body: { kind: string; tag?: string; digest: string } }[];
    sent.push(...messages.map(({ body }) => `${body.kind} ${body.tag} ${body.digest}`));
  }
  return edgeLimits(call, invoke);
});
const PROJECT = 'tags';
const asDeveloper = basic('tags-developer', 'Passw0rd-developer');
const asGuest = basic('tags-guest', 'Passw0rd-guest');
const asStranger = basic('tags-stranger', 'Passw0rd-stranger');

beforeAll(async () => {
  const developer = await insertUser(harness, 'tags-developer', 'Passw0rd-developer');
  const guest = await insertUser(harness, 'tags-guest', 'Passw0rd-guest');
  await insertUser(harness, 'tags-stranger', 'Passw0rd-stranger');
  await insertProject(harness, PROJECT, { members: { [developer]: 2, [guest]: 3 } });
});

interface Tag {
  readonly id: number;
  readonly name: string;
  readonly artifact_id: number;
  readonly repository_id: number;
}

/** Pushes an image under the tags, the first of them with its layers; answers its digest. */
async function push(repository: string, ...tags: readonly string[]): Promise<string> {
  const image = randomImage();
  const [first, ...others] = tags;
  expect((await pushImage(harness, `${PROJECT}/${repository}`, image, first)).status).toBe(201);
  for (const tag of others) {
    harness.clock.advance(1_000);
    await putManifest(harness, `${PROJECT}/${repository}`, tag, image.manifest, image.mediaType);
  }
  return image.digest;
}

const tagsPath = (repository: string, reference: string) =>
  `/api/v2.0/projects/${PROJECT}/repositories/${encodeURIComponent(encodeURIComponent(repository))}/artifacts/${reference}/tags`;

function create(repository: string, reference: string, body: unknown, headers: Record<string, string> = asAdmin) {
  return harness.request('POST', tagsPath(repository, reference), {
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

const list = (repository: string, reference: string, query = '', headers: Record<string, string> = asAdmin) =>
  harness.request('GET', `${tagsPath(repository, reference)}${query}`, { headers });
const remove = (repository: string, reference: string, tag: string, headers: Record<string, string> = asAdmin) =>
  harness.request('DELETE', `${tagsPath(repository, reference)}/${tag}`, { headers });
const pull = (repository: string, reference: string) =>
  harness.asAdmin('GET', `/v2/${PROJECT}/${repository}/manifests/${reference}`);

async function namesOf(response: Response): Promise<readonly string[]> {
  return ((await response.json()) as Tag[]).map(({ name }) => name);
}

async function auditOf(resource: string): Promise<readonly string[]> {
  const rows = await harness.env.DB.prepare('select description from audit_log where resource = ? order by id')
    .bind(resource)
    .all<{ description: string }>();
  return rows.results.map(({ description }) => description);
}

describe('POST …/artifacts/{reference}/tags', () => {
  it('gives an artifact a tag by which it is pulled, named by digest or by another tag', async () => {
    const digest = await push('created/deep', 'one');
    const response = await create('created/deep', digest, { name: 'by-digest' });
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`${tagsPath('created/deep', digest)}/by-digest`);
    expect((await create('created/deep', 'one', { name: 'by-tag' })).status).toBe(201);
    expect((await pull('created/deep', 'by-tag')).headers.get('docker-content-digest')).toBe(digest);
    expect(await namesOf(await list('created/deep', digest, '?sort=name'))).toEqual(['by-digest', 'by-tag', 'one']);
  });

  it('is recorded for the audit log and for whoever follows events', async () => {
    const digest = await push('recorded', 'first');
    expect((await create('recorded', digest, { name: 'recorded-tag' })).status).toBe(201);
    expect(await auditOf(`${PROJECT}/recorded:recorded-tag`)).toEqual([`create tag: ${PROJECT}/recorded:recorded-tag`]);
    await expect.poll(() => sent).toContain(`tag-created recorded-tag ${digest}`);
  });

  it('takes what clients send beside the name, and ignores it', async () => {
    const digest = await push('whole-model');
    const body = { id: 0, name: 'whole', immutable: true, artifact_id: 99, push_time: '0001-01-01T00:00:00.000Z' };
    expect((await create('whole-model', digest, body)).status).toBe(201);
  });

  it.each([
    ['the same artifact', 0],
    ['another artifact', 1],
  ])('refuses a tag that %s has with 409, and moves nothing', async (_, owner) => {
    const digests = [await push('taken', `taken-${owner}`), await push('taken')];
    const response = await create('taken', digests[owner] ?? '', { name: `taken-${owner}` });
    expect(response.status).toBe(409);
    expect(await errorOf(response)).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(`tag taken-${owner} already exists`),
    });
    expect((await pull('taken', `taken-${owner}`)).headers.get('docker-content-digest')).toBe(digests[0]);
    expect(await auditOf(`${PROJECT}/taken:taken-${owner}`)).toEqual([`push artifact: ${PROJECT}/taken@${digests[0]}`]);
  });

  it('lets one of many win who want the same tag at once', async () => {
    const digests = [await push('raced'), await push('raced'), await push('raced')];
    const answers = await Promise.all(digests.map((digest) => create('raced', digest, { name: 'prize' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const winner = digests[answers.findIndex(({ status }) => status === 201)];
    expect((await pull('raced', 'prize')).headers.get('docker-content-digest')).toBe(winner);
  });

  it.each([
    [{ name: '.hidden' }, 400],
    [{ name: 'a b' }, 400],
    [{ name: 'x'.repeat(129) }, 400],
    [{ name: '' }, 422],
    [{ name: 7 }, 422],
    [{}, 422],
  ])('answers the body %j with %i', async (body, status) => {
    await push('bad-names', 'there');
    expect((await create('bad-names', 'there', body)).status).toBe(status);
  });

  it('answers 404 without the artifact, its repository, or a reference that could be one', async () => {
    const digest = await push('somewhere', 'there');
    const absent = `sha256:${'0'.repeat(64)}`;
    for (const [repository, reference] of [
      ['somewhere', absent],
      ['somewhere', 'absent'],
      ['somewhere', 'sha256:short'],
      ['nowhere', digest],
    ] as const) {
      const response = await create(repository, reference, { name: 'new' });
      expect(response.status).toBe(404);
      expect((await errorOf(response)).code).toBe('NOT_FOUND');
    }
  });

  it('answers 404 for an artifact that goes while the tag is made', async () => {
    const digest = await push('going');
    const answers = await Promise.all([
      harness.asAdmin('DELETE', `/v2/${PROJECT}/going/manifests/${digest}`),
      create('going', digest, { name: 'late' }),
    ]);
    expect(answers[0].status).toBe(202);
    expect([201, 404]).toContain(answers[1].status);
    expect((await pull('going', 'late')).status).toBe(404);
  });

  it('asks to be tried again when its turn is over before it has written', async () => {
    const digest = await push('overtaken');
    const lockToken = Number.MAX_SAFE_INTEGER;
    await harness.env.DB.prepare(`update repositories set lock_token = ? where name = 'overtaken'`)
      .bind(lockToken)
      .run();
    const response = await create('overtaken', digest, { name: 'late' });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect((await pull('overtaken', 'late')).status).toBe(404);
  });

  it('is for developers', async () => {
    const digest = await push('roles');
    expect((await create('roles', digest, { name: 'x' }, {})).status).toBe(401);
    expect((await create('roles', digest, { name: 'x' }, asStranger)).status).toBe(403);
    expect((await create('roles', digest, { name: 'x' }, asGuest)).status).toBe(403);
    expect((await create('roles', digest, { name: 'x' }, asDeveloper)).status).toBe(201);
  });
});

describe('GET …/artifacts/{reference}/tags', () => {
  it('lists the tags of one artifact, the newest first, with a total and pages', async () => {
    const digest = await push('listed/deep', 'a1', 'a2', 'b1');
    await push('listed/deep', 'of-another');
    const response = await list('listed/deep', digest, '?page_size=2', asGuest);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-total-count')).toBe('3');
    expect(response.headers.get('link')).toContain('page=2');
    const [newest, second] = (await response.json()) as Tag[];
    expect([newest?.name, second?.name]).toEqual(['b1', 'a2']);
    const artifact = await harness.request('GET', tagsPath('listed/deep', 'a1').replace(/\/tags$/, ''), {
      headers: asAdmin,
    });
    const shown = (await artifact.json()) as { id: number; tags: readonly Tag[] };
    expect(newest).toEqual(shown.tags.find(({ name }) => name === 'b1'));
    expect(newest?.artifact_id).toBe(shown.id);
    expect(await namesOf(await list('listed/deep', 'b1', '?page_size=2&page=2'))).toEqual(['a1']);
  });

  it.each([
    ['q=name%3Da1', ['a1']],
    ['q=name%3D~A', ['a2', 'a1']],
    ['q=name%3D{a1 b1}', ['b1', 'a1']],
    ['sort=name', ['a1', 'a2', 'b1']],
    ['sort=-name', ['b1', 'a2', 'a1']],
    ['sort=push_time', ['a1', 'a2', 'b1']],
    ['q=push_time%3D[2100-01-01~]', []],
    ['with_immutable_status=true', ['b1', 'a2', 'a1']],
  ])('answers ?%s with %j', async (query, names) => {
    const known = await list('queried', 'a1', '', asAdmin);
    if (known.status === 404) await push('queried', 'a1', 'a2', 'b1');
    const response = await list('queried', 'a1', `?${query}`);
    expect(response.headers.get('x-total-count')).toBe(String(names.length));
    expect(await namesOf(response)).toEqual(names);
  });

  it('answers an artifact without tags with an empty list', async () => {
    const digest = await push('bare');
    expect(await (await list('bare', digest)).text()).toBe('[]');
  });

  it.each([
    ['?q=labels%3D1', 400],
    ['?q=name', 400],
    ['?page_size=101', 422],
    ['?with_immutable_status=perhaps', 422],
  ])('answers %s with %i', async (query, status) => {
    expect((await list('bare', 'any', query)).status).toBe(status);
  });

  it('answers 404 without the artifact, 401 and 403 to who may not know', async () => {
    expect((await list('absent', '1')).status).toBe(404);
    expect((await list('absent', '1', '', {})).status).toBe(401);
    expect((await list('absent', '1', '', asStranger)).status).toBe(403);
  });
});

describe('DELETE …/artifacts/{reference}/tags/{tag_name}', () => {
  it('deletes the tag and leaves the artifact and its other tags', async () => {
    const digest = await push('deleted', 'gone', 'kept');
    expect((await remove('deleted', digest, 'gone')).status).toBe(200);
    expect((await pull('deleted', 'gone')).status).toBe(404);
    expect((await pull('deleted', 'kept')).status).toBe(200);
    expect((await remove('deleted', 'kept', 'kept')).status).toBe(200);
    expect((await pull('deleted', digest)).status).toBe(200);
    expect(await auditOf(`${PROJECT}/deleted:gone`)).toContain(`delete tag: ${PROJECT}/deleted:gone`);
    await expect.poll(() => sent).toContain(`tag-deleted gone ${digest}`);
  });

  it.each(['of-another', 'absent', '.no-tag'])('answers the tag %s with 404', async (tag) => {
    const digest = await push('attached', 'mine');
    await push('attached', 'of-another');
    const response = await remove('attached', digest, tag);
    expect(response.status).toBe(404);
    expect((await errorOf(response)).code).toBe('NOT_FOUND');
    expect((await pull('attached', 'of-another')).status).toBe(200);
  });

  it('answers 404 without the artifact, 401 and 403 to who may not delete', async () => {
    const digest = await push('protected', 'safe');
    expect((await remove('protected', 'absent', 'safe')).status).toBe(404);
    expect((await remove('protected', digest, 'safe', {})).status).toBe(401);
    expect((await remove('protected', digest, 'safe', asDeveloper)).status).toBe(403);
    expect((await pull('protected', 'safe')).status).toBe(200);
  });
});
