import { send } from '#scripts/bench/client/http';
import type { Findings, Measurement, Target } from '#scripts/bench/measurement';
import { ADMIN_BASIC, type Roadstead, startRoadstead } from '#scripts/bench/peers/roadstead';
import { median, secondsOf, takeTurns } from '#scripts/bench/statistics';
import { LARGE_REPOSITORY, SEEDED_PROJECT, type SeedSize } from '#scripts/seed/rows';

const SMALL: SeedSize = { repositories: 100, artifacts: 100, blobs: 1_000 };
const PAGE_SIZE = 10;
/** Requests of one run, one after the other; their median is its figure. */
const REQUESTS_A_RUN = 40;

const API = '/api/v2.0';
const REPOSITORIES = `${API}/projects/${SEEDED_PROJECT}/repositories`;
const ARTIFACTS = `${REPOSITORIES}/${LARGE_REPOSITORY}/artifacts`;

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

const LISTINGS: readonly Listing[] = [
  ...pages('artifacts', ARTIFACTS, ({ artifacts }) => artifacts),
  ...pages('repositories', REPOSITORIES, ({ repositories }) => repositories + 1),
  { label: 'artifact by tag', ceiling: 3, path: () => `${ARTIFACTS}/v0.42` },
  { label: 'artifacts with a tag', ceiling: 3, path: () => `${ARTIFACTS}?q=tags=v0.42` },
  { label: 'search', ceiling: 3, path: () => `${API}/search?q=service-00042` },
  { label: 'repositories by a part of the name', ceiling: 3, path: () => `${REPOSITORIES}?q=name=~service-00042` },
  { label: 'repositories of all projects', ceiling: 3, path: () => `${API}/repositories` },
  { label: 'statistics', ceiling: 3, path: () => `${API}/statistics` },
  { label: 'quotas', ceiling: 3, path: () => `${API}/quotas` },
  { label: 'tags/list', ceiling: 3, path: () => `/v2/${SEEDED_PROJECT}/${LARGE_REPOSITORY}/tags/list?n=50` },
  { label: '_catalog', ceiling: 3, path: () => '/v2/_catalog?n=50' },
];

export const listings: Measurement = {
  name: 'listings',
  title: 'Listings of a large registry',
  method:
    `Milliseconds of a request of the management API on a registry with ${SMALL.artifacts} artifacts and on a large one ` +
    '(`npm run seed`), the median of requests sent one after the other. Pages have 10 rows.',
  async run({ scale, directory }) {
    const sizes = { small: SMALL, large: scale.seed };
    await using small = await startRoadstead(directory, { seed: sizes.small });
    await using large = await startRoadstead(directory, { seed: sizes.large });
    const contestants = LISTINGS.flatMap((listing) => [
      { name: `small ${listing.label}`, measure: () => requestMs(small, listing.path(sizes.small)) },
      { name: `large ${listing.label}`, measure: () => requestMs(large, listing.path(sizes.large)) },
    ]);
    return findings(await takeTurns(scale.runs, contestants), scale.seed);
  },
};

/** The median of some requests, after a few that warm up. */
async function requestMs(server: Roadstead, path: string): Promise<number> {
  const get = () =>
    send({ method: 'GET', url: server.origin + path, headers: { Authorization: ADMIN_BASIC }, expect: 200 });
  for (let warmUp = 0; warmUp < 5; warmUp++) await get();
  const figures: number[] = [];
  for (let count = 0; count < REQUESTS_A_RUN; count++) figures.push((await secondsOf(get)) * 1000);
  return median(figures);
}

function findings(figures: ReadonlyMap<string, readonly number[]>, seed: SeedSize): Findings {
  const measured = LISTINGS.map((listing) => {
    const [small, large] = ['small', 'large'].map((size) => median(figures.get(`${size} ${listing.label}`) ?? []));
    return { ...listing, small: small ?? Number.NaN, large: large ?? Number.NaN };
  });
  const thousands = (count: number) => count.toLocaleString('en-US');
  return {
    columns: ['ms', `${SMALL.artifacts} artifacts`, `${thousands(seed.artifacts)} artifacts`, 'ratio'],
    rows: measured.map(({ label, small, large }) => [
      label,
      small.toFixed(1),
      large.toFixed(1),
      (large / small).toFixed(2),
    ]),
    targets: measured.map(({ label, ceiling, small, large }): Target => {
      const ratio = large / small;
      const promise = `${label}: ≤ ${ceiling} × the same on a registry of ${SMALL.artifacts} artifacts`;
      return { promise, measured: `${ratio.toFixed(2)} ×`, holds: ratio <= ceiling, isRequired: false };
    }),
  };
}
