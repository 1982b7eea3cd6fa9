import { send } from '#scripts/bench/client/http';
import { MANIFEST_TYPE, type SyntheticImage, syntheticImage } from '#scripts/bench/client/image';
import { RegistryClient } from '#scripts/bench/client/registry-client';
import { requestRate } from '#scripts/bench/client/request-rate';
import { type Findings, type Measurement, ratioTarget } from '#scripts/bench/measurement';
import { type LineUp, startLineUp } from '#scripts/bench/peers/line-up';
import { median, takeTurns } from '#scripts/bench/statistics';

const CONNECTIONS = 16;
const SMALL_BLOB_BYTES = 10 * 1024;

/** What is read, and the least Roadstead should reach as a multiple of docker-registry. */
const READS = [
  { label: 'manifest by digest', floor: 2, path: (image: SyntheticImage) => `manifests/${image.manifestDigest}` },
  { label: 'manifest by tag', floor: 0.7, path: () => 'manifests/latest' },
  { label: 'blob of 10 KiB', floor: 2, path: (image: SyntheticImage) => `blobs/${image.blobs[0]?.digest}` },
] as const;

type Read = (typeof READS)[number];

/** Requests a second of one peer for one kind of read. */
interface Rate {
  readonly peer: string;
  readonly read: Read;
  readonly url: string;
  readonly authorization: string | undefined;
}

export const smallReads: Measurement = {
  name: 'small-reads',
  title: 'Small reads',
  method:
    `Requests a second at ${CONNECTIONS} connections, warm. Roadstead is given a token; docker-registry asks for none. ` +
    'The bare worker answers each with one R2.get of as many bytes.',
  async run({ scale, directory }) {
    await using peers = await startLineUp(directory);
    const rates = await preparedRates(peers);
    const measured = (rate: Rate, seconds: number) =>
      requestRate({
        url: rate.url,
        headers: { Authorization: rate.authorization, Accept: MANIFEST_TYPE },
        connections: CONNECTIONS,
        seconds,
      });
    for (const rate of rates) await measured(rate, 1); // Warms up.
    const contestants = rates.map((rate) => ({
      name: nameOf(rate.peer, rate.read),
      measure: () => measured(rate, scale.rateSeconds),
    }));
    return findings(await takeTurns(scale.runs, contestants), peers);
  },
};

/** Pushes one image everywhere and names all that will be read. */
async function preparedRates(peers: LineUp): Promise<Rate[]> {
  const image = syntheticImage({ layers: 1, layerBytes: SMALL_BLOB_BYTES, configBytes: 2048 });
  const rates: Rate[] = [];
  for (const read of READS) {
    const url = `${peers.bareWorker.origin}/${read.label.replaceAll(' ', '-')}`;
    const body = read.label.startsWith('blob') ? image.blobs[0]?.bytes() : image.manifest;
    await send({
      method: 'PUT',
      url,
      headers: { 'content-length': body?.length },
      body: body ? [body] : [],
      expect: 201,
    });
    rates.push({ peer: peers.bareWorker.name, read, url, authorization: undefined });
  }
  for (const registry of peers.registries) {
    const client = await RegistryClient.logIn(registry, 'library/small');
    await client.push('latest', image);
    for (const read of READS) {
      const url = client.url(read.path(image));
      rates.push({ peer: registry.name, read, url, authorization: client.authorization });
    }
  }
  return rates;
}

function findings(figures: ReadonlyMap<string, readonly number[]>, peers: LineUp): Findings {
  const rate = (peer: string, read: Read) => median(figures.get(nameOf(peer, read)) ?? []);
  const { bareWorker, roadstead, dockerRegistry } = peers;
  const names = [bareWorker, ...peers.registries].map(({ name }) => name);
  const ratio = (read: Read) =>
    dockerRegistry === undefined ? undefined : rate(roadstead.name, read) / rate(dockerRegistry.name, read);
  return {
    columns: ['requests/s', ...names, 'Roadstead × docker-registry'],
    rows: READS.map((read) => [
      read.label,
      ...names.map((name) => rate(name, read).toFixed(0)),
      ratio(read)?.toFixed(2) ?? '–',
    ]),
    targets: READS.flatMap((read) => {
      const reached = ratio(read);
      const promise = `GET of a ${read.label} ≥ ${read.floor} × docker-registry's requests/s`;
      return reached === undefined ? [] : [ratioTarget(promise, reached, read.floor, false)];
    }),
  };
}

function nameOf(peer: string, read: Read): string {
  return `${peer}: ${read.label}`;
}
