import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '#test/kill/api-client';
import type { KillKind, StoppedState } from '#test/kill/kill-kind';
import { readTaskStates, requireSuccess, type TaskState } from '#test/kill/task-states';
import type { Report } from '#test/support/suites/report';
import { RoadsteadServer, type ServerOptions } from '#test/support/suites/roadstead-server';
import { changeFile, fileWithTable } from '#test/support/suites/state-files';

/** How long jobs may take to be in the middle of their work, and after the kill to come to their end. */
const UNDER_WAY_LIMIT_MS = 60_000;
const END_LIMIT_MS = 300_000;
/** The kill comes up to so much later than the moment all jobs are under way. */
const MOST_DELAY_MS = 400;

export interface KillRoundDeps {
  readonly server: ServerOptions;
  readonly report: Report;
  readonly label: string;
}

/** What became of one kind in one round. */
export interface KillOutcome {
  readonly vendorType: string;
  /** Its tasks as the kill left them, and as they ended. */
  readonly killed: readonly TaskState[];
  readonly ended: readonly TaskState[];
  /** Whether the kill hit it in the middle. */
  readonly wasHit: boolean;
  readonly effect: string;
}

interface Worker {
  readonly job_name: string;
  readonly start_at: string;
  readonly checkin_at: string;
}

interface Queue {
  readonly count: number;
}

/** Has every kind work at once, kills the server under them, starts it again and waits for their ends. */
export async function runKillRound(deps: KillRoundDeps, kinds: readonly KillKind[]): Promise<readonly KillOutcome[]> {
  const { server, report, label } = deps;
  const state = stoppedState(server.stateDirectory);
  await withServer(server, (api) => inTurn(kinds, (kind) => kind.prepare(api)));
  for (const kind of kinds) kind.seed(state);
  const aboveId = state.change((database) =>
    Number(database.prepare('SELECT coalesce(max(id), 0) AS id FROM tasks').get()?.['id']),
  );
  await report.step(`${label}: the server is killed in the middle of ${names(kinds)}`, () => killUnder(server, kinds));
  const killed = readTaskStates(server.stateDirectory, aboveId);
  await report.step(`${label}: after the restart all jobs end`, () => withServer(server, untilIdle));
  const ended = readTaskStates(server.stateDirectory, aboveId);
  const outcomes: KillOutcome[] = [];
  for (const kind of kinds) {
    const of = (tasks: readonly TaskState[]) => tasks.filter(({ vendorType }) => vendorType === kind.vendorType);
    const outcome = {
      vendorType: kind.vendorType,
      killed: of(killed),
      ended: of(ended),
      wasHit: isHit(kind, of(killed)),
    };
    await report.check(
      `${label}: ${kind.vendorType} has one final status, Success, and its effect shows once`,
      async () => {
        requireSuccess(outcome.ended);
        outcomes.push({ ...outcome, effect: kind.verify(state, outcome.ended) });
      },
    );
  }
  return outcomes;
}

async function killUnder(options: ServerOptions, kinds: readonly KillKind[]): Promise<void> {
  const server = await RoadsteadServer.start(options);
  try {
    const api = new ApiClient(server.registry);
    // Held back, all begin in one moment.
    await api.send('PUT', '/jobservice/queues/all', { action: 'pause' });
    await inTurn(kinds, (kind) => kind.begin(api));
    await api.send('PUT', '/jobservice/queues/all', { action: 'resume' });
    await untilUnderWay(api, kinds);
    await sleep(Math.random() * MOST_DELAY_MS);
  } finally {
    await server.kill();
    for (const kind of kinds) kind.killed?.();
  }
}

/** Returns when every job has committed a slice and runs on, or has ended already. */
async function untilUnderWay(api: ApiClient, kinds: readonly KillKind[]): Promise<void> {
  const seen = new Set<string>();
  const deadlineMs = performance.now() + UNDER_WAY_LIMIT_MS;
  for (;;) {
    const workers = await api.get<Worker[]>('/jobservice/pools/all/workers');
    for (const { job_name: name } of workers) seen.add(name);
    const isUnderWay = (kind: KillKind) => {
      if (kind.isUnderWay) return kind.isUnderWay();
      const own = workers.filter(({ job_name: name }) => name === kind.vendorType);
      if (own.length === 0) return seen.has(kind.vendorType);
      return own.some(({ start_at: start, checkin_at: checkIn }) => checkIn > start);
    };
    const late = kinds.filter((kind) => !isUnderWay(kind));
    if (late.length === 0) return;
    if (performance.now() > deadlineMs) throw new Error(`not under way in time: ${names(late)}`);
    await sleep(20);
  }
}

/** A row that runs and has a cursor, or, where a slice is all there is, something under way outside. */
function isHit(kind: KillKind, tasks: readonly TaskState[]): boolean {
  return tasks.some(({ status, cursor }) => status === 'Running' && (cursor !== null || kind.isUnderWay !== undefined));
}

async function untilIdle(api: ApiClient): Promise<void> {
  const deadlineMs = performance.now() + END_LIMIT_MS;
  // A job may just be between two of its tasks.
  for (let idle = 0; idle < 3; ) {
    const workers = await api.get<Worker[]>('/jobservice/pools/all/workers');
    const queues = await api.get<Queue[]>('/jobservice/queues');
    const isIdle = workers.length === 0 && queues.every(({ count }) => count === 0);
    idle = isIdle ? idle + 1 : 0;
    if (performance.now() > deadlineMs) throw new Error(`${JSON.stringify(workers)} ${JSON.stringify(queues)}`);
    await sleep(300);
  }
}

async function withServer(options: ServerOptions, use: (api: ApiClient) => Promise<void>): Promise<void> {
  const server = await RoadsteadServer.start(options);
  try {
    await use(new ApiClient(server.registry));
  } finally {
    await server.stop();
  }
}

function stoppedState(stateDirectory: string): StoppedState {
  return {
    stateDirectory,
    change: (change) => changeFile(fileWithTable(stateDirectory, 'tasks'), change),
    changeBucket: (change) => changeFile(fileWithTable(stateDirectory, '_mf_objects'), change),
  };
}

async function inTurn<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  for (const item of items) await act(item);
}

function names(kinds: readonly KillKind[]): string {
  return kinds.map(({ vendorType }) => vendorType).join(', ');
}
