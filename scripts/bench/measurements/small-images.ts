import { send } from '#scripts/bench/client/http';
import { type SyntheticImage, syntheticImage } from '#scripts/bench/client/image';
import { RegistryClient } from '#scripts/bench/client/registry-client';
import { type Bench, type Measurement, ratioTarget } from '#scripts/bench/measurement';
import { startLineUp } from '#scripts/bench/peers/line-up';
import type { Peer, RegistryPeer } from '#scripts/bench/peers/peer';
import { comparisonRows, ratioOf } from '#scripts/bench/report/comparison';
import { type Contestant, secondsOf, takeTurns } from '#scripts/bench/statistics';

const PUSHERS = 4;
const SHAPE = { layers: 6, layerBytes: 512 * 1024, configBytes: 2048 };
const FLOOR = 'bare worker';
const ROADSTEAD = 'Roadstead';

/** Pushes one image; each pusher has its own. */
type Push = (image: SyntheticImage) => Promise<void>;

export const smallImages: Measurement = {
  name: 'small-images',
  title: 'Push of small images',
  method:
    `Images of ${SHAPE.layers} layers of 0.5 MiB and a config, pushed by ${PUSHERS} clients at once, each into its own ` +
    'repository: HEAD, POST, PATCH without length and PUT for each blob, then PUT of the manifest. The bare worker does ' +
    'one R2.put for each of the same blobs and knows no manifest.',
  async run(bench) {
    await using peers = await startLineUp(bench.directory);
    const contestants = [
      contestant(bench, FLOOR, () => Promise.resolve(barePush(peers.bareWorker))),
      ...peers.registries.map((registry) =>
        contestant(bench, registry.name, (pusher) => registryPush(registry, `library/small-${pusher}`)),
      ),
    ];
    for (const each of contestants) await each.measure(0); // Warms up.
    const figures = await takeTurns(bench.scale.runs, contestants);
    const ratio = ratioOf(figures, ROADSTEAD, FLOOR);
    return {
      columns: ['', 'images/s', `× ${FLOOR}`],
      rows: comparisonRows(figures, FLOOR, 1),
      targets: [ratioTarget('push of images of 6 × 0.5 MiB ≥ 0.75 × one R2.put a blob', ratio, 0.75, false)],
    };
  },
};

function contestant({ scale }: Bench, name: string, pusherOf: (pusher: number) => Promise<Push>): Contestant {
  return {
    name,
    async measure() {
      const pushers = await Promise.all(Array.from({ length: PUSHERS }, (_, pusher) => pusherOf(pusher)));
      const work = pushers.map((push) => ({
        push,
        images: Array.from({ length: scale.imagesPerPusher }, () => syntheticImage(SHAPE)),
      }));
      const seconds = await secondsOf(() => Promise.all(work.map(({ push, images }) => inTurn(images, push))));
      return (PUSHERS * scale.imagesPerPusher) / seconds;
    },
  };
}

async function inTurn(images: readonly SyntheticImage[], push: Push): Promise<void> {
  for (const image of images) await push(image);
}

function barePush(peer: Peer): Push {
  return async ({ blobs }) => {
    for (const blob of blobs) {
      const headers = { 'content-length': blob.sizeBytes };
      await send({ method: 'PUT', url: `${peer.origin}/${blob.digest}`, headers, body: blob.pieces(), expect: 201 });
    }
  };
}

async function registryPush(peer: RegistryPeer, repository: string): Promise<Push> {
  const client = await RegistryClient.logIn(peer, repository);
  return (image) => client.push('latest', image);
}
