import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type CrashOutcome, crashDuringPushes } from '#test/crash/crash-point';
import { Journal } from '#test/crash/journal';
import { REPOSITORIES } from '#test/crash/plan';
import { Pusher } from '#test/crash/pusher';
import { Random } from '#test/crash/random';
import { RegistryClient } from '#test/crash/registry-client';
import { countObjects, type ObjectCount } from '#test/crash/state-inspection';
import { verifyBlobs, verifyListings, verifyManifests } from '#test/crash/verification';
import { freePort } from '#test/support/suites/free-port';
import { Report } from '#test/support/suites/report';
import { type Registry, RoadsteadServer, type ServerOptions } from '#test/support/suites/roadstead-server';
import { withScratchDirectory } from '#test/support/suites/scratch-directory';

/** How long pushes may run before the kill. The shortest hits the first requests, the longest whole images. */
const DELAY_MS = { least: 15, most: 1800 } as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seed: { type: 'string' }, points: { type: 'string', default: '20' } } });
  const seed = Number(values.seed ?? Date.now() % 2 ** 32);
  console.log(`# seed ${seed} (--seed ${seed} plans the same pushes and delays again)`);
  const report = new Report();
  await withScratchDirectory('crash', async (directory) => {
    const options = { stateDirectory: join(directory, 'state'), logFile: join(directory, 'server.log') };
    const server = { ...options, port: await freePort() };
    await runPoints({ server, report, random: new Random(seed), points: Number(values.points) });
  });
  report.finish();
}

interface Run {
  readonly server: ServerOptions;
  readonly report: Report;
  readonly random: Random;
  readonly points: number;
}

async function runPoints({ server, report, random, points }: Run): Promise<void> {
  const table: Record<string, unknown>[] = [];
  const whole = new Journal();
  let running = await RoadsteadServer.start(server);
  try {
    for (let point = 1; point <= points; point += 1) {
      const delayMs = random.integer(DELAY_MS.least, DELAY_MS.most);
      const blobsBefore = whole.blobs.length;
      const manifestsBefore = whole.manifests.length;
      const client = await connect(running.registry);
      const outcome = await crashDuringPushes({
        client,
        journal: whole,
        random: random.fork(),
        name: `p${point}`,
        delayMs,
        kill: () => running.kill(),
      });
      client.close();
      const blobs = whole.blobs.slice(blobsBefore);
      const manifests = whole.manifests.slice(manifestsBefore);
      const label = `point ${point}, kill after ${delayMs} ms`;
      await report.check(`${label}: no push failed before the kill`, async () => {
        if (outcome.failures.length > 0) throw new Error(outcome.failures.join('\n'));
      });
      const objects = countObjects(server.stateDirectory);
      await checkObjects(report, label, objects);
      running = await RoadsteadServer.start(server);
      const fresh = await connect(running.registry);
      await report.check(`${label}: ${blobs.length} acknowledged blobs pull`, () => verifyBlobs(fresh, blobs));
      await report.check(`${label}: ${manifests.length} acknowledged manifests and their tags pull`, () =>
        verifyManifests(fresh, manifests, whole.expectedTags()),
      );
      await report.check(`${label}: nothing half-written is listed`, () => verifyListings(fresh));
      await repeatPushes(report, label, fresh, whole, outcome);
      fresh.close();
      table.push(row({ point, delayMs, outcome, blobs: blobs.length, manifests: manifests.length, objects }));
    }
    await verifyAll(report, running.registry, whole);
  } finally {
    await running.stop();
  }
  await checkObjects(report, 'after a stop in order', countObjects(server.stateDirectory));
  console.table(table);
}

async function repeatPushes(
  report: Report,
  label: string,
  client: RegistryClient,
  journal: Journal,
  { interrupted }: CrashOutcome,
): Promise<void> {
  const blobsBefore = journal.blobs.length;
  await report.check(`${label}: ${interrupted.length} interrupted pushes succeed when repeated`, async () => {
    const pusher = new Pusher({ client, journal });
    for (const plan of interrupted) await pusher.push(plan);
    await verifyBlobs(client, journal.blobs.slice(blobsBefore));
  });
}

async function verifyAll(report: Report, registry: Registry, journal: Journal): Promise<void> {
  const client = await connect(registry);
  await report.check(`after all points: ${journal.blobs.length} acknowledged blobs pull`, () =>
    verifyBlobs(client, journal.blobs),
  );
  await report.check(`after all points: ${journal.manifests.length} acknowledged manifests and their tags pull`, () =>
    verifyManifests(client, journal.manifests, journal.expectedTags()),
  );
  await report.check('after all points: nothing half-written is listed', () => verifyListings(client));
  client.close();
}

function checkObjects(report: Report, label: string, { objects, orphans }: ObjectCount): Promise<void> {
  return report.check(`${label}: each of ${objects} R2 objects has a row or an intent`, async () => {
    if (orphans.length > 0) throw new Error(`without either: ${orphans.slice(0, 20).join(' ')}`);
  });
}

function connect(registry: Registry): Promise<RegistryClient> {
  const repositories = REPOSITORIES.flatMap((name) => [name, `${name}-source`]);
  return RegistryClient.connect(registry, [
    ...repositories.map((name) => `repository:${name}:pull,push`),
    'registry:catalog:*',
  ]);
}

interface PointResult {
  readonly point: number;
  readonly delayMs: number;
  readonly outcome: CrashOutcome;
  readonly blobs: number;
  readonly manifests: number;
  readonly objects: ObjectCount;
}

function row({ point, delayMs, outcome, blobs, manifests, objects }: PointResult): Record<string, unknown> {
  const methods = outcome.inFlight.map((request) => request.slice(0, request.indexOf(' ')));
  return {
    point,
    'kill after (ms)': delayMs,
    'in flight': methods.join(' '),
    'acknowledged blobs': blobs,
    'acknowledged manifests': manifests,
    'interrupted pushes': outcome.interrupted.length,
    'R2 objects': objects.objects,
    'objects with an intent only': objects.remembered,
  };
}

await main();
