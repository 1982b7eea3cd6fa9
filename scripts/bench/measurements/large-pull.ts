import { drain } from '#scripts/bench/client/drain';
import { send } from '#scripts/bench/client/http';
import { RegistryClient } from '#scripts/bench/client/registry-client';
import { SyntheticBlob } from '#scripts/bench/client/synthetic-blob';
import { type Measurement, ratioTarget } from '#scripts/bench/measurement';
import { type LineUp, startLineUp } from '#scripts/bench/peers/line-up';
import { comparisonRows, mebibytes, ratioOf } from '#scripts/bench/report/comparison';
import { type Contestant, secondsOf, takeTurns } from '#scripts/bench/statistics';

const FLOOR = 'bare worker, whole object';
const FLOOR_PARTS = 'bare worker, object in parts';
const WHOLE = 'Roadstead, pushed in one request';
const STREAMED = 'Roadstead, pushed as docker does';
/** Of the same size as Roadstead's. */
const PART_BYTES = 8 * 1024 * 1024;

export const largePull: Measurement = {
  name: 'large-pull',
  title: 'Pull of one large layer',
  method:
    'GET of a blob that each peer holds, read to its end and dropped; the bare worker answers with R2.get. A blob that ' +
    'arrives without a length is an object in parts, which the local R2 simulator joins in JavaScript at about ' +
    '110 MiB/s, whoever asks; so each kind is compared with its own.',
  async run({ scale, directory }) {
    await using peers = await startLineUp(directory);
    const contestants = await holdersOf(scale.largeBlobBytes, peers);
    for (const contestant of contestants) await contestant.measure(0); // One pull before anybody takes the time.
    const figures = await takeTurns(scale.runs, contestants);
    const size = mebibytes(scale.largeBlobBytes);
    const whole = `pull of ${size} ≥ 0.9 × the bare worker's R2.get`;
    const parts = `the same of an object in parts ≥ 0.9 × the bare worker's R2.get of one`;
    return {
      columns: ['', 'MiB/s', `× ${FLOOR}`],
      rows: comparisonRows(figures, FLOOR, 0),
      targets: [
        ratioTarget(whole, ratioOf(figures, WHOLE, FLOOR), 0.9, true),
        ratioTarget(parts, ratioOf(figures, STREAMED, FLOOR_PARTS), 0.9, true),
      ],
    };
  },
};

/** Gives every peer a blob, Roadstead and the bare worker one of each kind. */
async function holdersOf(sizeBytes: number, peers: LineUp): Promise<Contestant[]> {
  const blob = new SyntheticBlob(sizeBytes);
  const bare = peers.bareWorker.origin;
  const headers = { 'content-length': sizeBytes };
  await send({ method: 'PUT', url: `${bare}/whole`, headers, body: blob.pieces(), expect: 201 });
  await putInParts(`${bare}/parts`, blob);
  const contestants = [puller(FLOOR, `${bare}/whole`, undefined), puller(FLOOR_PARTS, `${bare}/parts`, undefined)];
  for (const registry of peers.registries) {
    const client = await RegistryClient.logIn(registry, 'library/large');
    const pull = (name: string, { digest }: SyntheticBlob) =>
      contestants.push(puller(name, client.url(`blobs/${digest}`), client.authorization));
    const isRoadstead = registry.name === 'Roadstead';
    await client.pushStreamed(blob);
    pull(isRoadstead ? STREAMED : registry.name, blob);
    if (!isRoadstead) continue;
    const another = new SyntheticBlob(sizeBytes);
    await client.pushWhole(another);
    pull(WHOLE, another);
  }
  return contestants;
}

async function putInParts(url: string, blob: SyntheticBlob): Promise<void> {
  const started = await send({ method: 'POST', url, expect: 200 });
  const upload = encodeURIComponent(JSON.parse(started.body.toString()) as string);
  const parts: unknown[] = [];
  for (let start = 0; start < blob.sizeBytes; start += PART_BYTES) {
    const end = Math.min(start + PART_BYTES, blob.sizeBytes);
    const partUrl = `${url}?upload=${upload}&part=${parts.length + 1}`;
    const headers = { 'content-length': end - start };
    const stored = await send({ method: 'PUT', url: partUrl, headers, body: blob.pieces(start, end), expect: 200 });
    parts.push(JSON.parse(stored.body.toString()));
  }
  const body = [Buffer.from(JSON.stringify(parts))];
  await send({ method: 'POST', url: `${url}?upload=${upload}`, body, expect: 200 });
}

function puller(name: string, url: string, authorization: string | undefined): Contestant {
  return {
    name,
    async measure() {
      let receivedBytes = 0;
      const seconds = await secondsOf(async () => {
        receivedBytes = await drain(url, authorization);
      });
      return receivedBytes / 1024 ** 2 / seconds;
    },
  };
}
