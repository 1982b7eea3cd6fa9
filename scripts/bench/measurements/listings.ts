import { send } from '#scripts/bench/client/http';
import type { Findings, Measurement, Target } from '#scripts/bench/measurement';
import { ADMIN_BASIC, type Roadstead, startRoadstead } from '#scripts/bench/peers/roadstead';
import { median, secondsOf } from '#scripts/bench/statistics';
import { LARGE_REPOSITORY, SEEDED_PROJECT, type SeedSize } from '#scripts/seed/rows';

const SMALL: SeedSize = { repositories: 100, artifacts: 100, blobs: 1_800, projects: 100, auditEntries: 100 };
const PAGE_SIZE = 10;
/** Requests of one run to each registry. */
const REQUESTS_A_RUN = 40;

const API = '/api/v2.0';
const REPOSITORIES = `${API}/projects/${SEEDED_PROJECT}/repositories`;
const ARTIFACTS = `${REPOSITORIES}/${LARGE_REPOSITORY}/artifacts`;

/** What the entries of the audit log are about. */
const RESOURCE = `${SEEDED_PROJECT}/${LARGE_REPOSITORY}`;

/** A request, and how much slower than on a small registry it may be. */
interface Listing {
  readonly label: string;
  readonly ceiling: number;
  path(size: SeedSize): string;
}

/** First, middle and last page of a listing with so many rows. */
function pages(label: string, path: string, rowsOf: (size: SeedSize) => number): Listing[] {
  const at = (name: string, ceiling: number, part: number): Listing => ({
    label: `${label}, ${name} page`,
    ceiling,
    path: (size) => `${path}?page_size=${PAGE_SIZE}&page=${Math.max(1, Math.ceil((rowsOf(size) * part) / PAGE_SIZE))}`,
  });
  return [at('first', 3, 0), at('middle', 10, 0.5), at('last', 3, 1)];
}

/** Ids of a fresh registry's first labels. */
const [COMMON, RARE] = [1, 2];

function same(label: string, path: string): Listing {
  return { label, ceiling: 3, path: () => path };
}

const LISTINGS: readonly Listing[] = [
  ...pages('artifacts', ARTIFACTS, ({ artifacts }) => artifacts),
  same('artifact by tag', `${ARTIFACTS}/v0.42`),
  same('artifacts with a tag', `${ARTIFACTS}?q=tags=v0.42`),
  same('artifacts of a rare type', `${ARTIFACTS}?q=type=CHART`),
  same('artifacts of the usual type', `${ARTIFACTS}?q=type=IMAGE`),
  same('artifacts with a rare label', `${ARTIFACTS}?q=labels=(${RARE})`),
  same('artifacts with a common label', `${ARTIFACTS}?q=labels=(${COMMON})`),
  same('artifacts of the project', `${API}/projects/${SEEDED_PROJECT}/artifacts`),
  same('tags of an artifact', `${ARTIFACTS}/v0.1/tags`),
  ...pages('repositories', REPOSITORIES, ({ repositories }) => repositories + 1),
  same('repositories by a rare part of the name', `${REPOSITORIES}?q=name=~service-00042`),
  same('repositories by a common part of the name', `${REPOSITORIES}?q=name=~service`),
  ...pages('repositories of all projects', `${API}/repositories`, ({ repositories }) => repositories + 1),
  same('repositories of all projects, by name', `${API}/repositories?sort=name`),
  same('repositories of all projects by a rare part of the name', `${API}/repositories?q=name=~service-00042`),
  same('repositories of all projects by a common part of the name', `${API}/repositories?q=name=~service`),
  ...pages('projects', `${API}/projects`, ({ projects }) => projects + 2),
  same('projects by a rare part of the name', `${API}/projects?q=name=~fleet-00042`),
  same('projects by a common part of the name', `${API}/projects?q=name=~fleet`),
  same('search, rare', `${API}/search?q=service-00042`),
  same('search, common', `${API}/search?q=service`),
  same('search of projects, rare', `${API}/search?q=fleet-00042`),
  same('search of projects, common', `${API}/search?q=fleet`),
  same('audit log', `${API}/audit-logs?page_size=${PAGE_SIZE}`),
  same('audit log of a project', `${API}/projects/${SEEDED_PROJECT}/logs?page_size=${PAGE_SIZE}`),
  same('audit log by a person', `${API}/audit-logs?page_size=${PAGE_SIZE}&q=username=admin`),
  same('audit log by a resource', `${API}/audit-logs?page_size=${PAGE_SIZE}&q=resource=${RESOURCE}:v0.42`),
  same('audit log by a part of resources', `${API}/audit-logs?page_size=${PAGE_SIZE}&q=resource=~${LARGE_REPOSITORY}`),
  same('quotas by usage', `${API}/quotas?sort=-used.storage`),
  same('statistics', `${API}/statistics`),
  same('tags/list', `/v2/${SEEDED_PROJECT}/${LARGE_REPOSITORY}/tags/list?n=50`),
  same('_catalog', '/v2/_catalog?n=50'),
];

export const listings: Measurement = {
  name: 'listings',
  title: 'Listings of a large registry',
  method:
    `Milliseconds of a request of the management API on a registry with ${SMALL.artifacts} artifacts and on a large one ` +
    '(`npm run seed`), the median of requests sent to both in turns. Pages have 10 rows. Totals of what is filtered are counted to 10,000.',
  async run({ scale, directory }) {
    const sizes = { small: SMALL, large: scale.seed };
    await using small = await startRoadstead(directory, { seed: sizes.small });
    await using large = await startRoadstead(directory, { seed: sizes.large });
    const measured: Measured[] = [];
    for (const listing of LISTINGS) {
      const [smallMs = Number.NaN, largeMs = Number.NaN] = await medians(scale.runs * REQUESTS_A_RUN, [
        () => ask(small, listing.path(sizes.small)),
        () => ask(large, listing.path(sizes.large)),
      ]);
      measured.push({ listing, smallMs, largeMs });
    }
    return findings(measured, scale.seed);
  },
};

interface Measured {
  readonly listing: Listing;
  readonly smallMs: number;
  readonly largeMs: number;
}

/** Milliseconds of each request, sent in turns after a few that warm up: a slow moment of the machine hits all of them. */
async function medians(count: number, requests: readonly (() => Promise<unknown>)[]): Promise<readonly number[]> {
  for (let warmUp = 0; warmUp < 5; warmUp++) for (const request of requests) await request();
  const figures = requests.map((): number[] => []);
  for (let turn = 0; turn < count; turn++) {
    for (const [index, request] of requests.entries()) figures[index]?.push((await secondsOf(request)) * 1000);
  }
  return figures.map(median);
}

function ask(server: Roadstead, path: string): Promise<unknown> {
  return send({ method: 'GET', url: server.origin + path, headers: { Authorization: ADMIN_BASIC }, expect: 200 });
}

function findings(measured: readonly Measured[], seed: SeedSize): Findings {
  const thousands = (count: number) => count.toLocaleString('en-US');
  return {
    columns: ['ms', `${SMALL.artifacts} artifacts`, `${thousands(seed.artifacts)} artifacts`, 'ratio'],
    rows: measured.map(({ listing, smallMs, largeMs }) => [
      listing.label,
      smallMs.toFixed(1),
      largeMs.toFixed(1),
      (largeMs / smallMs).toFixed(2),
    ]),
    targets: measured.map(({ listing: { label, ceiling }, smallMs, largeMs }): Target => {
      const ratio = largeMs / smallMs;
      const promise = `${label}: ≤ ${ceiling} × the same on a registry of ${SMALL.artifacts} artifacts`;
      return { promise, measured: `${ratio.toFixed(2)} ×`, holds: ratio <= ceiling, isRequired: false };
    }),
  };
}
