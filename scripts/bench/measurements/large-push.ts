import { send } from '#scripts/bench/client/http';
import { RegistryClient } from '#scripts/bench/client/registry-client';
import { SyntheticBlob } from '#scripts/bench/client/synthetic-blob';
import { type Bench, type Findings, type Measurement, ratioTarget } from '#scripts/bench/measurement';
import { startLineUp } from '#scripts/bench/peers/line-up';
import type { Peer, RegistryPeer } from '#scripts/bench/peers/peer';
import { comparisonRows, mebibytes, ratioOf } from '#scripts/bench/report/comparison';
import { type Contestant, secondsOf, takeTurns } from '#scripts/bench/statistics';

const FLOOR = 'bare worker, R2.put';
const STREAMED = 'Roadstead, PATCH without length';

export const largePush: Measurement = {
  name: 'large-push',
  title: 'Streamed push of one large layer',
  method:
    'POST, one PATCH with Transfer-Encoding: chunked, PUT with the digest, as docker pushes; and the same with a ' +
    'Content-Length, as skopeo pushes. The bare worker stores the same number of bytes with one R2.put.',
  async run(bench) {
    await using peers = await startLineUp(bench.directory);
    const contestants = [
      bareContestant(bench, peers.bareWorker),
      registryContestant(bench, STREAMED, peers.roadstead, (client, blob) => client.pushStreamed(blob)),
      registryContestant(bench, 'Roadstead, PATCH with length', peers.roadstead, (client, blob) =>
        client.pushWithLength(blob),
      ),
    ];
    if (peers.dockerRegistry !== undefined) {
      contestants.push(
        registryContestant(bench, 'docker-registry, PATCH without length', peers.dockerRegistry, (client, blob) =>
          client.pushStreamed(blob),
        ),
      );
    }
    return findings(bench, await takeTurns(bench.scale.runs, contestants));
  },
};

function findings({ scale }: Bench, figures: ReadonlyMap<string, readonly number[]>): Findings {
  const promise = `streamed push of ${mebibytes(scale.largeBlobBytes)} ≥ 0.85 × the bare worker's R2.put`;
  return {
    columns: ['', 'MiB/s', `× ${FLOOR}`],
    rows: comparisonRows(figures, FLOOR, 0),
    targets: [ratioTarget(promise, ratioOf(figures, STREAMED, FLOOR), 0.85, true)],
  };
}

function bareContestant({ scale }: Bench, peer: Peer): Contestant {
  return {
    name: FLOOR,
    async measure() {
      const blob = new SyntheticBlob(scale.largeBlobBytes);
      const url = `${peer.origin}/${blob.digest}`;
      const headers = { 'content-length': blob.sizeBytes };
      const seconds = await secondsOf(() => send({ method: 'PUT', url, headers, body: blob.pieces(), expect: 201 }));
      await send({ method: 'DELETE', url, expect: 202 });
      return blob.sizeBytes / 1024 ** 2 / seconds;
    },
  };
}

function registryContestant(
  { scale }: Bench,
  name: string,
  peer: RegistryPeer,
  push: (client: RegistryClient, blob: SyntheticBlob) => Promise<void>,
): Contestant {
  return {
    name,
    async measure() {
      const client = await RegistryClient.logIn(peer, 'library/large');
      const blob = new SyntheticBlob(scale.largeBlobBytes);
      const seconds = await secondsOf(() => push(client, blob));
      return blob.sizeBytes / 1024 ** 2 / seconds;
    },
  };
}
