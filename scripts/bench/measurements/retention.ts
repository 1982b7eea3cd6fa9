import { setTimeout as sleep } from 'node:timers/promises';
import { send } from '#scripts/bench/client/http';
import type { Bench, Measurement } from '#scripts/bench/measurement';
import { ADMIN_BASIC, type Roadstead, startRoadstead } from '#scripts/bench/peers/roadstead';
import { peakResidentBytes } from '#scripts/bench/process-tree';
import { mebibytes } from '#scripts/bench/report/comparison';
import { LARGE_REPOSITORY, SEEDED_PROJECT } from '#scripts/seed/rows';

const API = '/api/v2.0';
/** Artifacts that the rule keeps. */
const KEPT = 1_000;
/** The small repository is so much smaller than the large one. */
const FACTOR = 10;
/** Of the whole server, which holds the events of what was deleted; a copy of the repository would be ten times. */
const TOLERANCE = 1.5;
const POLL_MS = 250;

interface Run {
  readonly seconds: number;
  readonly peakBytes: number;
  readonly total: number;
  readonly retained: number;
}

export const retention: Measurement = {
  name: 'retention',
  title: 'Tag retention of a large repository',
  method:
    `A policy that keeps the ${KEPT} artifacts pushed last, on a seeded repository with a tag an artifact: a dry run and ` +
    'then the run that deletes. Time from the first slice of its task to the last; resident memory of the whole process tree, ' +
    'sampled every 50 ms.',
  async run(bench) {
    const { artifacts } = bench.scale.seed;
    const small = await measure(bench, artifacts / FACTOR);
    const large = await measure(bench, artifacts);
    const ratio = large.wet.peakBytes / small.wet.peakBytes;
    return {
      columns: ['tags', 'dry run, s', 'run, s', 'deleted a second', 'peak of the dry run, MiB', 'peak of the run, MiB'],
      rows: [row(artifacts / FACTOR, small), row(artifacts, large)],
      targets: [
        {
          promise: `retention over ${FACTOR} times the tags takes the same memory (within 50 %)`,
          measured: `${ratio.toFixed(2)} ×`,
          holds: ratio <= TOLERANCE,
          isRequired: true,
        },
      ],
    };
  },
};

async function measure({ directory }: Bench, artifacts: number): Promise<{ readonly dry: Run; readonly wet: Run }> {
  const others = { repositories: 1, projects: 1, auditEntries: 1 };
  await using server = await startRoadstead(directory, { seed: { ...others, artifacts, blobs: 2 * (artifacts + 1) } });
  const { body } = await ask(server, 'GET', `/projects/${SEEDED_PROJECT}`);
  const policy = await create(
    server,
    '/retentions',
    policyOf((JSON.parse(String(body)) as { project_id: number }).project_id),
  );
  const dry = await runOnce(server, policy, true);
  const wet = await runOnce(server, policy, false);
  if (dry.retained !== KEPT || wet.retained !== KEPT)
    throw new Error('retention kept what it should not, or the reverse');
  return { dry, wet };
}

function policyOf(projectId: number) {
  const everything = { kind: 'doublestar', pattern: '**' };
  return {
    algorithm: 'or',
    rules: [
      {
        action: 'retain',
        template: 'latestPushedK',
        params: { latestPushedK: KEPT },
        tag_selectors: [{ ...everything, decoration: 'matches' }],
        scope_selectors: { repository: [{ ...everything, decoration: 'repoMatches', pattern: LARGE_REPOSITORY }] },
      },
    ],
    trigger: { kind: 'Schedule', settings: { cron: '' } },
    scope: { level: 'project', ref: projectId },
  };
}

async function runOnce(server: Roadstead, policy: string, isDryRun: boolean): Promise<Run> {
  let task: Readonly<Record<string, unknown>> = {};
  const peakBytes = await peakResidentBytes(server.pid, async () => {
    const execution = await create(server, `${policy}/executions`, { dry_run: isDryRun });
    while (task['status'] !== 'Success') {
      if (task['status'] === 'Error') throw new Error('retention failed');
      await sleep(POLL_MS);
      const { body } = await ask(server, 'GET', `${execution}/tasks`);
      task = (JSON.parse(String(body)) as (typeof task)[])[0] ?? {};
    }
  });
  const timeOf = (name: string) => Date.parse(String(task[name]));
  const seconds = (timeOf('end_time') - timeOf('start_time')) / 1_000;
  return { seconds, peakBytes, total: Number(task['total']), retained: Number(task['retained']) };
}

/** Answers where it is, below the API. */
async function create(server: Roadstead, path: string, request: unknown): Promise<string> {
  const { headers } = await ask(server, 'POST', path, request, 201);
  return String(headers.location).slice(API.length);
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

function row(artifacts: number, { dry, wet }: { readonly dry: Run; readonly wet: Run }): readonly string[] {
  const deleted = wet.total - wet.retained;
  return [
    artifacts.toLocaleString('en-US'),
    dry.seconds.toFixed(1),
    wet.seconds.toFixed(1),
    Math.round(deleted / wet.seconds).toLocaleString('en-US'),
    mebibytes(dry.peakBytes),
    mebibytes(wet.peakBytes),
  ];
}
