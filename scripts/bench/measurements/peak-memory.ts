import { RegistryClient } from '#scripts/bench/client/registry-client';
import { SyntheticBlob } from '#scripts/bench/client/synthetic-blob';
import type { Bench, Measurement } from '#scripts/bench/measurement';
import { type Roadstead, startRoadstead } from '#scripts/bench/peers/roadstead';
import { peakResidentBytes, residentBytes } from '#scripts/bench/process-tree';
import { mebibytes } from '#scripts/bench/report/comparison';

const PUSHERS = 8;
const WARM_UP_BYTES = 8 * 1024 ** 2;
const TOLERANCE = 1.2;

interface Memory {
  readonly warmBytes: number;
  readonly peakBytes: number;
}

export const peakMemory: Measurement = {
  name: 'peak-memory',
  title: `Peak memory with ${PUSHERS} pushes at once`,
  method:
    'Resident memory of the whole process tree of a fresh server, sampled every 50 ms. Both servers first take one small ' +
    'layer from each pusher, then the same number of bytes: small layers in many rounds, or large ones in one.',
  async run(bench) {
    const [smallBytes, largeBytes] = bench.scale.memoryLayerBytes;
    const small = await memoryFor(bench, smallBytes, largeBytes / smallBytes);
    const large = await memoryFor(bench, largeBytes, 1);
    const ratio = large.peakBytes / small.peakBytes;
    const sizes = `${mebibytes(smallBytes)} and ${mebibytes(largeBytes)}`;
    return {
      columns: ['layer', 'warm, MiB', 'peak, MiB'],
      rows: [
        [`${PUSHERS} × ${mebibytes(smallBytes)}, ${largeBytes / smallBytes} rounds`, ...row(small)],
        [`${PUSHERS} × ${mebibytes(largeBytes)}`, ...row(large)],
      ],
      targets: [
        {
          promise: `peak memory with ${PUSHERS} pushes at once is the same for layers of ${sizes} (within 20 %)`,
          measured: `${ratio.toFixed(2)} ×`,
          holds: ratio <= TOLERANCE && ratio >= 1 / TOLERANCE,
          isRequired: true,
        },
      ],
    };
  },
};

async function memoryFor({ directory }: Bench, layerBytes: number, rounds: number): Promise<Memory> {
  await using roadstead = await startRoadstead(directory);
  await pushAtOnce(roadstead, WARM_UP_BYTES);
  const warmBytes = residentBytes(roadstead.pid);
  const peakBytes = await peakResidentBytes(roadstead.pid, async () => {
    for (let round = 0; round < rounds; round++) await pushAtOnce(roadstead, layerBytes);
  });
  return { warmBytes, peakBytes };
}

async function pushAtOnce(roadstead: Roadstead, layerBytes: number): Promise<void> {
  const client = await RegistryClient.logIn(roadstead, 'library/memory');
  const blobs = Array.from({ length: PUSHERS }, () => new SyntheticBlob(layerBytes));
  await Promise.all(blobs.map((blob) => client.pushStreamed(blob)));
}

function row({ warmBytes, peakBytes }: Memory): string[] {
  return [warmBytes, peakBytes].map((bytes) => (bytes / 1024 ** 2).toFixed(0));
}
