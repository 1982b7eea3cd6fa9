import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pushTagged } from '#test/support/copies';
import { createHarness } from '#test/support/harness';
import { type Image, pushImage, putManifest, randomImage } from '#test/support/images';
import { asAdmin, errorOf, insertProject, testEnv } from '#test/support/server';

const harness = createHarness();
const PROJECT = 'fixed';
const API = `/api/v2.0/projects/${PROJECT}`;
let projectId = 0;
let repositories = 0;
/** A repository of its own for each test. */
let name = '';
const full = () => `${PROJECT}/${name}`;
const inApi = (rest = '') => `${API}/repositories/${name.replaceAll('/', '%252F')}${rest}`;

function send(method: string, path: string, body?: unknown) {
  return harness.request(method, path, {
    headers: { ...asAdmin, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

const ruleOf = (repository: string, tag: string, extra: Readonly<Record<string, unknown>> = {}) => ({
  scope_selectors: { repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: repository }] },
  tag_selectors: [{ kind: 'doublestar', decoration: 'matches', pattern: tag }],
  ...extra,
});

async function fix(repository: string, tag: string, extra: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const response = await send('POST', `${API}/immutabletagrules`, ruleOf(repository, tag, extra));
  expect(response.status).toBe(201);
  return Number(response.headers.get('location')?.split('/').at(-1));
}

const push = (image: Image, tag: string, repository = full()) =>
  putManifest(harness, repository, tag, image.manifest, image.mediaType);

/** An image in the repository, under no tag. */
async function untagged(): Promise<Image> {
  const image = randomImage();
  expect((await pushImage(harness, full(), image)).status).toBe(201);
  return image;
}

async function digestOf(tag: string, repository = full()): Promise<string | null> {
  return (await harness.asAdmin('HEAD', `/v2/${repository}/manifests/${tag}`)).headers.get('docker-content-digest');
}

async function expectRefused(answer: Promise<Response>, message: string): Promise<void> {
  const response = await answer;
  expect([response.status, await errorOf(response)]).toEqual([412, { code: 'PRECONDITION', message }]);
}

const cannotBeDeleted = (tag: string) => `the tag ${tag} configured as immutable, cannot be deleted`;
const cannotBeUpdated = (tag: string) => `the tag ${tag} configured as immutable, cannot be updated`;

beforeAll(async () => {
  projectId = await insertProject(harness, PROJECT);
});

beforeEach(async () => {
  name = `team/app${++repositories}`;
  await testEnv.DB.prepare('delete from immutable_rules where project_id = ?').bind(projectId).run();
});

describe('PUT /v2/:name/manifests/:reference', () => {
  it('does not move an immutable tag, in the words of Harbor', async () => {
    const image = await pushTagged(harness, full(), 'v1', 'latest');
    const other = await untagged();
    await fix('team/**', 'v*');
    await expectRefused(push(other, 'v1'), `Failed to process request due to '${name}:v1' configured as immutable.`);
    expect(await digestOf('v1')).toBe(image.digest);
    expect((await push(other, 'latest')).status).toBe(201);
    expect(await digestOf('latest')).toBe(other.digest);
  });

  it('takes the same manifest again, as a client sends it whose answer was lost', async () => {
    const image = await pushTagged(harness, full(), 'v1');
    await fix('**', '**');
    expect((await push(image, 'v1')).status).toBe(201);
  });

  it('sets a tag that is new, which then stays', async () => {
    const [first, second] = [await untagged(), await untagged()];
    await fix('**', '**');
    expect((await push(first, 'new')).status).toBe(201);
    expect((await push(second, 'new')).status).toBe(412);
    expect(await digestOf('new')).toBe(first.digest);
  });

  it('sets none of several tags when one of them is immutable', async () => {
    const image = await pushTagged(harness, full(), 'v1', 'latest');
    const other = await untagged();
    await fix('**', 'v1');
    const path = `/v2/${full()}/manifests/${other.digest}?tag=latest&tag=v1&tag=more`;
    const headers = { 'content-type': other.mediaType };
    expect((await harness.asAdmin('PUT', path, { body: other.manifest, headers })).status).toBe(412);
    expect([await digestOf('latest'), await digestOf('more')]).toEqual([image.digest, null]);
  });

  it('takes a manifest by its digest, whatever the rules', async () => {
    await fix('**', '**');
    const image = await untagged();
    expect(await digestOf(image.digest)).toBe(image.digest);
  });

  it.each([
    ['a disabled rule', 'team/**', 'v1', { disabled: true }],
    ['a rule about other repositories', 'app*', 'v1', {}],
    ['a rule about the full name', 'fixed/team/*', 'v1', {}],
    ['a rule about other tags', '**', 'v1.*', {}],
  ])('is not kept from moving a tag by %s', async (_, repository, tag, extra) => {
    await pushTagged(harness, full(), 'v1');
    const other = await untagged();
    await fix(repository, tag, extra);
    expect((await push(other, 'v1')).status).toBe(201);
  });

  it('moves the tag again once the rule is disabled, or deleted', async () => {
    await pushTagged(harness, full(), 'v1');
    const [second, third] = [await untagged(), await untagged()];
    const id = await fix('**', 'v1');
    expect((await push(second, 'v1')).status).toBe(412);
    const rules = `${API}/immutabletagrules/${id}`;
    expect((await send('PUT', rules, ruleOf('**', 'v1', { id, disabled: true }))).status).toBe(200);
    expect((await push(second, 'v1')).status).toBe(201);
    expect((await send('PUT', rules, ruleOf('**', 'v1', { id }))).status).toBe(200);
    expect((await push(third, 'v1')).status).toBe(412);
    expect((await send('DELETE', rules)).status).toBe(200);
    expect((await push(third, 'v1')).status).toBe(201);
  });

  it('lets one of two pushes set a tag that is new and immutable', async () => {
    const images = [await untagged(), await untagged(), await untagged()] as const;
    await fix('**', '**');
    const statuses = await Promise.all(images.map(async (image) => (await push(image, 'raced')).status));
    expect(statuses.toSorted()).toEqual([201, 412, 412]);
    expect(await digestOf('raced')).toBe(images[statuses.indexOf(201)]?.digest);
  });
});

describe('an immutable tag', () => {
  it('is not deleted, neither by the API nor on /v2', async () => {
    const { digest } = await pushTagged(harness, full(), 'v1', 'latest');
    await fix('team/*', 'v1');
    const tags = inApi(`/artifacts/${digest}/tags`);
    await expectRefused(send('DELETE', `${tags}/v1`), cannotBeDeleted('v1'));
    await expectRefused(harness.asAdmin('DELETE', `/v2/${full()}/manifests/v1`), cannotBeDeleted('v1'));
    expect((await send('DELETE', `${tags}/latest`)).status).toBe(200);
    expect(await digestOf('v1')).toBe(digest);
  });

  it('keeps its artifact, though others of its tags are not immutable', async () => {
    const { digest } = await pushTagged(harness, full(), 'a', 'v1', 'z');
    await fix('**', 'v1');
    await expectRefused(send('DELETE', inApi(`/artifacts/${digest}`)), cannotBeDeleted('v1'));
    await expectRefused(harness.asAdmin('DELETE', `/v2/${full()}/manifests/${digest}`), cannotBeDeleted('v1'));
    expect(await digestOf('z')).toBe(digest);
  });

  it('keeps what it is an accessory of', async () => {
    const subject = await pushTagged(harness, full(), 'latest');
    const accessory = await pushTagged(harness, full(), 'signed');
    await testEnv.DB.prepare(
      `update artifacts set accessory_type = 'subject.accessory', accessory_of_digest = ? where digest = ?`,
    )
      .bind(subject.digest, accessory.digest)
      .run();
    await fix('**', 'signed');
    await expectRefused(send('DELETE', inApi(`/artifacts/${subject.digest}`)), cannotBeDeleted('signed'));
  });

  it('lets an artifact go that has no such tag', async () => {
    await pushTagged(harness, full(), 'v1');
    const [tagged, without] = [await pushTagged(harness, full(), 'dev'), await untagged()];
    await fix('**', 'v*');
    for (const { digest } of [tagged, without]) {
      expect((await send('DELETE', inApi(`/artifacts/${digest}`))).status).toBe(200);
    }
  });

  it('keeps its repository, in name and place', async () => {
    const { digest } = await pushTagged(harness, full(), 'dev', 'v1');
    await fix('team/**', 'v1');
    await insertProject(harness, `elsewhere-${repositories}`);
    await expectRefused(send('DELETE', inApi()), cannotBeDeleted('v1'));
    const stays = 'the tag v1 configured as immutable, its repository cannot be moved';
    await expectRefused(send('POST', inApi('/move'), { repository_name: 'renamed' }), stays);
    await expectRefused(
      send('POST', inApi('/move'), { repository_name: 'x', project_name: `elsewhere-${repositories}` }),
      stays,
    );
    expect(await digestOf('v1')).toBe(digest);
  });

  it('follows its project to another name', async () => {
    const project = `called-${repositories}`;
    await insertProject(harness, project);
    const repository = `${project}/app`;
    const { digest } = await pushTagged(harness, repository, 'v1');
    const other = randomImage();
    await pushImage(harness, repository, other);
    expect((await send('POST', `/api/v2.0/projects/${project}/immutabletagrules`, ruleOf('app', 'v1'))).status).toBe(
      201,
    );
    expect((await send('POST', `/api/v2.0/projects/${project}/rename`, { name: `${project}x` })).status).toBe(200);
    expect((await push(other, 'v1', `${project}x/app`)).status).toBe(412);
    expect(await digestOf('v1', `${project}x/app`)).toBe(digest);
  });

  it('is not moved by a copy, but by one that brings the same', async () => {
    const source = `${PROJECT}/source${repositories}`;
    const image = await pushTagged(harness, source, 'v1', 'latest');
    const [own, second] = [await pushTagged(harness, full(), 'latest'), await pushTagged(harness, source, 'v2')];
    await fix('team/**', '{latest,v2}');
    const copy = (from: string) => send('POST', inApi(`/artifacts?from=${from}`));
    await expectRefused(copy(`${source}:v1`), cannotBeUpdated('latest'));
    expect([await digestOf('latest'), await digestOf('v1')]).toEqual([own.digest, null]);
    for (let time = 0; time < 2; time++) expect((await copy(`${source}:v2`)).status).toBe(201);
    expect(await digestOf('v2')).toBe(second.digest);
    expect(await digestOf('v1', source)).toBe(image.digest);
  });

  it('is not overwritten by what is restored', async () => {
    const first = await pushTagged(harness, full(), 'v1', 'first');
    expect((await send('DELETE', inApi(`/artifacts/${first.digest}/tags/v1`))).status).toBe(200);
    const second = await pushTagged(harness, full(), 'v1');
    await fix('**', 'v1');
    const restore = (query: string) => send('POST', inApi(`/trash/tags/v1/restore${query}`));
    await expectRefused(restore('?overwrite=true'), cannotBeUpdated('v1'));
    expect((await restore('')).status).toBe(409);
    expect(await digestOf('v1')).toBe(second.digest);
  });

  it('comes back with its artifact, where the name is free', async () => {
    const image = await pushTagged(harness, full(), 'v1');
    expect((await send('DELETE', inApi(`/artifacts/${image.digest}`))).status).toBe(200);
    await fix('**', 'v1');
    expect((await send('POST', inApi(`/trash/artifacts/${image.digest}/restore`))).status).toBe(201);
    expect((await send('DELETE', inApi(`/artifacts/${image.digest}`))).status).toBe(412);
  });

  it('is not given to another artifact', async () => {
    await pushTagged(harness, full(), 'v1');
    const other = await untagged();
    await fix('**', '**');
    const tags = inApi(`/artifacts/${other.digest}/tags`);
    expect((await send('POST', tags, { name: 'v1' })).status).toBe(409);
    expect((await send('POST', tags, { name: 'fresh' })).status).toBe(201);
  });
});

describe('with_immutable_status', () => {
  interface ShownTag {
    readonly name: string;
    readonly immutable: boolean;
  }

  async function immutableIn(path: string): Promise<readonly string[]> {
    const answer = (await (await send('GET', path)).json()) as unknown;
    const tags = [answer].flat().flatMap((each) => (each as { tags?: ShownTag[] }).tags ?? (each as ShownTag));
    return tags.filter(({ immutable }) => immutable).map((tag) => tag.name);
  }

  it('tells which tags are immutable, wherever tags are shown', async () => {
    const { digest } = await pushTagged(harness, full(), 'dev', 'v1', 'v2');
    await pushTagged(harness, `${PROJECT}/other${repositories}`, 'v1');
    await fix(name, 'v*');
    await fix('**', 'dev', { disabled: true });
    const paths = [
      inApi('/artifacts'),
      inApi('/artifacts/dev'),
      inApi(`/artifacts/${digest}/tags`),
      `${API}/artifacts`,
    ];
    for (const path of paths) {
      expect([path, (await immutableIn(`${path}?with_immutable_status=true`)).toSorted()]).toEqual([
        path,
        ['v1', 'v2'],
      ]);
      expect(await immutableIn(path)).toEqual([]);
      expect(await immutableIn(`${path}?with_immutable_status=false`)).toEqual([]);
    }
  });
});
