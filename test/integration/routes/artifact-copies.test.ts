import { beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '#core/digest';
import { digestsIn, pushAccessory, pushIndex, pushTagged } from '#test/support/copies';
import { edgeLimits } from '#test/support/edge-limits';
import { createHarness } from '#test/support/harness';
import { type Image, putManifest } from '#test/support/images';
import { asAdmin, basic, errorOf, insertProject, insertUser, testEnv } from '#test/support/server';

/** What was asked of R2, and events that were sent on their way, as `<kind> <repository>:<tag>@<digest>`. */
const storageCalls: string[] = [];
const sent: string[] = [];
const harness = createHarness({}, (call, invoke) => {
  if (call.binding === 'BLOBS') storageCalls.push(call.method);
  if (call.binding === 'EVENTS') {
    const messages = call.args[0] as readonly { readonly body: Record<string, string> }[];
    sent.push(...messages.map(({ body }) => `${body['kind']} ${body['repository']}:${body['tag']}@${body['digest']}`));
  }
  return edgeLimits(call, invoke);
});

const [FROM, TO, HIDDEN] = ['copies-from', 'copies-to', 'copies-hidden'];
const asDeveloper = basic('copies-developer', 'Passw0rd-developer');
const asGuest = basic('copies-guest', 'Passw0rd-guest');
const ABSENT = `sha256:${'0'.repeat(64)}`;

beforeAll(async () => {
  const developer = await insertUser(harness, 'copies-developer', 'Passw0rd-developer');
  const guest = await insertUser(harness, 'copies-guest', 'Passw0rd-guest');
  await insertProject(harness, FROM, { members: { [developer]: 5 } });
  await insertProject(harness, TO, { members: { [developer]: 2, [guest]: 3 } });
  await insertProject(harness, HIDDEN);
});

const inPath = (name: string) => encodeURIComponent(encodeURIComponent(name));
const artifactsPath = (project: string, repository: string) =>
  `/api/v2.0/projects/${project}/repositories/${inPath(repository)}/artifacts`;

/** Copies to a repository of the project that copies go to. */
function copy(repository: string, from: string, headers: Readonly<Record<string, string>> = asAdmin, project = TO) {
  const query = new URLSearchParams({ from });
  return harness.request('POST', `${artifactsPath(project, repository)}?${query}`, { headers });
}

const manifest = (repository: string, reference: string) =>
  harness.asAdmin('GET', `/v2/${repository}/manifests/${reference}`);
const tagsOf = async (repository: string) =>
  ((await (await harness.asAdmin('GET', `/v2/${repository}/tags/list`)).json()) as { tags: string[] }).tags;

/** Pulls everything, as a client does. */
async function expectPullable(repository: string, reference: string, image: Image): Promise<void> {
  const pulled = await manifest(repository, reference);
  expect(pulled.status).toBe(200);
  expect(pulled.headers.get('content-type')).toBe(image.mediaType);
  expect(digestOf(new Uint8Array(await pulled.arrayBuffer()))).toBe(image.digest);
  for (const bytes of [image.config, ...image.layers]) {
    const blob = await harness.asAdmin('GET', `/v2/${repository}/blobs/${digestOf(bytes)}`);
    expect(digestOf(new Uint8Array(await blob.arrayBuffer()))).toBe(digestOf(bytes));
  }
}

describe('POST …/artifacts?from= copies', () => {
  it('an image with all its tags to a repository of another project, without touching a byte', async () => {
    const image = await pushTagged(harness, `${FROM}/app`, '1', '1.0', 'latest');
    const calls = storageCalls.length;
    const response = await copy('team/app', `${FROM}/app:1.0`);
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`${artifactsPath(TO, 'team/app')}/1.0`);
    expect(storageCalls.slice(calls)).toEqual([]);
    expect(await tagsOf(`${TO}/team/app`)).toEqual(['1', '1.0', 'latest']);
    await expectPullable(`${TO}/team/app`, 'latest', image);
    const shown = await harness.request('GET', response.headers.get('location') ?? '', { headers: asAdmin });
    expect(await shown.json()).toMatchObject({ digest: image.digest, repository_name: `${TO}/team/app` });
    const listed = await harness.request('GET', `/api/v2.0/projects/${TO}/repositories/${inPath('team/app')}`, {
      headers: asAdmin,
    });
    expect(listed.status).toBe(200);
  });

  it('an artifact by its digest, whatever tag stands before it', async () => {
    const image = await pushTagged(harness, `${FROM}/untagged`);
    await pushTagged(harness, `${FROM}/untagged`, 'other');
    for (const from of [`${FROM}/untagged@${image.digest}`, `${FROM}/untagged:other@${image.digest}`]) {
      const response = await copy('untagged', from);
      expect(response.status).toBe(201);
      expect(response.headers.get('location')).toBe(`${artifactsPath(TO, 'untagged')}/${image.digest}`);
    }
    expect(await digestsIn(`${TO}/untagged`)).toEqual([image.digest]);
    await expectPullable(`${TO}/untagged`, image.digest, image);
  });

  it('within a project, and to where it is, which changes nothing', async () => {
    const image = await pushTagged(harness, `${FROM}/same`, 'here');
    const rows = () =>
      testEnv.DB.prepare(
        `select a.*, t.name, t.pushed_at_ms as tagged from artifacts a join tags t on t.artifact_id = a.id where a.digest = ?`,
      )
        .bind(image.digest)
        .all();
    const before = (await rows()).results;
    harness.clock.advance(5_000);
    expect((await copy('same', `${FROM}/same:here`, asAdmin, FROM)).status).toBe(201);
    expect((await rows()).results).toEqual(before);
    expect((await copy('beside', `${FROM}/same:here`, asAdmin, FROM)).status).toBe(201);
    await expectPullable(`${FROM}/beside`, 'here', image);
  });

  it('children and accessories, those of accessories and of children too, with their tags', async () => {
    const source = `${FROM}/multi`;
    const { digest, children } = await pushIndex(harness, source, 'index', 2);
    const signature = await pushAccessory(harness, source, digest);
    const ofSignature = await pushAccessory(harness, source, signature.digest);
    const ofChild = await pushAccessory(harness, source, children[0] ?? '');
    await pushTagged(harness, source, 'unrelated');
    const child = await (await manifest(source, children[0] ?? '')).arrayBuffer();
    await putManifest(harness, source, 'amd64', new Uint8Array(child), 'application/vnd.oci.image.manifest.v1+json');
    const tree = [digest, ...children, signature.digest, ofSignature.digest, ofChild.digest].sort();

    for (const attempt of ['first', 'second']) {
      expect((await copy('multi', `${source}:index`)).status, attempt).toBe(201);
      expect(await digestsIn(`${TO}/multi`)).toEqual(tree);
      expect(await tagsOf(`${TO}/multi`)).toEqual(['amd64', 'index']);
    }
    const referrers = await harness.asAdmin('GET', `/v2/${TO}/multi/referrers/${digest}`);
    expect(await referrers.json()).toMatchObject({ manifests: [{ digest: signature.digest }] });
    await expectPullable(`${TO}/multi`, signature.digest, signature);
    const added = await pushAccessory(harness, source, digest);
    expect((await copy('multi', `${source}:index`)).status).toBe(201);
    expect(await digestsIn(`${TO}/multi`)).toEqual([...tree, added.digest].sort());
  });

  it('an index of which the repository does not hold every child', async () => {
    const { digest, children } = await pushIndex(harness, `${FROM}/sparse`, 'sparse', 2);
    expect((await harness.asAdmin('DELETE', `/v2/${FROM}/sparse/manifests/${children[0]}`)).status).toBe(202);
    expect((await copy('sparse', `${FROM}/sparse:sparse`)).status).toBe(201);
    expect(await digestsIn(`${TO}/sparse`)).toEqual([digest, children[1]].sort());
  });

  it('an index of 200 children', async () => {
    const { digest, children } = await pushIndex(harness, `${FROM}/wide`, 'wide', 200);
    expect((await copy('wide', `${FROM}/wide:wide`)).status).toBe(201);
    expect(await digestsIn(`${TO}/wide`)).toEqual([digest, ...children].sort());
    const listing = await harness.request('GET', artifactsPath(TO, 'wide'), { headers: asAdmin });
    expect(listing.headers.get('x-total-count')).toBe('1');
    const [shown] = (await listing.json()) as { references: { child_id?: number; child_digest: string }[] }[];
    expect(shown?.references.map((reference) => reference.child_digest)).toEqual(children);
    expect(shown?.references.every((reference) => reference.child_id !== undefined)).toBe(true);
    expect((await manifest(`${TO}/wide`, children[199] ?? '')).status).toBe(200);
  }, 60_000);

  it('what is known of an artifact, but not its pulls and labels', async () => {
    const image = await pushTagged(harness, `${FROM}/described`, 'described');
    await testEnv.DB.prepare(
      `update artifacts set type = 'CHART', extra_attributes = '{"k":"v"}', icon_digest = 'sha256:icon',
         annotations = '{"a":"b"}', artifact_type = 'x/y', pulled_at_ms = 5 where digest = ?`,
    )
      .bind(image.digest)
      .run();
    harness.clock.advance(1_000);
    expect((await copy('described', `${FROM}/described:described`)).status).toBe(201);
    const rows = await testEnv.DB.prepare('select * from artifacts where digest = ? order by id')
      .bind(image.digest)
      .all<Record<string, unknown>>();
    const [original, copied] = rows.results;
    const { id, repository_id, project_id: _, pushed_at_ms, ...described } = original ?? {};
    expect(copied).toMatchObject({ ...described, pulled_at_ms: null });
    expect(Number(copied?.['pushed_at_ms'])).toBeGreaterThan(Number(pushed_at_ms));
    expect([copied?.['id'], copied?.['repository_id']]).not.toEqual([id, repository_id]);
  });

  it('and moves a tag that the destination has of another artifact', async () => {
    const replaced = await pushTagged(harness, `${TO}/moved`, 'stable', 'own');
    const image = await pushTagged(harness, `${FROM}/moved`, 'stable');
    expect((await copy('moved', `${FROM}/moved:stable`)).status).toBe(201);
    await expectPullable(`${TO}/moved`, 'stable', image);
    await expectPullable(`${TO}/moved`, 'own', replaced);
  });

  it('and keeps the content from being collected', async () => {
    const image = await pushTagged(harness, `${FROM}/marked`, 'marked');
    const digests = JSON.stringify([image.digest, digestOf(image.config)]);
    const ofDigests = 'where digest in (select value from json_each(?))';
    await testEnv.DB.prepare(`update blobs set touched_at_ms = 0 ${ofDigests}`).bind(digests).run();
    expect((await copy('marked', `${FROM}/marked:marked`)).status).toBe(201);
    const least = testEnv.DB.prepare(`select min(touched_at_ms) as least from blobs ${ofDigests}`).bind(digests);
    expect(await least.first('least')).toBeGreaterThan(0);
  });

  it('and tells the audit log and whoever follows events, as a push does', async () => {
    const image = await pushTagged(harness, `${FROM}/told`, 'a', 'b');
    expect((await copy('told', `${FROM}/told:b`)).status).toBe(201);
    const rows = await testEnv.DB.prepare(
      'select operation, resource_type, description from audit_log where resource = ?',
    )
      .bind(`${TO}/told:b`)
      .all();
    const description = `push artifact: ${TO}/told:b, copied from ${FROM}/told:b`;
    expect(rows.results).toEqual([{ operation: 'create', resource_type: 'artifact', description }]);
    await expect.poll(() => sent).toContain(`artifact-pushed ${TO}/told:b@${image.digest}`);
    expect(sent).toContain(`artifact-pushed ${TO}/told:a@${image.digest}`);
  });
});

describe('a copy', () => {
  it('and its source live and die apart', async () => {
    const image = await pushTagged(harness, `${FROM}/apart`, 'v');
    expect((await copy('apart', `${FROM}/apart:v`)).status).toBe(201);
    expect((await copy('apart-too', `${FROM}/apart:v`)).status).toBe(201);
    const remove = (project: string, repository: string) =>
      harness.request('DELETE', `${artifactsPath(project, repository)}/v`, { headers: asAdmin });
    expect((await remove(TO, 'apart')).status).toBe(200);
    await expectPullable(`${FROM}/apart`, 'v', image);
    expect((await remove(FROM, 'apart')).status).toBe(200);
    await expectPullable(`${TO}/apart-too`, 'v', image);
    expect((await harness.asAdmin('DELETE', `/v2/${TO}/apart-too/manifests/${image.digest}`)).status).toBe(202);
    expect(await digestsIn(`${TO}/apart-too`)).toEqual([]);
  });

  it('counts content once a project against its quota, and leaves nothing behind beyond it', async () => {
    const { digest } = await pushIndex(harness, `${FROM}/heavy`, 'heavy', 3);
    const projectId = await insertProject(harness, 'copies-limited');
    const setLimit = (bytes: number) =>
      testEnv.DB.prepare('update quotas set hard_bytes = ? where project_id = ?').bind(bytes, projectId).run();
    const usage = () =>
      testEnv.DB.prepare('select used_bytes from quotas where project_id = ?').bind(projectId).first('used_bytes');
    await setLimit(500);
    const response = await copy('heavy', `${FROM}/heavy:heavy`, asAdmin, 'copies-limited');
    expect(response.status).toBe(403);
    expect((await errorOf(response)).code).toBe('DENIED');
    expect(await digestsIn('copies-limited/heavy')).toEqual([]);
    expect(await usage()).toBe(0);
    await setLimit(-1);
    expect((await copy('heavy', `${FROM}/heavy:heavy`, asAdmin, 'copies-limited')).status).toBe(201);
    const used = await usage();
    await setLimit(Number(used));
    expect((await copy('heavy-again', `${FROM}/heavy@${digest}`, asAdmin, 'copies-limited')).status).toBe(201);
    expect(await usage()).toBe(used);
  });

  it('of a source that is deleted meanwhile is whole or not there', async () => {
    for (let round = 0; round < 5; round++) {
      const image = await pushTagged(harness, `${FROM}/vanishing`, `v${round}`);
      const [copied, deleted] = await Promise.all([
        copy('vanishing', `${FROM}/vanishing:v${round}`),
        harness.asAdmin('DELETE', `/v2/${FROM}/vanishing/manifests/${image.digest}`),
      ]);
      expect(deleted.status).toBe(202);
      expect([201, 404]).toContain(copied.status);
      if (copied.status === 201) await expectPullable(`${TO}/vanishing`, `v${round}`, image);
      else expect((await manifest(`${TO}/vanishing`, image.digest)).status).toBe(404);
    }
  });

  it('and a push of the same tag leave the tag with one of the two, whole', async () => {
    for (let round = 0; round < 5; round++) {
      const image = await pushTagged(harness, `${FROM}/contested`, 'contested');
      const rival = await pushTagged(harness, `${TO}/contested`);
      const [copied, pushed] = await Promise.all([
        copy('contested', `${FROM}/contested:contested`),
        putManifest(harness, `${TO}/contested`, 'contested', rival.manifest, rival.mediaType),
      ]);
      expect([copied.status, pushed.status]).toEqual([201, 201]);
      const digest = (await manifest(`${TO}/contested`, 'contested')).headers.get('docker-content-digest');
      expect([image.digest, rival.digest]).toContain(digest);
      await expectPullable(`${TO}/contested`, image.digest, image);
      const counts = await testEnv.DB.prepare(
        `select sum(tag_count) = (select count(*) from tags t where t.repository_id = a.repository_id) as holds
           from artifacts a join repositories r on r.id = a.repository_id where r.name = 'contested' group by r.id`,
      ).all();
      expect(counts.results).toEqual([{ holds: 1 }, { holds: 1 }]);
    }
  });
});

describe('POST …/artifacts?from= refuses', () => {
  it.each([
    '',
    'app',
    'no-repository:1',
    `${'x'.repeat(300)}/app:1`,
    'UPPER/app:1',
    'a/b',
    'a/b:',
    'a/b@sha256:1',
    'a/b:.x',
  ])('the name %j with 400', async (from) => {
    const response = await copy('any', from);
    expect(response.status).toBe(400);
    expect((await errorOf(response)).code).toBe('BAD_REQUEST');
  });

  it('a request without a source with 422, and a bad destination with 400', async () => {
    expect((await harness.request('POST', artifactsPath(TO, 'any'), { headers: asAdmin })).status).toBe(422);
    expect((await copy('UPPER', `${FROM}/app:1`)).status).toBe(400);
  });

  it('an accessory with 403', async () => {
    const { digest } = await pushTagged(harness, `${FROM}/signed`, 'signed');
    const signature = await pushAccessory(harness, `${FROM}/signed`, digest);
    const response = await copy('signed', `${FROM}/signed@${signature.digest}`);
    expect(response.status).toBe(403);
    expect(await errorOf(response)).toEqual({
      code: 'DENIED',
      message: "the operation isn't supported for an artifact accessory",
    });
    expect(await digestsIn(`${TO}/signed`)).toEqual([]);
  });

  it('for now, with 503, what has lost its turn before it has written', async () => {
    await pushTagged(harness, `${FROM}/overtaken`, 'v');
    await pushTagged(harness, `${TO}/overtaken`);
    const sql = `update repositories set lock_token = ? where name = 'overtaken'`;
    await testEnv.DB.prepare(sql).bind(Number.MAX_SAFE_INTEGER).run();
    const response = await copy('overtaken', `${FROM}/overtaken:v`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect((await manifest(`${TO}/overtaken`, 'v')).status).toBe(404);
  });

  it('an artifact that is not there with 404, and makes no repository for it', async () => {
    await pushTagged(harness, `${FROM}/present`, 'present');
    for (const from of [`${FROM}/present:absent`, `${FROM}/present@${ABSENT}`, `${FROM}/absent:1`, 'absent/app:1']) {
      const response = await copy('from-nothing', from);
      expect(response.status).toBe(404);
      expect((await errorOf(response)).code).toBe('NOT_FOUND');
    }
    const path = `/api/v2.0/projects/${TO}/repositories/from-nothing`;
    expect((await harness.request('GET', path, { headers: asAdmin })).status).toBe(404);
    expect((await copy('any', `${FROM}/present:present`, asAdmin, 'absent')).status).toBe(404);
  });

  it('who may not create in the destination, or not read the source', async () => {
    await pushTagged(harness, `${FROM}/readable`, 'r');
    await pushTagged(harness, `${HIDDEN}/secret`, 's');
    expect((await copy('mine', `${FROM}/readable:r`, {})).status).toBe(401);
    expect((await copy('mine', `${FROM}/readable:r`, asGuest)).status).toBe(403);
    expect((await copy('mine', `${FROM}/readable:r`, asDeveloper)).status).toBe(201);
    expect((await copy('mine', `${FROM}/readable:r`, asDeveloper, FROM)).status).toBe(403);
  });

  it('a source project that is forbidden as one that is not there', async () => {
    await pushTagged(harness, `${HIDDEN}/secret`, 's');
    const answers = await Promise.all(
      [`${HIDDEN}/secret:s`, `${HIDDEN}/secret:absent`, `${HIDDEN}/absent:s`, 'copies-absent/secret:s'].map(
        async (from) => {
          const response = await copy('stolen', from, asDeveloper);
          return `${response.status} ${await response.text()}`;
        },
      ),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^403 /);
    expect(await digestsIn(`${TO}/stolen`)).toEqual([]);
  });
});
