import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '#scripts/bench/client/http';
import { syntheticImage } from '#scripts/bench/client/image';
import { RegistryClient } from '#scripts/bench/client/registry-client';
import type { Bench, Measurement } from '#scripts/bench/measurement';
import { ADMIN_BASIC, type Roadstead, startRoadstead } from '#scripts/bench/peers/roadstead';
import { median, secondsOf } from '#scripts/bench/statistics';
import { fillWithGarbage } from '#scripts/seed/seed-state';

const GARBAGE = 10_000;
/** Live blobs beside it: so many, and a hundredth. */
const FACTOR = 100;
const TOLERANCE = 1.2;
const PUSHERS = 4;
const LEAST_THROUGHPUT = 0.9;
/** Each question is a request more beside the pushes; times are those of the log. */
const POLL_MS = 1_000;
const SHAPE = { layers: 2, layerBytes: 64 * 1024, configBytes: 1024 };
const API = '/api/v2.0';

interface Run {
  readonly seconds: number;
  readonly purged: number;
}

/** Images a second that all pushers pushed together. */
interface Pushes {
  readonly beside: number;
  readonly alone: number;
}

export const garbageCollection: Measurement = {
  name: 'gc',
  title: 'Garbage collection beside a large registry',
  method:
    `${GARBAGE.toLocaleString('en')} blobs that nothing needs, in a seeded registry: links that no manifest needs, old enough. ` +
    'Time of a run from its first slice to its last, as its log tells; the two registries take turns. And images of ' +
    `${SHAPE.layers} × 64 KiB, pushed by ${PUSHERS} clients at once while garbage is collected over and over, and without; a ` +
    'push that fails ends the measurement.',
  async run(bench) {
    const { blobs } = bench.scale.seed;
    await using small = await startSeeded(bench, blobs / FACTOR);
    await using large = await startSeeded(bench, blobs);
    const times = { small: [] as number[], large: [] as number[] };
    for (let run = 0; run < bench.scale.runs; run++) {
      times.small.push(await timed(small, run));
      times.large.push(await timed(large, run));
    }
    const pushes = await comparePushes(large, bench);
    const ratio = median(times.large) / median(times.small);
    const throughput = pushes.beside / pushes.alone;
    return {
      columns: ['live blobs', 'time of a run, s (median)', 'blobs a second', 'images/s beside it', 'images/s without'],
      rows: [
        row(blobs / FACTOR, median(times.small), ['', '']),
        row(blobs, median(times.large), [pushes.beside.toFixed(1), pushes.alone.toFixed(1)]),
      ],
      targets: [
        {
          promise: `garbage collection beside ${FACTOR} times the live blobs takes ≤ ${TOLERANCE} × the time`,
          measured: `${ratio.toFixed(2)} ×`,
          holds: ratio <= TOLERANCE,
          isRequired: true,
        },
        {
          promise: `pushes beside garbage collection ≥ ${LEAST_THROUGHPUT} × those without, none failed`,
          measured: `${throughput.toFixed(2)} ×`,
          holds: throughput >= LEAST_THROUGHPUT,
          isRequired: false,
        },
      ],
    };
  },
};

function startSeeded({ directory }: Bench, blobs: number): Promise<Roadstead> {
  const artifacts = blobs / 10;
  return startRoadstead(directory, { seed: { repositories: 1, artifacts, blobs, projects: 1, auditEntries: 1 } });
}

async function timed(server: Roadstead, round: number): Promise<number> {
  await server.restart(() => fillWithGarbage(server.stateDir, { first: round * GARBAGE, count: GARBAGE }));
  const { seconds, purged } = await collect(server);
  if (purged !== GARBAGE) throw new Error(`garbage collection took ${purged} blobs of ${GARBAGE}`);
  return seconds;
}

/** A run from its first slice to its last, by the times of its log. */
async function collect(server: Roadstead): Promise<Run> {
  const begun = await ask(server, 'POST', '/system/gc/schedule', { schedule: { type: 'Manual' }, parameters: {} }, 201);
  const path = String(begun.headers['location']).slice(API.length);
  for (;;) {
    const { job_status: status, job_parameters: parameters } = await read(server, path);
    if (status === 'Error') throw new Error('garbage collection failed');
    if (status === 'Success') {
      const { purged_blobs: purged } = JSON.parse(parameters) as { purged_blobs: number };
      const log = String((await ask(server, 'GET', `${path}/log`)).body)
        .trim()
        .split('\n');
      const timeOf = (line: string | undefined) => Date.parse((line ?? '').split(' ')[0] ?? '');
      return { purged, seconds: (timeOf(log.at(-1)) - timeOf(log[0])) / 1000 };
    }
    await sleep(POLL_MS);
  }
}

async function read(server: Roadstead, path: string) {
  const { body } = await ask(server, 'GET', path);
  return JSON.parse(String(body)) as { readonly job_status: string; readonly job_parameters: string };
}

/** In turns, so that a slow minute hits both. Each turn beside a collection begins with as much garbage as the runs above. */
async function comparePushes(server: Roadstead, bench: Bench): Promise<Pushes> {
  const figures = { beside: [] as number[], alone: [] as number[] };
  for (let run = 0; run < bench.scale.runs; run++) {
    const first = (bench.scale.runs + run) * GARBAGE;
    await server.restart(() => fillWithGarbage(server.stateDir, { first, count: GARBAGE }));
    figures.alone.push(await push(server, bench));
    const [images] = await Promise.all([push(server, bench), collect(server)]);
    figures.beside.push(images);
  }
  return { beside: median(figures.beside), alone: median(figures.alone) };
}

async function push(server: Roadstead, { scale }: Bench): Promise<number> {
  const pushers = await Promise.all(
    Array.from({ length: PUSHERS }, (_, pusher) => RegistryClient.logIn(server, `library/gc-${pusher}`)),
  );
  const images = pushers.map(() => Array.from({ length: scale.imagesPerPusher * 5 }, () => syntheticImage(SHAPE)));
  const seconds = await secondsOf(() =>
    Promise.all(
      pushers.map(async (client, pusher) => {
        for (const image of images[pusher] ?? []) await client.push('latest', image);
      }),
    ),
  );
  return images.flat().length / seconds;
}

function ask(server: Roadstead, method: string, path: string, request?: unknown, expect = 200) {
  const body = request === undefined ? undefined : Buffer.from(JSON.stringify(request));
  const headers = {
    Authorization: ADMIN_BASIC,
    'Content-Type': body && 'application/json',
    'Content-Length': body?.length,
  };
  return send({ method, url: `${server.origin}${API}${path}`, headers, ...(body && { body: [body] }), expect });
}

function row(blobs: number, seconds: number, pushes: readonly string[]): readonly string[] {
  return [
    blobs.toLocaleString('en-US'),
    seconds.toFixed(2),
    Math.round(GARBAGE / seconds).toLocaleString('en-US'),
    ...pushes,
  ];
}
