import type { OperationKind } from '#core/operation-counts';
import { syntheticImage } from '#scripts/bench/client/image';
import { countOperations, type LoggedOperations } from '#scripts/bench/client/operation-log';
import { RegistryClient } from '#scripts/bench/client/registry-client';
import type { Measurement } from '#scripts/bench/measurement';
import { startRoadstead } from '#scripts/bench/peers/roadstead';

const SHAPE = { layers: 6, layerBytes: 512 * 1024, configBytes: 2048 };
const REPOSITORY = 'library/billed';

/** Dollars a million beyond what the paid plan includes (developers.cloudflare.com, November 2026). */
const PRICES = {
  d1RowsRead: { label: 'D1 rows read', dollars: 0.001 },
  d1RowsWritten: { label: 'D1 rows written', dollars: 1 },
  r2ClassA: { label: 'R2 class A operations', dollars: 4.5 },
  r2ClassB: { label: 'R2 class B operations', dollars: 0.36 },
  doRequests: { label: 'Durable Object requests', dollars: 0.15 },
  queueOps: { label: 'Queue operations', dollars: 0.4 },
  d1Queries: { label: 'D1 statements (not billed)', dollars: 0 },
} as const satisfies Record<OperationKind, { readonly label: string; readonly dollars: number }>;

const REQUEST_DOLLARS = 0.3;

const priced = Object.entries(PRICES) as [OperationKind, { readonly label: string; readonly dollars: number }][];

export const billableOperations: Measurement = {
  name: 'billable-operations',
  title: 'Billable operations',
  method:
    `One image of ${SHAPE.layers} layers of 0.5 MiB and a config: pushed to a repository that exists, pulled once from a ` +
    'server that has just started, and pulled again; each with the token request that a client makes first and with the ' +
    'queue messages that follow. CPU time, storage and the free allowance are left out.',
  async run({ directory }) {
    await using roadstead = await startRoadstead(directory);
    const image = syntheticImage(SHAPE);
    const push = async (tag: string, pushed = image) =>
      (await RegistryClient.logIn(roadstead, REPOSITORY)).push(tag, pushed);
    const pull = async () => (await RegistryClient.logIn(roadstead, REPOSITORY)).pull('latest', image);

    await push('first', syntheticImage(SHAPE));
    const logged = [await countOperations(roadstead, () => push('latest'))];
    await roadstead.restart();
    logged.push(await countOperations(roadstead, pull), await countOperations(roadstead, pull));
    return {
      columns: ['', '$ a million', 'push', 'cold pull', 'warm pull'],
      rows: [
        ['Worker requests', String(REQUEST_DOLLARS), ...logged.map(({ requests }) => String(requests))],
        ...priced.map(([operation, { label, dollars }]) => [
          label,
          String(dollars),
          ...logged.map(({ counts }) => String(counts[operation])),
        ]),
        ['a million of them, $', '', ...logged.map((each) => cost(each).toFixed(2))],
      ],
      targets: [],
    };
  },
};

/** An operation at so many dollars a million costs as many dollars for a million pushes that need it once. */
function cost({ requests, counts }: LoggedOperations): number {
  return priced.reduce(
    (sum, [operation, { dollars }]) => sum + counts[operation] * dollars,
    requests * REQUEST_DOLLARS,
  );
}
