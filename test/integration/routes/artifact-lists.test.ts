import { beforeAll, describe, expect, it } from 'vitest';
import { MEDIA_TYPES } from '#core/media-types';
import { type NewArtifact, type PushedArtifact, pushArtifact, subjectOf } from '#test/support/artifacts';
import { createHarness } from '#test/support/harness';
import { descriptor, jsonBytes, putManifest } from '#test/support/images';
import { asAdmin, basic, errorOf, insertProject, insertUser, testEnv } from '#test/support/server';

const harness = createHarness();
const PROJECT = 'artifact-lists';
const asStranger = basic('artifact-lists-stranger', 'Passw0rd-stranger');
const CHART = 'application/vnd.cncf.helm.config.v1+json';

let projectId = 0;

const api = (path: string, headers: Record<string, string> = asAdmin) =>
  harness.request('GET', `/api/v2.0/projects/${PROJECT}${path}`, { headers });
const artifactsOf = (repository: string, query = '') =>
  api(`/repositories/${encodeURIComponent(encodeURIComponent(repository))}/artifacts${query}`);
const q = (text: string) => `?q=${encodeURIComponent(text)}`;

interface Shown {
  readonly id: number;
  readonly digest: string;
  readonly size: number;
  readonly push_time: string;
  readonly labels: unknown;
  readonly references: unknown;
  readonly inherited_accessories?: unknown;
  readonly addition_links?: { readonly build_history?: { readonly href: string } };
}

const shown = async (response: Response) => {
  expect(response.status).toBe(200);
  return (await response.json()) as Shown[];
};
const digests = async (response: Response) => (await shown(response)).map(({ digest }) => digest);

/** Each push a second after the one before. */
async function push(repository: string, artifact: NewArtifact = {}): Promise<PushedArtifact> {
  harness.clock.advance(1_000);
  return pushArtifact(harness, `${PROJECT}/${repository}`, artifact);
}

const image = (tag?: string): NewArtifact => ({
  config: {
    bytes: jsonBytes({ architecture: 'arm64', os: 'linux', n: crypto.randomUUID() }),
    mediaType: MEDIA_TYPES.ociConfig,
  },
  ...(tag && { tag }),
});

async function pushIndex(
  repository: string,
  children: readonly PushedArtifact[],
  tag: string,
): Promise<PushedArtifact> {
  const manifests = children.map((child) => ({
    ...descriptor(child.manifest, MEDIA_TYPES.ociManifest),
    platform: { architecture: 'arm64', os: 'linux', 'os.features': ['sse4'], variant: 'v8' },
    urls: ['https://elsewhere.example/child'],
    annotations: { role: 'child' },
  }));
  const manifest = jsonBytes({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests });
  const pushed = await putManifest(harness, `${PROJECT}/${repository}`, tag, manifest, MEDIA_TYPES.ociIndex);
  return { digest: pushed.headers.get('docker-content-digest') as PushedArtifact['digest'], manifest };
}

async function label(name: string, ...artifactIds: readonly number[]): Promise<number> {
  const row = await testEnv.DB.prepare(
    `insert into labels (name, description, color, project_id, created_at_ms, updated_at_ms)
     values (?, 'about it', '#fff', ?, 0, 0) returning id`,
  )
    .bind(name, projectId)
    .first<{ id: number }>();
  const id = row?.id ?? 0;
  for (const artifactId of artifactIds) {
    await testEnv.DB.prepare('insert into artifact_labels (artifact_id, label_id) values (?, ?)')
      .bind(artifactId, id)
      .run();
  }
  return id;
}

beforeAll(async () => {
  await insertUser(harness, 'artifact-lists-stranger', 'Passw0rd-stranger');
  projectId = await insertProject(harness, PROJECT);
});

describe('GET …/artifacts filters', () => {
  let tagged: PushedArtifact;
  let untagged: PushedArtifact;
  let chart: PushedArtifact;
  let child: PushedArtifact;
  let index: PushedArtifact;
  let signature: PushedArtifact;
  const all = () => [index, chart, untagged, tagged].map(({ digest }) => digest);

  beforeAll(async () => {
    tagged = await push('filters', image('v1.0'));
    untagged = await push('filters', image());
    child = await push('filters', image());
    chart = await push('filters', { config: { bytes: jsonBytes({ name: 'app' }), mediaType: CHART }, tag: 'chart-1' });
    index = await pushIndex('filters', [child], 'multi');
    signature = await push('filters', {
      fields: { artifactType: 'application/vnd.cncf.notary.signature', ...subjectOf(tagged) },
    });
  });

  const expectListed = async (query: string, expected: readonly PushedArtifact[]) => {
    const response = await artifactsOf('filters', query);
    expect(response.headers.get('x-total-count')).toBe(String(expected.length));
    expect(await digests(response)).toEqual(expected.map(({ digest }) => digest));
  };

  it('leaves children and accessories out, unless all are asked for', async () => {
    const response = await artifactsOf('filters');
    expect(response.headers.get('x-total-count')).toBe('4');
    expect(await digests(response)).toEqual(all());
    await expectListed(q('base=*'), [index, chart, child, untagged, tagged]);
    expect((await artifactsOf('filters', q('base=x'))).status).toBe(400);
  });

  it('finds what is tagged, and what is not', async () => {
    await expectListed(q('tags=*'), [index, chart, tagged]);
    await expectListed(q('tags=nil'), [untagged]);
    await expectListed(q('base=*,tags=nil'), [child, untagged]);
    await expectListed(q('base=*,tags=*'), [index, chart, tagged]);
    await expectListed(q('tags=v1.0'), [tagged]);
    await expectListed(q('tags=~1'), [chart, tagged]);
    await expectListed(q('tags=absent'), []);
  });

  it('finds by what artifacts are', async () => {
    await expectListed(q('type=CHART'), [chart]);
    await expectListed(q('type={CHART IMAGE}'), [index, chart, untagged, tagged]);
    await expectListed(q(`media_type=${CHART}`), [chart]);
    await expectListed(q(`media_type=${MEDIA_TYPES.ociIndex}`), [index]);
    await expectListed(q(`manifest_media_type=~index`), [index]);
    await expectListed(q(`artifact_type=${MEDIA_TYPES.ociConfig}`), [untagged, tagged]);
    await expectListed(q(`digest=${chart.digest}`), [chart]);
    await expectListed(q(`digest=${child.digest}`), []);
    await expectListed(q(`digest=~${untagged.digest.slice(20, 40)}`), [untagged]);
    await expectListed(q('size=[0~1]'), []);
    await expectListed(q('type=CHART,tags=nil'), []);
    await expectListed(q(`digest=${chart.digest},tags=*`), [chart]);
  });

  it('finds by id and by time', async () => {
    const [newest, , , oldest] = await shown(await artifactsOf('filters'));
    await expectListed(q(`id={${newest?.id} ${oldest?.id}}`), [index, tagged]);
    const pushTime = oldest?.push_time.slice(0, 19);
    await expectListed(q(`push_time=[~${pushTime}]`), []);
    await expectListed(q(`push_time=[${pushTime}~]`), [index, chart, untagged, tagged]);
    await expectListed(q('pull_time=[2020-01-01T00:00:00~]'), []);
  });

  it('finds by labels that are all there', async () => {
    const [, second, third] = await shown(await artifactsOf('filters'));
    const one = await label('one', second?.id ?? 0, third?.id ?? 0);
    const two = await label('two', third?.id ?? 0);
    await expectListed(q(`labels=(${one})`), [chart, untagged]);
    await expectListed(q(`labels=(${one} ${two})`), [untagged]);
    await expectListed(q(`labels=(${one}),type=CHART`), [chart]);
    const labelled = await shown(await artifactsOf('filters', `${q(`labels=(${two})`)}&with_label=true`));
    expect(labelled[0]?.labels).toEqual([
      {
        id: one,
        name: 'one',
        description: 'about it',
        color: '#fff',
        scope: 'p',
        project_id: projectId,
        creation_time: '1970-01-01T00:00:00.000Z',
        update_time: '1970-01-01T00:00:00.000Z',
      },
      expect.objectContaining({ id: two, name: 'two' }),
    ]);
    expect((await artifactsOf('filters', q('labels=one'))).status).toBe(400);
  });

  it('sorts by what is asked for', async () => {
    const byTime = all();
    expect(await digests(await artifactsOf('filters', '?sort=push_time'))).toEqual(byTime.toReversed());
    expect(await digests(await artifactsOf('filters', '?sort=digest'))).toEqual(byTime.toSorted());
    expect(await digests(await artifactsOf('filters', '?sort=-id'))).toEqual(byTime);
    const sizes = (await shown(await artifactsOf('filters', '?sort=-size'))).map(({ size }) => size);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  });

  it('pages', async () => {
    const first = await artifactsOf('filters', '?page_size=3');
    expect(first.headers.get('link')).toContain('rel="next"');
    expect(await digests(first)).toEqual(all().slice(0, 3));
    expect(await digests(await artifactsOf('filters', '?page_size=3&page=2'))).toEqual(all().slice(3));
    expect(await digests(await artifactsOf('filters', '?page_size=3&page=900'))).toEqual([]);
  });

  it('tells everything of an artifact that Harbor tells', async () => {
    const [multi, , , single] = await shown(
      await artifactsOf(
        'filters',
        '?with_accessory=true&with_label=true&with_scan_overview=true&with_sbom_overview=true',
      ),
    );
    const href = `/api/v2.0/projects/${PROJECT}/repositories/filters/artifacts/${tagged.digest}/additions/build_history`;
    expect(single).toEqual({
      id: expect.any(Number),
      type: 'IMAGE',
      media_type: MEDIA_TYPES.ociConfig,
      manifest_media_type: MEDIA_TYPES.ociManifest,
      artifact_type: MEDIA_TYPES.ociConfig,
      project_id: projectId,
      repository_id: expect.any(Number),
      repository_name: `${PROJECT}/filters`,
      digest: tagged.digest,
      size: expect.any(Number),
      icon: 'sha256:0048162a053eef4d4ce3fe7518615bef084403614f8bca43b40ae2e762e11e06',
      push_time: expect.any(String),
      pull_time: '0001-01-01T00:00:00.000Z',
      extra_attrs: { created: null, architecture: 'arm64', os: 'linux', author: '', config: {} },
      annotations: { nonce: expect.any(String) },
      addition_links: { build_history: { absolute: false, href } },
      references: null,
      tags: [expect.objectContaining({ name: 'v1.0', immutable: false })],
      labels: null,
      accessories: [
        {
          id: expect.any(Number),
          artifact_id: expect.any(Number),
          subject_artifact_id: single?.id,
          subject_artifact_digest: tagged.digest,
          subject_artifact_repo: `${PROJECT}/filters`,
          size: expect.any(Number),
          digest: signature.digest,
          type: 'signature.notation',
          icon: 'sha256:3ac706e102bbe9362b400aa162df58135d35e66b9c3bee2165de92022d25fe34',
          creation_time: expect.any(String),
        },
      ],
    });
    expect(multi).toMatchObject({ type: 'IMAGE', media_type: MEDIA_TYPES.ociIndex, accessories: null });
    const [ofChild] = await shown(await artifactsOf('filters', q(`base=*,digest=${child.digest}`)));
    expect(multi?.size).toBe(index.manifest.length + (ofChild?.size ?? 0));
    expect(multi).not.toHaveProperty('addition_links');
    expect(multi).not.toHaveProperty('extra_attrs');
    expect(multi).not.toHaveProperty('artifact_type');
    expect(multi?.references).toEqual([
      {
        parent_id: multi?.id,
        child_id: expect.any(Number),
        child_digest: child.digest,
        platform: { architecture: 'arm64', os: 'linux', variant: 'v8', "'os.features'": ['sse4'] },
        annotations: { role: 'child' },
        urls: ['https://elsewhere.example/child'],
      },
    ]);
  });
});

describe('GET …/artifacts/{reference}', () => {
  it('tells the signatures that an artifact inherits from an index', async () => {
    const [child, signed] = [await push('inherited', image()), await push('inherited', image())];
    const index = await pushIndex('inherited', [child, signed], 'all');
    const ofIndex = descriptor(index.manifest, MEDIA_TYPES.ociIndex);
    const cosign = { artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json' };
    await push('inherited', { fields: { ...cosign, subject: ofIndex } });
    await push('inherited', { fields: { artifactType: 'application/spdx+json', subject: ofIndex } });
    await push('inherited', { fields: { ...cosign, ...subjectOf(signed) } });
    const get = async ({ digest }: PushedArtifact, query: string) => {
      const response = await artifactsOf('inherited', `/${digest}${query}`);
      expect(response.status).toBe(200);
      return (await response.json()) as Shown;
    };
    expect((await get(child, '?with_inherited_accessory=true&with_signature=true')).inherited_accessories).toEqual([
      expect.objectContaining({ type: 'signature.cosign', subject_artifact_digest: index.digest }),
    ]);
    expect(await get(child, '')).not.toHaveProperty('inherited_accessories');
    expect(await get(signed, '?with_inherited_accessory=true')).not.toHaveProperty('inherited_accessories');
    expect(await get(index, '?with_inherited_accessory=true')).not.toHaveProperty('inherited_accessories');
  });

  it('encodes the slashes of a repository twice in its links', async () => {
    const { digest } = await push('deep/er/app', image('1'));
    const artifact = (await (await artifactsOf('deep/er/app', '/1')).json()) as Shown;
    const href = artifact.addition_links?.build_history?.href ?? '';
    expect(href).toBe(
      `/api/v2.0/projects/${PROJECT}/repositories/deep%252Fer%252Fapp/artifacts/${digest}/additions/build_history`,
    );
    expect((await harness.request('GET', href, { headers: asAdmin })).status).toBe(200);
  });
});

describe('GET …/artifacts/{reference}/accessories', () => {
  let subject: PushedArtifact;
  let signature: PushedArtifact;
  let sbom: PushedArtifact;

  beforeAll(async () => {
    subject = await push('signed', image('1'));
    signature = await push('signed', {
      layers: [{ bytes: jsonBytes({ critical: 1 }), mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json' }],
      tag: `${subject.digest.replace(':', '-')}.sig`,
    });
    sbom = await push('signed', { fields: { artifactType: 'application/spdx+json', ...subjectOf(subject) } });
  });

  it('lists what is about an artifact, however it says so', async () => {
    const response = await artifactsOf('signed', '/1/accessories');
    expect(response.headers.get('x-total-count')).toBe('2');
    expect(await shown(response)).toEqual([
      expect.objectContaining({ digest: signature.digest, type: 'signature.cosign' }),
      expect.objectContaining({ digest: sbom.digest, type: 'subject.accessory', icon: '' }),
    ]);
    expect(await digests(await artifactsOf('signed'))).toEqual([subject.digest]);
  });

  it('filters, sorts and pages', async () => {
    const listed = async (query: string) => digests(await artifactsOf('signed', `/1/accessories${query}`));
    expect(await listed(q('type=signature.cosign'))).toEqual([signature.digest]);
    expect(await listed(q(`digest=${sbom.digest}`))).toEqual([sbom.digest]);
    expect(await listed('?sort=-creation_time')).toEqual([sbom.digest, signature.digest]);
    expect(await listed('?sort=-id&page_size=1&page=2')).toEqual([signature.digest]);
    expect((await artifactsOf('signed', `/1/accessories${q('name=x')}`)).status).toBe(400);
  });

  it('is empty for an artifact without', async () => {
    await push('unsigned', image('1'));
    expect(await shown(await artifactsOf('unsigned', '/1/accessories'))).toEqual([]);
  });

  it('is for members, and for artifacts that are there', async () => {
    const path = '/repositories/signed/artifacts/1/accessories';
    expect((await api(path, {})).status).toBe(401);
    expect((await api(path, asStranger)).status).toBe(403);
    const absent = await artifactsOf('signed', '/absent/accessories');
    expect([absent.status, (await errorOf(absent)).code]).toEqual([404, 'NOT_FOUND']);
    expect((await artifactsOf('signed', '/1/accessories?page_size=101')).status).toBe(422);
  });

  it('recognizes a signature that was pushed before its subject, and before its tag', async () => {
    const late = jsonBytes({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociManifest,
      config: descriptor(jsonBytes({}), MEDIA_TYPES.ociEmpty),
      layers: [],
    });
    const { digest: subjectDigest } = { digest: descriptor(late, MEDIA_TYPES.ociManifest).digest };
    const layers = [
      { bytes: jsonBytes({ critical: 2 }), mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json' },
    ];
    const early = await push('early', { layers });
    expect(await digests(await artifactsOf('early'))).toEqual([early.digest]);
    const tag = `${subjectDigest.replace(':', '-')}.sig`;
    await putManifest(harness, `${PROJECT}/early`, tag, early.manifest, MEDIA_TYPES.ociManifest);
    expect(await digests(await artifactsOf('early'))).toEqual([]);
    await putManifest(harness, `${PROJECT}/early`, 'late', late, MEDIA_TYPES.ociManifest);
    expect(await digests(await artifactsOf('early', '/late/accessories'))).toEqual([early.digest]);
    expect((await artifactsOf('early')).headers.get('x-total-count')).toBe('1');
  });
});

describe('GET /projects/{project_name_or_id}/artifacts', () => {
  const NAME = 'artifacts-of-project';
  const list = (query = '', headers: Record<string, string> = asAdmin) =>
    harness.request('GET', `/api/v2.0/projects/${NAME}/artifacts${query}`, { headers });
  const pushTo = async (repository: string, artifact: NewArtifact) => {
    harness.clock.advance(1_000);
    return pushArtifact(harness, `${NAME}/${repository}`, artifact);
  };
  let pushed: PushedArtifact[];

  beforeAll(async () => {
    await insertProject(harness, NAME, { isPublic: true });
    pushed = [
      await pushTo('a', image('1')),
      await pushTo('b/c', image('1')),
      await pushTo('a', image('2')),
      await pushTo('a', { config: { bytes: jsonBytes({ name: 'app' }), mediaType: CHART }, tag: 'chart' }),
    ];
  });

  it('lists those of all repositories, newest first', async () => {
    const response = await list('?page_size=3');
    expect(response.headers.get('x-total-count')).toBe('4');
    expect(await digests(response)).toEqual(
      pushed
        .toReversed()
        .slice(0, 3)
        .map(({ digest }) => digest),
    );
    expect(await digests(await list(q('tags=1')))).toEqual([pushed[1]?.digest, pushed[0]?.digest]);
    expect(await digests(await list(q('type=CHART')))).toEqual([pushed[3]?.digest]);
    expect(await digests(await list(q('tags=nil')))).toEqual([]);
  });

  it('lists the newest of each repository that are of a kind', async () => {
    const ofKind = `${q(`media_type=${MEDIA_TYPES.ociConfig}`)}&latest_in_repository=true`;
    const response = await list(ofKind);
    expect(response.headers.get('x-total-count')).toBe('2');
    expect(await digests(response)).toEqual([pushed[2]?.digest, pushed[1]?.digest]);
    expect((await list('?latest_in_repository=true')).status).toBe(400);
    expect((await list(`${q('media_type=a,artifact_type=b')}&latest_in_repository=true`)).status).toBe(400);
  });

  it('follows a repository into another project', async () => {
    const elsewhere = await insertProject(harness, `${NAME}-elsewhere`);
    await pushTo('moving', image('1'));
    const count = async () => (await list()).headers.get('x-total-count');
    expect(await count()).toBe('5');
    await testEnv.DB.prepare(`update repositories set project_id = ? where name = 'moving'`).bind(elsewhere).run();
    expect(await count()).toBe('4');
  });

  it('is for people who are known, though the project be public', async () => {
    expect((await list('', {})).status).toBe(401);
    expect((await list('', asStranger)).status).toBe(200);
    expect((await api('/artifacts', asStranger)).status).toBe(403);
    expect((await harness.request('GET', '/api/v2.0/projects/absent/artifacts', { headers: asAdmin })).status).toBe(
      404,
    );
  });
});
