import { beforeAll, describe, expect, it } from 'vitest';
import { detachRepository } from '#adapters/d1/repository-removal';
import type { RepositoryName } from '#core/reference';
import { ALIAS_LIFETIME_MS } from '#domain/aliases/alias';
import { tick } from '#queues/tick';
import { createHarness, type Harness } from '#test/support/harness';
import { type Image, pushImage, putManifest, randomImage } from '#test/support/images';
import { inProject, makeRobot } from '#test/support/robots';
import {
  asAdmin,
  basic,
  bearer,
  createServer,
  errorOf,
  fetchToken,
  insertProject,
  insertUser,
  type TestServer,
  testEnv,
} from '#test/support/server';

type Headers = Readonly<Record<string, string>>;

const server = createServer();
/** Asks with a password each time: a token of before a rename is void. */
const asAdminTo =
  (to: TestServer) =>
  (method: string, path: string, init: RequestInit = {}) =>
    to.request(path, { ...init, method, headers: { ...(init.headers as Headers), ...asAdmin } });
const harnessOf = (of: TestServer): Harness => ({
  ...of,
  request: (method, path, init) => of.request(path, { ...init, method }),
  asAdmin: asAdminTo(of),
});
const harness = harnessOf(server);
const API = '/api/v2.0/projects';
const asMaintainer = basic('renames-maintainer', 'Passw0rd-maintainer');
const asGuest = basic('renames-guest', 'Passw0rd-guest');
const asStranger = basic('renames-stranger', 'Passw0rd-stranger');
const members: Record<number, number> = {};

/** As clients send it: slashes encoded twice. */
const inPath = (name: string) => encodeURIComponent(encodeURIComponent(name));
const post = (path: string, body: unknown, headers: Headers = asAdmin) =>
  server.request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const rename = (from: string, name: string, headers?: Headers) => post(`${API}/${from}/rename`, { name }, headers);
const move = (project: string, repository: string, body: unknown, headers?: Headers) =>
  post(`${API}/${project}/repositories/${inPath(repository)}/move`, body, headers);
const api = (path: string, headers: Headers = asAdmin) => server.request(`${API}/${path}`, { headers });
const pull = (name: string, reference: string, headers: Headers = asAdmin) =>
  server.request(`/v2/${name}/manifests/${reference}`, { headers });
const create = (name: string) => post(API, { project_name: name, metadata: { public: 'false' } });

async function push(repository: string, tag = 'latest', image: Image = randomImage()): Promise<Image> {
  const response = await pushImage(harness, repository, image, tag);
  expect(response.status).toBe(201);
  return image;
}

async function usage(project: string): Promise<number | null> {
  const sql = 'select used_bytes from quotas where project_id = (select id from projects where name = ?)';
  return testEnv.DB.prepare(sql).bind(project).first<number>('used_bytes');
}

/** A project with the maintainer and the guest, and an image in it. */
async function project(name: string, repository = 'team/app'): Promise<Image> {
  await insertProject(server, name, { members });
  return push(`${name}/${repository}`);
}

beforeAll(async () => {
  members[await insertUser(server, 'renames-maintainer', 'Passw0rd-maintainer')] = 4;
  members[await insertUser(server, 'renames-guest', 'Passw0rd-guest')] = 3;
  await insertUser(server, 'renames-stranger', 'Passw0rd-stranger');
});

describe('POST /projects/{project_name_or_id}/rename', () => {
  it('gives the project another name, under which everything in it is found', async () => {
    const image = await project('before');
    const response = await rename('before', 'after');
    expect([response.status, response.headers.get('location')]).toEqual([200, `${API}/after`]);
    expect(await (await api('after')).json()).toMatchObject({ name: 'after', repo_count: 1 });
    expect((await pull('after/team/app', 'latest')).headers.get('docker-content-digest')).toBe(image.digest);
    expect(await (await api('after/repositories')).json()).toMatchObject([{ name: 'after/team/app' }]);
    const log = await testEnv.DB.prepare(`select username, description from audit_log where resource = 'before'
      order by id desc limit 1`).first();
    expect(log).toEqual({ username: 'admin', description: 'update project: before, renamed to after' });
  });

  it('is refused to who may not change the project, as for one that does not exist', async () => {
    await project('kept');
    expect((await rename('kept', 'other', {})).status).toBe(401);
    const answers = await Promise.all(['kept', 'none-such'].map((name) => rename(name, 'other', asStranger)));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    expect(texts[0]).toBe(texts[1]);
    expect((await rename('kept', 'other', asMaintainer)).status).toBe(403);
    expect((await rename('none-such', 'other')).status).toBe(404);
  });

  it.each(['NO', '', 'a/b', 'x'.repeat(256)])('refuses the name "%s"', async (name) => {
    expect((await rename('library', name)).status).toBe(400);
  });

  it('refuses a name that is taken, its own, or still another project’s alias', async () => {
    for (const name of ['first', 'second']) await insertProject(server, name);
    expect((await rename('first', 'second')).status).toBe(409);
    expect((await rename('first', 'first')).status).toBe(409);
    await rename('first', 'third');
    const refused = await rename('second', 'first');
    expect([refused.status, await errorOf(refused)]).toEqual([
      409,
      { code: 'CONFLICT', message: 'first is still an alias of a project that was renamed' },
    ]);
    expect((await create('first')).status).toBe(409);
  });

  it('refuses a name with which a repository’s would be too long to be written', async () => {
    const repository = `r${'/long'.repeat(48)}`;
    await project('l', repository);
    expect((await rename('l', 'l'.repeat(20))).status).toBe(409);
    expect((await rename('l', 'l'.repeat(13))).status).toBe(200);
  });

  it('takes a project back to the name it had, and the other one is the alias then', async () => {
    const image = await project('there');
    await rename('there', 'and-back');
    expect((await rename('and-back', 'there')).status).toBe(200);
    expect((await api('there')).status).toBe(200);
    expect((await api('and-back')).headers.get('location')).toBe(`${API}/there`);
    expect((await pull('and-back/team/app', image.digest)).status).toBe(200);
  });

  it('leaves the name of a deleted project free at once', async () => {
    await insertProject(server, 'short-lived');
    await rename('short-lived', 'shorter-lived');
    await server.request(`${API}/shorter-lived`, { method: 'DELETE', headers: asAdmin });
    expect((await create('short-lived')).status).toBe(201);
  });
});

describe('the old name of a project', () => {
  let image: Image;
  beforeAll(async () => {
    image = await project('old-team');
    await rename('old-team', 'new-team');
  });

  it('pulls, lists and pushes with a token for the old name, which names the new one', async () => {
    const token = await fetchToken(server, 'repository:old-team/team/app:pull,push', asMaintainer);
    const claims = JSON.parse(atob(token.split('.')[1] ?? '')) as { access: { name: string }[] };
    expect(claims.access.map(({ name }) => name)).toEqual(['new-team/team/app']);
    for (const reference of ['latest', image.digest]) {
      expect((await pull('old-team/team/app', reference, bearer(token))).status).toBe(200);
    }
    const listed = await server.request('/v2/old-team/team/app/tags/list', { headers: bearer(token) });
    expect(await listed.json()).toEqual({ name: 'new-team/team/app', tags: ['latest'] });
    await push('old-team/team/app', 'next');
    await push('old-team/fresh');
    for (const [name, tag] of [
      ['team/app', 'next'],
      ['fresh', 'latest'],
    ] as const) {
      expect((await pull(`new-team/${name}`, tag)).status).toBe(200);
    }
  });

  it('mounts from the old name', async () => {
    const [layer] = image.layers;
    if (!layer) throw new Error('the image has a layer');
    const manifest = JSON.parse(new TextDecoder().decode(image.manifest)) as { layers: { digest: string }[] };
    const query = `mount=${manifest.layers[0]?.digest}&from=old-team/team/app`;
    const response = await server.request(`/v2/old-team/mounted/blobs/uploads/?${query}`, {
      method: 'POST',
      headers: asMaintainer,
    });
    expect(response.status).toBe(201);
  });

  it('lets an upload that was under way end', async () => {
    await insertProject(server, 'pushed-before', { members });
    const opened = await server.request('/v2/pushed-before/app/blobs/uploads/', {
      method: 'POST',
      headers: asMaintainer,
    });
    const location = opened.headers.get('location') ?? '';
    await rename('pushed-before', 'pushed-after');
    const chunk = { body: 'bytes', headers: { ...asMaintainer, 'content-length': '5' } };
    expect((await server.request(location, { method: 'PATCH', ...chunk })).status).toBe(202);
    const digest = 'sha256:277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9';
    const ended = await server.request(`${location}?digest=${digest}`, { method: 'PUT', headers: asMaintainer });
    expect(ended.status).toBe(201);
    const head = await server.request(`/v2/pushed-after/app/blobs/${digest}`, {
      method: 'HEAD',
      headers: asMaintainer,
    });
    expect(head.status).toBe(200);
  });

  it.each([
    ['old-team', 'new-team'],
    ['old-team/summary', 'new-team/summary'],
    ['old-team/repositories?page=1&q=name%3D~app', 'new-team/repositories?page=1&q=name%3D~app'],
    ['old-team/repositories/team%252Fapp', 'new-team/repositories/team%252Fapp'],
    [
      'old-team/repositories/team%252Fapp/artifacts/latest/tags?page_size=5',
      'new-team/repositories/team%252Fapp/artifacts/latest/tags?page_size=5',
    ],
  ])('redirects %s on the API', async (path, target) => {
    const response = await api(path);
    expect([response.status, response.headers.get('location')]).toEqual([308, `${API}/${target}`]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect((await server.request(response.headers.get('location') ?? '', { headers: asAdmin })).status).toBe(200);
  });

  it('redirects changes too, and nothing changes before they are repeated', async () => {
    const options = { method: 'DELETE', headers: asAdmin };
    const response = await server.request(`${API}/old-team/repositories/team%252Fapp`, options);
    expect([response.status, response.headers.get('location')]).toEqual([
      308,
      `${API}/new-team/repositories/team%252Fapp`,
    ]);
    expect((await pull('new-team/team/app', 'latest')).status).toBe(200);
  });

  it('is no project to a stranger, on the API or on /v2', async () => {
    for (const headers of [asStranger, {}] as Headers[]) {
      const answers = await Promise.all(
        ['old-team', 'none-such'].map(async (name) => {
          const token = await fetchToken(server, `repository:${name}/team/app:pull,push`, headers);
          const claims = JSON.parse(atob(token.split('.')[1] ?? '')) as Record<string, unknown>;
          const told = { access: claims['access'], security: claims['security'] };
          const asked = await Promise.all([
            api(name, headers),
            api(`${name}/repositories`, headers),
            api(`${name}/repositories/team%252Fapp`, headers),
            rename(name, 'mine', headers),
            pull(`${name}/team/app`, 'latest', headers),
            pull(`${name}/team/app`, 'latest', bearer(token)),
            server.request(`/v2/${name}/team/app/blobs/uploads/`, { method: 'POST', headers: bearer(token) }),
          ]);
          const seen = asked.map(async (answer) => [
            answer.status,
            answer.headers.get('location'),
            answer.headers.get('www-authenticate'),
            await answer.text(),
          ]);
          return JSON.stringify([told, await Promise.all(seen)]).replaceAll(name, 'P');
        }),
      );
      expect(answers[0]).not.toContain('new-team');
      expect(answers[0]).toBe(answers[1]);
    }
  });

  it('logs a robot of the project in, made before the project was renamed', async () => {
    await project('robots-before');
    const robot = await makeRobot(server, {
      level: 'project',
      name: 'ci',
      permissions: [inProject('robots-before', 'repository:pull', 'repository:push')],
    });
    expect(robot.name).toBe('robot$robots-before+ci');
    await rename('robots-before', 'robots-after');
    for (const [username, name] of [
      ['robot$robots-before+ci', 'robots-before'],
      ['robot$robots-before+ci', 'robots-after'],
      ['robot$robots-after+ci', 'robots-after'],
    ] as const) {
      const headers = basic(username, robot.secret);
      expect((await pull(`${name}/team/app`, 'latest', headers)).status).toBe(200);
      const token = await fetchToken(server, `repository:${name}/team/app:pull`, headers);
      expect((await pull(`${name}/team/app`, 'latest', bearer(token))).status).toBe(200);
    }
  });

  it('names a project in a new robot’s permissions', async () => {
    await insertProject(server, 'named-before');
    await rename('named-before', 'named-after');
    const robot = await makeRobot(server, {
      name: 'named',
      permissions: [inProject('named-before', 'repository:pull')],
    });
    const answer = await server.request(`/api/v2.0/robots/${robot.id}`, { headers: asAdmin });
    expect(await answer.json()).toMatchObject({ permissions: [{ namespace: 'named-after' }] });
  });
});

describe('POST /projects/{project_name}/repositories/{repository_name}/move', () => {
  it('renames a repository within its project', async () => {
    const image = await project('within');
    const response = await move('within', 'team/app', { repository_name: 'other/app' });
    expect([response.status, response.headers.get('location')]).toEqual([
      200,
      `${API}/within/repositories/other%252Fapp`,
    ]);
    expect((await pull('within/other/app', image.digest)).status).toBe(200);
    expect((await server.request('/api/v2.0/search?q=other/app', { headers: asAdmin })).status).toBe(200);
    const log = await testEnv.DB.prepare(`select description from audit_log where resource = 'within/team/app'
      and resource_type = 'repository' order by id desc limit 1`).first();
    expect(log).toEqual({ description: 'update repository: within/team/app, moved to within/other/app' });
  });

  it('moves a repository to another project, with its quota and its counts', async () => {
    const image = await project('leaves');
    await insertProject(server, 'arrives', { members });
    const bytes = await usage('leaves');
    const response = await move(
      'leaves',
      'team/app',
      { project_name: 'arrives', repository_name: 'app' },
      asMaintainer,
    );
    expect([response.status, response.headers.get('location')]).toEqual([200, `${API}/arrives/repositories/app`]);
    expect([await usage('leaves'), await usage('arrives')]).toEqual([0, bytes]);
    expect(await (await api('leaves')).json()).toMatchObject({ repo_count: 0 });
    expect(await (await api('arrives')).json()).toMatchObject({ repo_count: 1 });
    expect(await (await api('arrives/artifacts')).json()).toMatchObject([{ digest: image.digest }]);
    expect((await pull('arrives/app', 'latest')).status).toBe(200);
  });

  it('leaves the labels of its project, and keeps those of the registry', async () => {
    await project('labelled');
    const { results } = await testEnv.DB.prepare(
      `insert into labels (name, project_id, created_at_ms, updated_at_ms)
         values ('own', (select id from projects where name = 'labelled'), 0, 0), ('of-all', 0, 0, 0) returning id`,
    ).all<{ id: number }>();
    const artifact = `(select a.id from artifacts a join projects p on p.id = a.project_id where p.name = ?)`;
    for (const { id } of results) {
      await testEnv.DB.prepare(`insert into artifact_labels (artifact_id, label_id) values (${artifact}, ?)`)
        .bind('labelled', id)
        .run();
    }
    await insertProject(server, 'unlabelled');
    await move('labelled', 'team/app', { project_name: 'unlabelled', repository_name: 'app' });
    const artifacts = await api('unlabelled/repositories/app/artifacts?with_label=true');
    expect(await artifacts.json()).toMatchObject([{ labels: [{ name: 'of-all' }] }]);
  });

  it('asks for the right to delete here and to push there; a project that is not there looks like one out of reach', async () => {
    await project('mine');
    await insertProject(server, 'not-mine');
    const to = (name: string) => ({ project_name: name, repository_name: 'app' });
    expect((await move('mine', 'team/app', { repository_name: 'app' }, {})).status).toBe(401);
    expect((await move('mine', 'team/app', { repository_name: 'app' }, asGuest)).status).toBe(403);
    const answers = await Promise.all(
      ['not-mine', 'none-such'].map((name) => move('mine', 'team/app', to(name), asMaintainer)),
    );
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    expect(texts[0]).toBe(texts[1]);
    expect((await move('mine', 'team/app', to('none-such'))).status).toBe(404);
  });

  it('refuses what is missing, what is no name, and what is taken', async () => {
    await project('refuses');
    await push('refuses/taken');
    expect((await move('refuses', 'absent', { repository_name: 'app' })).status).toBe(404);
    for (const name of ['', 'Upper', 'a//b', 'x'.repeat(255)]) {
      expect((await move('refuses', 'team/app', { repository_name: name })).status).toBe(400);
    }
    expect((await move('refuses', 'team/app', { repository_name: 'taken' })).status).toBe(409);
    expect((await move('refuses', 'team/app', { repository_name: 'team/app' })).status).toBe(409);
    await move('refuses', 'team/app', { repository_name: 'elsewhere' });
    const refused = await move('refuses', 'taken', { repository_name: 'team/app' });
    expect([refused.status, (await errorOf(refused)).message]).toEqual([
      409,
      'team/app is still an alias of a repository that was renamed or moved',
    ]);
    expect((await move('refuses', 'taken', {})).status).toBe(422);
  });

  it('refuses what exceeds the quota of the destination, and nothing has changed', async () => {
    await project('full-of');
    const id = await insertProject(server, 'no-room');
    await testEnv.DB.prepare('update quotas set hard_bytes = 10 where project_id = ?').bind(id).run();
    const response = await move('full-of', 'team/app', { project_name: 'no-room', repository_name: 'app' });
    expect(response.status).toBe(403);
    expect(await errorOf(response)).toMatchObject({ code: 'DENIED', message: expect.stringContaining('exceed') });
    expect((await pull('full-of/team/app', 'latest')).status).toBe(200);
    const aliases =
      'select count(*) n from repository_aliases where repository_id in (select id from repositories where project_id = ?)';
    expect(await testEnv.DB.prepare(aliases).bind(id).first('n')).toBe(0);
  });

  it('takes a repository back to the name it had', async () => {
    const image = await project('returns');
    await move('returns', 'team/app', { repository_name: 'away' });
    expect((await move('returns', 'away', { repository_name: 'team/app' })).status).toBe(200);
    for (const name of ['team/app', 'away']) {
      expect((await pull(`returns/${name}`, image.digest)).status).toBe(200);
    }
    expect((await api('returns/repositories/away')).headers.get('location')).toBe(
      `${API}/returns/repositories/team%252Fapp`,
    );
  });
});

describe('the old name of a repository', () => {
  let image: Image;
  beforeAll(async () => {
    image = await project('source');
    await insertProject(server, 'target', { members: { [Number(Object.keys(members)[0])]: 4 } });
    await move('source', 'team/app', { project_name: 'target', repository_name: 'moved/app' });
  });

  it('authorizes on where the repository is now', async () => {
    const token = await fetchToken(server, 'repository:source/team/app:pull,push', asMaintainer);
    const claims = JSON.parse(atob(token.split('.')[1] ?? '')) as { access: { name: string }[] };
    expect(claims.access.map(({ name }) => name)).toEqual(['target/moved/app']);
    for (const headers of [asMaintainer, bearer(token)]) {
      expect((await pull('source/team/app', image.digest, headers)).status).toBe(200);
    }
    await push('source/team/app', 'by-alias');
    expect((await pull('target/moved/app', 'by-alias')).status).toBe(200);
  });

  it('answers a member of the old project alone as a repository that never was', async () => {
    const answers = await Promise.all(
      ['team/app', 'team/none'].map(async (name) => {
        const token = await fetchToken(server, `repository:source/${name}:pull,push`, asGuest);
        const claims = JSON.parse(atob(token.split('.')[1] ?? '')) as Record<string, unknown>;
        const asked = await Promise.all([
          api(`source/repositories/${inPath(name)}`, asGuest),
          api(`source/repositories/${inPath(name)}/artifacts`, asGuest),
          pull(`source/${name}`, 'latest', asGuest),
          pull(`source/${name}`, 'latest', bearer(token)),
          server.request(`/v2/source/${name}/tags/list`, { headers: asGuest }),
        ]);
        const seen = asked.map(async (answer) => [answer.status, answer.headers.get('location'), await answer.text()]);
        return JSON.stringify([claims['access'], claims['security'], await Promise.all(seen)]).replaceAll(name, 'R');
      }),
    );
    expect(answers[0]).toContain('404');
    expect(answers[0]).not.toContain('target');
    expect(answers[0]).toBe(answers[1]);
  });

  it('cannot be pushed to, nor copied to, by who may not where the repository is now', async () => {
    const developer = await insertUser(server, 'renames-developer', 'Passw0rd-developer');
    await testEnv.DB.prepare(
      `insert into project_members (project_id, user_id, role, created_at_ms)
         values ((select id from projects where name = 'source'), ?, 2, 0)`,
    )
      .bind(developer)
      .run();
    const asDeveloper = basic('renames-developer', 'Passw0rd-developer');
    await push('source/other');
    const opened = (name: string) =>
      server.request(`/v2/source/${name}/blobs/uploads/`, { method: 'POST', headers: asDeveloper });
    expect([(await opened('other')).status, (await opened('team/app')).status]).toEqual([202, 401]);
    const copied = await server.request(
      `${API}/source/repositories/${inPath('team/app')}/artifacts?from=source/other:latest`,
      { method: 'POST', headers: asDeveloper },
    );
    expect([copied.status, (await errorOf(copied)).code]).toEqual([409, 'CONFLICT']);
  });

  it('redirects on the API, and copies from it', async () => {
    const path = (project: string, name: string) => `${API}/${project}/repositories/${inPath(name)}`;
    const response = await server.request(`${path('source', 'team/app')}/artifacts?page=1`, { headers: asAdmin });
    expect([response.status, response.headers.get('location')]).toEqual([
      308,
      `${path('target', 'moved/app')}/artifacts?page=1`,
    ]);
    const from = `source/team/app@${image.digest}`;
    const copied = await server.request(`${path('target', 'copy')}/artifacts?from=${from}`, {
      method: 'POST',
      headers: asAdmin,
    });
    expect(copied.status).toBe(201);
  });

  it('follows the repository wherever it goes, under whatever name its project had', async () => {
    const moved = await project('one');
    for (const name of ['two', 'three']) await insertProject(server, name);
    await move('one', 'team/app', { project_name: 'two', repository_name: 'b' });
    await move('two', 'b', { project_name: 'three', repository_name: 'c' });
    await rename('one', 'uno');
    await rename('three', 'tres');
    for (const name of ['one/team/app', 'uno/team/app', 'two/b', 'three/c', 'tres/c']) {
      expect((await pull(name, moved.digest)).status).toBe(200);
    }
    expect((await api('one/repositories/team%252Fapp')).headers.get('location')).toBe(`${API}/tres/repositories/c`);
  });

  it('goes when the repository is deleted', async () => {
    await project('deleted');
    await move('deleted', 'team/app', { repository_name: 'renamed' });
    await server.request(`${API}/deleted/repositories/renamed`, { method: 'DELETE', headers: asAdmin });
    expect((await api('deleted/repositories/team%252Fapp')).status).toBe(404);
    await push('deleted/team/app');
  });

  it('goes when a large repository is taken away, to be deleted in slices', async () => {
    await project('detached');
    await move('detached', 'team/app', { repository_name: 'renamed' });
    const { id } = await server.services.repositories.published('detached/renamed' as RepositoryName);
    await testEnv.DB.batch(detachRepository(testEnv.DB, id));
    expect((await api('detached/repositories/team%252Fapp')).status).toBe(404);
    await push('detached/team/app');
  });

  it('is a pattern’s, the old one’s or the new one’s, within a project; of another project only its own', async () => {
    const patterned = await project('patterns', 'apps/one');
    await insertProject(server, 'patterns-else');
    const robotOf = async (name: string, namespace: string) => {
      const robot = await makeRobot(server, { name, permissions: [inProject(namespace, 'repository:pull')] });
      return basic(robot.name, robot.secret);
    };
    const ofOld = await robotOf('of-old', 'patterns/apps/**');
    const ofNew = await robotOf('of-new', 'patterns/services/**');
    const ofElse = await robotOf('of-else', 'patterns-else/**');
    const statuses = async (name: string) => {
      const asked: number[] = [];
      for (const headers of [ofOld, ofNew, ofElse]) {
        asked.push((await pull(name, patterned.digest, headers)).status);
        const token = await fetchToken(server, `repository:${name}:pull`, headers);
        asked.push((await pull(name, patterned.digest, bearer(token))).status);
      }
      return asked;
    };
    await move('patterns', 'apps/one', { repository_name: 'services/one' });
    expect(await statuses('patterns/apps/one')).toEqual([200, 200, 200, 200, 401, 401]);
    expect(await statuses('patterns/services/one')).toEqual([401, 401, 200, 200, 401, 401]);
    await move('patterns', 'services/one', { project_name: 'patterns-else', repository_name: 'one' });
    // What is remembered of a name may be that old.
    server.clock.advance(10_000);
    expect(await statuses('patterns/apps/one')).toEqual([404, 404, 401, 401, 200, 200]);
  });
});

describe('an alias', () => {
  it('costs a warm pull by digest no query', async () => {
    const image = await project('warm-alias');
    await move('warm-alias', 'team/app', { repository_name: 'renamed' });
    await rename('warm-alias', 'warm-target');
    let queries = 0;
    const counted = createHarness({}, ({ binding }, invoke) => {
      if (binding === 'DB') queries += 1;
      return invoke();
    });
    for (const name of ['warm-alias/team/app', 'warm-alias/renamed', 'warm-target/renamed']) {
      const look = () => counted.request('GET', `/v2/${name}/manifests/${image.digest}`, { headers: asMaintainer });
      expect((await look()).status).toBe(200);
      queries = 0;
      expect([name, (await look()).status, queries]).toEqual([name, 200, 0]);
    }
  });

  it('ends after 30 days: its name is free, and means nothing', async () => {
    const ended = createServer();
    await insertProject(ended, 'ends');
    await pushImage(harnessOf(ended), 'ends/app', randomImage(), 'latest');
    await rename('ends', 'goes-on');
    await move('goes-on', 'app', { repository_name: 'application' });
    ended.clock.advance(ALIAS_LIFETIME_MS + 60_000);
    const find = (path: string) => ended.request(path, { headers: asAdmin });
    expect((await find(`${API}/ends`)).status).toBe(404);
    expect((await find(`${API}/goes-on/repositories/app`)).status).toBe(404);
    expect((await find('/v2/ends/application/manifests/latest')).status).toBe(401);
    expect((await find('/v2/goes-on/app/manifests/latest')).status).toBe(404);
    expect((await pushImage(harnessOf(ended), 'goes-on/app', randomImage(), 'latest')).status).toBe(201);
    await insertProject(ended, 'ends');
    const count = () =>
      testEnv.DB.prepare(
        `select (select count(*) from project_aliases where name = 'ends')
           + (select count(*) from repository_aliases where name = 'app') n`,
      ).first('n');
    expect(await count()).toBeGreaterThan(0);
    await tick(ended.services);
    expect(await count()).toBe(0);
  });
});

describe('another isolate', () => {
  it('finds what it remembered under names of the past, and asks for what it cannot repeat', async () => {
    const image = await project('stale');
    const other = createServer();
    const look = (name: string, method = 'GET', reference: string = image.digest) =>
      other.request(`/v2/${name}/manifests/${reference}`, { method, headers: asAdmin });
    expect((await look('stale/team/app', 'GET', 'latest')).status).toBe(200);
    await rename('stale', 'staler');
    expect((await look('stale/team/app', 'GET', 'latest')).status).toBe(200);
    await move('staler', 'team/app', { repository_name: 'new/app' });
    expect((await look('staler/team/app', 'GET', 'latest')).status).toBe(200);
  });

  it('makes no repository of a name that has just become an alias', async () => {
    const image = await project('caught');
    const other = createServer();
    expect((await other.request(`/v2/caught/team/app/tags/list`, { headers: asAdmin })).status).toBe(200);
    await move('caught', 'team/app', { repository_name: 'new/app' });
    const init = { method: 'PUT', headers: { ...asAdmin, 'content-type': image.mediaType }, body: image.manifest };
    const refused = await other.request('/v2/caught/team/app/manifests/again', init);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await other.request('/v2/caught/team/app/manifests/again', init)).status).toBe(201);
    expect((await pull('caught/new/app', 'again')).status).toBe(200);
  });
});

describe('at the same time', () => {
  it('two renames of a project: one gets its way', async () => {
    await insertProject(server, 'raced');
    const answers = await Promise.all(['raced-a', 'raced-b'].map((name) => rename('raced', name)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('two projects that want one name: one gets it', async () => {
    for (const name of ['wants-a', 'wants-b']) await insertProject(server, name);
    const answers = await Promise.all(['wants-a', 'wants-b'].map((name) => rename(name, 'wanted')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('two moves of a repository: it ends in one place, and is found under every name', async () => {
    const image = await project('moved-twice');
    const answers = await Promise.all(
      ['a', 'b'].map((name) => move('moved-twice', 'team/app', { repository_name: name })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(200);
    expect([308, 404, 503]).toContain(statuses[1]);
    expect((await pull('moved-twice/team/app', image.digest)).status).toBe(200);
    const { n } = (await testEnv.DB.prepare(
      `select count(*) n from repositories r join projects p on p.id = r.project_id where p.name = 'moved-twice'`,
    ).first<{ n: number }>()) ?? { n: 0 };
    expect(n).toBe(1);
  });

  it('pushes go on while their project or repository gets another name: none is lost', async () => {
    await project('busy');
    const images = Array.from({ length: 6 }, () => randomImage());
    for (const [index, image] of images.entries()) await pushImage(harness, 'busy/team/app', image, `before-${index}`);
    const pushes = images.map((image, index) =>
      putManifest(harness, 'busy/team/app', `t${index}`, image.manifest, image.mediaType),
    );
    const [renamed, ...pushed] = await Promise.all([rename('busy', 'busier'), ...pushes]);
    expect(renamed.status).toBe(200);
    for (const [index, { status }] of pushed.entries()) {
      expect([201, 401, 503]).toContain(status);
      if (status === 201) expect((await pull('busier/team/app', `t${index}`)).status).toBe(200);
    }
  });

  it('a push and a move: what was taken is where the repository is', async () => {
    await project('push-race');
    await insertProject(server, 'push-race-to');
    const images = Array.from({ length: 6 }, () => randomImage());
    for (const [index, image] of images.entries()) await pushImage(harness, 'push-race/team/app', image, `b${index}`);
    const pushes = images.map((image, index) =>
      putManifest(harness, 'push-race/team/app', `t${index}`, image.manifest, image.mediaType),
    );
    const [moved, ...pushed] = await Promise.all([
      move('push-race', 'team/app', { project_name: 'push-race-to', repository_name: 'app' }),
      ...pushes,
    ]);
    expect(moved.status).toBe(200);
    for (const [index, { status }] of pushed.entries()) {
      expect([201, 401, 503]).toContain(status);
      if (status === 201) expect((await pull('push-race-to/app', `t${index}`)).status).toBe(200);
    }
    expect([await usage('push-race'), (await usage('push-race-to')) ?? 0]).toEqual([0, expect.any(Number)]);
    const wrong = `select count(*) n from artifacts a join repositories r on r.id = a.repository_id
      where a.project_id <> r.project_id`;
    expect(await testEnv.DB.prepare(wrong).first('n')).toBe(0);
  });

  it('a move and a deletion: the repository is gone, or where it was moved', async () => {
    await project('delete-race');
    const path = `${API}/delete-race/repositories/team%252Fapp`;
    const [moved, deleted] = await Promise.all([
      move('delete-race', 'team/app', { repository_name: 'other' }),
      server.request(path, { method: 'DELETE', headers: asAdmin }),
    ]);
    expect([200, 404, 503]).toContain(moved.status);
    expect([200, 308, 404, 503]).toContain(deleted.status);
    const left = await api('delete-race/repositories/other');
    expect(left.status).toBe(deleted.status === 200 ? 404 : 200);
    const aliases = `select count(*) n from repository_aliases a left join repositories r on r.id = a.repository_id
      where r.id is null`;
    expect(await testEnv.DB.prepare(aliases).first('n')).toBe(0);
  });
});
