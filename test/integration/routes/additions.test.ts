import { packTar } from 'modern-tar';
import { beforeAll, describe, expect, it } from 'vitest';
import { MEDIA_TYPES } from '#core/media-types';
import { type NewArtifact, type Part, pushArtifact } from '#test/support/artifacts';
import { createHarness } from '#test/support/harness';
import { jsonBytes, randomBytes } from '#test/support/images';
import { asAdmin, basic, errorOf, insertProject, insertUser } from '#test/support/server';

const harness = createHarness();
const PROJECT = 'additions';
const asGuest = basic('additions-guest', 'Passw0rd-guest');
const asStranger = basic('additions-stranger', 'Passw0rd-stranger');
const CHART_CONFIG = 'application/vnd.cncf.helm.config.v1+json';
const CHART_CONTENT = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';

const get = (repository: string, addition: string, headers: Record<string, string> = asGuest) =>
  harness.request('GET', `/api/v2.0/projects/${PROJECT}/repositories/${repository}/artifacts/1/additions/${addition}`, {
    headers,
  });
const push = (repository: string, artifact: NewArtifact) =>
  pushArtifact(harness, `${PROJECT}/${repository}`, { tag: '1', ...artifact });
const text = (content: string) => new TextEncoder().encode(content);

async function expectContent(response: Response, contentType: string, body: unknown): Promise<void> {
  expect([response.status, response.headers.get('content-type')]).toEqual([200, contentType]);
  expect(contentType.startsWith('application/json') ? await response.json() : await response.text()).toEqual(body);
}

async function tar(files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const entries = Object.entries(files).map(([name, content]) => {
    const body = text(content);
    return { header: { name, size: body.length, type: 'file' as const }, body };
  });
  return packTar(entries);
}

async function chart(metadata: object, files: Readonly<Record<string, string>>): Promise<NewArtifact> {
  const archive = new Blob([(await tar(files)) as Uint8Array<ArrayBuffer>]);
  const packed = await new Response(archive.stream().pipeThrough(new CompressionStream('gzip'))).bytes();
  return {
    config: { bytes: jsonBytes(metadata), mediaType: CHART_CONFIG },
    layers: [{ bytes: packed, mediaType: CHART_CONTENT }],
  };
}

beforeAll(async () => {
  const guest = await insertUser(harness, 'additions-guest', 'Passw0rd-guest');
  await insertUser(harness, 'additions-stranger', 'Passw0rd-stranger');
  await insertProject(harness, PROJECT, { members: { [guest]: 3 } });
});

describe('GET …/additions/build_history', () => {
  it('tells how an image was built', async () => {
    const history = [{ created: '2024-05-06T07:08:09Z', created_by: 'CMD ["sh"]', empty_layer: true }];
    const bytes = jsonBytes({ architecture: 'amd64', os: 'linux', history });
    await push('image', { config: { bytes, mediaType: MEDIA_TYPES.ociConfig } });
    await expectContent(await get('image', 'build_history'), 'application/json; charset=utf-8', history);
  });

  it('tells how WebAssembly in an image was built', async () => {
    const bytes = jsonBytes({ os: 'wasip1', history: [{ created_by: 'COPY' }] });
    const fields = { annotations: { 'run.oci.handler': 'wasm' } };
    await push('wasm', { config: { bytes, mediaType: MEDIA_TYPES.ociConfig }, fields });
    await expectContent(await get('wasm', 'build_history'), 'application/json; charset=utf-8', [
      { created_by: 'COPY' },
    ]);
  });

  it('is empty where the config is no JSON', async () => {
    await push('broken', { config: { bytes: text('{"architecture":'), mediaType: MEDIA_TYPES.ociConfig } });
    await expectContent(await get('broken', 'build_history'), 'application/json; charset=utf-8', []);
  });
});

describe('additions of a chart', () => {
  const values = 'replicas: 1\n# ünïcode\n';
  const dependency = { name: 'db', version: '1.0.0', repository: 'https://charts.example', alias: 'main' };

  beforeAll(async () => {
    const metadata = { apiVersion: 'v2', name: 'app', version: '1.0.0', dependencies: [dependency] };
    const files = {
      'app/Chart.yaml': 'name: app',
      'app/charts/db/values.yaml': 'replicas: 9',
      'app/values.yaml': values,
      'app/README.md': '# app',
    };
    await push('chart', await chart(metadata, files));
  });

  it('are files of its own directory', async () => {
    await expectContent(await get('chart', 'values.yaml'), 'text/plain; charset=utf-8', values);
    const readme = await get('chart', 'readme.md');
    expect(readme.headers.get('x-content-type-options')).toBe('nosniff');
    await expectContent(readme, 'text/markdown; charset=utf-8', '# app');
  });

  it('tell its dependencies', async () => {
    await expectContent(await get('chart', 'dependencies'), 'application/json; charset=utf-8', [dependency]);
  });

  it('tell the dependencies of an older chart from its requirements', async () => {
    const files = { 'old/requirements.yaml': 'dependencies:\n- name: db\n  version: 1.x\n  repository: "@stable"\n' };
    await push('old', await chart({ apiVersion: 'v1', name: 'old', version: '1.0.0' }, files));
    const expected = [{ name: 'db', version: '1.x', repository: '@stable' }];
    await expectContent(await get('old', 'dependencies'), 'application/json; charset=utf-8', expected);
  });

  it('are empty when the chart has no such file', async () => {
    await push('bare', await chart({ apiVersion: 'v1', name: 'bare', version: '1.0.0' }, { 'bare/Chart.yaml': 'x' }));
    await expectContent(await get('bare', 'readme.md'), 'text/markdown; charset=utf-8', '');
    await expectContent(await get('bare', 'dependencies'), 'application/json; charset=utf-8', []);
  });

  it('are refused when its content is no archive', async () => {
    const layers = [{ bytes: randomBytes(500), mediaType: CHART_CONTENT }];
    await push('garbage', { config: { bytes: jsonBytes({ apiVersion: 'v2' }), mediaType: CHART_CONFIG }, layers });
    const response = await get('garbage', 'values.yaml');
    expect([response.status, (await errorOf(response)).code]).toEqual([400, 'BAD_REQUEST']);
  });

  it('are refused when the file is too large', async () => {
    await push('large', await chart({ apiVersion: 'v2' }, { 'large/values.yaml': 'x'.repeat(4 * 2 ** 20 + 1) }));
    const response = await get('large', 'values.yaml');
    expect([response.status, (await errorOf(response)).code]).toEqual([413, 'REQUEST_ENTITY_TOO_LARGE']);
  });
});

describe('additions of a model', () => {
  const document = (path: string, bytes: Uint8Array, packing: string): Part => ({
    bytes,
    mediaType: `application/vnd.cncf.model.doc.v1.${packing}`,
    annotations: { 'org.cncf.model.filepath': path },
  });

  beforeAll(async () => {
    await push('model', {
      config: { bytes: jsonBytes({ descriptor: {} }), mediaType: 'application/vnd.cncf.model.config.v1+json' },
      layers: [
        document('README.md', await tar({ 'README.md': '# model' }), 'tar'),
        document('LICENSE', text('MIT'), 'raw'),
        document('docs/more.md', text('more'), 'raw'),
      ],
      fields: { artifactType: 'application/vnd.cncf.model.manifest.v1+json' },
    });
  });

  it('are its documents', async () => {
    await expectContent(await get('model', 'readme.md'), 'text/markdown; charset=utf-8', '# model');
    await expectContent(await get('model', 'license'), 'text/plain; charset=utf-8', 'MIT');
  });

  it('tell its files', async () => {
    await expectContent(await get('model', 'files'), 'application/json; charset=utf-8', [
      { name: 'docs', type: 'directory', children: [{ name: 'more.md', type: 'file', size: 4 }] },
      { name: 'LICENSE', type: 'file', size: 3 },
      { name: 'README.md', type: 'file', size: expect.any(Number) },
    ]);
  });

  it('are not found when it has no such document', async () => {
    const fields = { artifactType: 'application/vnd.cncf.model.manifest.v1+json' };
    await push('undocumented', { fields });
    expect((await get('undocumented', 'license')).status).toBe(404);
  });
});

describe('GET …/additions/sbom', () => {
  it('is the layer of an SBOM', async () => {
    const layers = [
      { bytes: text('{"spdxVersion":"SPDX-2.3"}'), mediaType: 'application/vnd.goharbor.harbor.sbom.v1' },
    ];
    await push('sbom', { layers, fields: { artifactType: 'application/vnd.goharbor.harbor.sbom.v1' } });
    const type = 'application/vnd.goharbor.harbor.sbom.v1';
    await expectContent(await get('sbom', 'sbom'), type, '{"spdxVersion":"SPDX-2.3"}');
  });
});

describe('GET …/additions/{addition}', () => {
  it('refuses what artifacts of the type do not have, and what nothing has', async () => {
    await push('plain', { config: { bytes: jsonBytes({ n: 1 }), mediaType: MEDIA_TYPES.ociConfig } });
    for (const addition of ['values.yaml', 'files', 'sbom']) {
      const response = await get('plain', addition);
      expect([response.status, (await errorOf(response)).code]).toEqual([400, 'BAD_REQUEST']);
    }
    const unknown = await get('plain', 'changelog');
    expect([unknown.status, (await errorOf(unknown)).code]).toEqual([422, 'UNPROCESSABLE_ENTITY']);
  });

  it('is for members, and for artifacts that are there', async () => {
    expect((await get('absent', 'readme.md', {})).status).toBe(401);
    expect((await get('absent', 'readme.md', asStranger)).status).toBe(403);
    expect((await get('absent', 'readme.md', asAdmin)).status).toBe(404);
  });
});

describe('GET …/additions/vulnerabilities', () => {
  it('has no report', async () => {
    await push('unscanned', {});
    await expectContent(await get('unscanned', 'vulnerabilities'), 'application/json', {});
  });

  it('is for members, and for artifacts that are there', async () => {
    expect((await get('absent', 'vulnerabilities', {})).status).toBe(401);
    expect((await get('absent', 'vulnerabilities', asStranger)).status).toBe(403);
    expect((await get('absent', 'vulnerabilities')).status).toBe(404);
  });
});
