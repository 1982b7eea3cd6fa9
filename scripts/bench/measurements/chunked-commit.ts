import { countOperations } from '#scripts/bench/client/operation-log';
import { RegistryClient } from '#scripts/bench/client/registry-client';
import { SyntheticBlob } from '#scripts/bench/client/synthetic-blob';
import type { Measurement } from '#scripts/bench/measurement';
import { startLineUp } from '#scripts/bench/peers/line-up';
import { mebibytes } from '#scripts/bench/report/comparison';
import { median, secondsOf } from '#scripts/bench/statistics';

export const chunkedCommit: Measurement = {
  name: 'chunked-commit',
  title: 'Commit after many chunks',
  method:
    'PATCHes with Content-Range, every third a little shorter than the others, as a layer of many gigabytes would ' +
    'come; then the PUT that names the digest. R2 reads are counted from the log line of that PUT.',
  async run({ scale, directory }) {
    await using peers = await startLineUp(directory);
    const chunkSizes = Array.from(
      { length: scale.chunks },
      (_, index) => scale.chunkBytes - (index % 3 === 2 ? 12_345 : 0),
    );
    const sizeBytes = chunkSizes.reduce((sum, size) => sum + size, 0);
    const rows: string[][] = [];
    let reads = 0;
    for (const registry of peers.registries) {
      const client = await RegistryClient.logIn(registry, 'library/chunked');
      const seconds: number[] = [];
      for (let run = 0; run < scale.runs; run++) {
        const blob = new SyntheticBlob(sizeBytes);
        const location = await client.uploadInChunks(blob, chunkSizes);
        const commit = async () => seconds.push(await secondsOf(() => client.finishUpload(location, blob)));
        if (registry === peers.roadstead) reads += (await countOperations(peers.roadstead, commit)).counts.r2ClassB;
        else await commit();
      }
      rows.push([registry.name, (median(seconds) * 1000).toFixed(0)]);
    }
    return {
      columns: [`${mebibytes(sizeBytes)} in ${scale.chunks} chunks`, 'final PUT, ms'],
      rows,
      targets: [
        {
          promise: `a commit after ${scale.chunks} chunked PATCHes reads no blob bytes back`,
          measured: `${reads} R2 reads`,
          holds: reads === 0,
          isRequired: true,
        },
      ],
    };
  },
};
