import { AppError } from '#core/errors';
import type { Env } from '#src/env';
import { type ActorServices, createActorServices } from '#test/support/gc-model/actor-services';
import type { Command, History } from '#test/support/gc-model/commands';
import { Deeds } from '#test/support/gc-model/deeds';
import { Interleaver } from '#test/support/gc-model/interleaver';
import { problemsAtEnd, problemsOfBlobs, problemsOfPromises, problemsOfStops } from '#test/support/gc-model/invariants';
import { Ledger } from '#test/support/gc-model/ledger';
import { ModelLocks } from '#test/support/gc-model/model-locks';
import { interceptBindings } from '#test/support/intercepted-bindings';
import { recount } from '#test/support/recount';

/** Every so-many-th choice begins the next command, if there is one. */
const BEGINNING = 3;
/** A lease runs out before its time so seldom. */
const LEASE_RUNS_OUT = 12;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Where a history happens. */
export interface Storage {
  readonly db: D1Database;
  readonly bucket: R2Bucket;
  /** Whether everything is looked at after each call, and not only at the end. */
  readonly isWatched: boolean;
}

/** What came of a history. */
export interface Outcome {
  /** What must not be: empty when all is well. */
  readonly problems: readonly string[];
  /** Deeds that were done, by name, and calls of storage. */
  readonly done: ReadonlyMap<string, number>;
  readonly calls: number;
}

export class ModelClock {
  #ms = Date.UTC(2026, 0, 1);

  nowMs(): number {
    return this.#ms;
  }

  advance(ms: number): void {
    this.#ms += ms;
  }
}

/** One history over one storage, which must be as a deployment begins. */
export class ModelRun {
  readonly #storage: Storage;
  readonly #history: History;
  readonly #clock = new ModelClock();
  readonly #ledger = new Ledger();
  readonly #problems: string[] = [];
  readonly #done = new Map<string, number>();
  readonly #locks: ModelLocks;
  readonly #interleaver: Interleaver;
  #choices: number[] = [];

  constructor(storage: Storage, history: History) {
    this.#storage = storage;
    this.#history = history;
    this.#locks = new ModelLocks(this.#clock, () => this.#choice() % LEASE_RUNS_OUT === 1);
    const onStep = async () => {
      if (storage.isWatched) this.#note(await problemsOfBlobs(storage));
    };
    this.#interleaver = new Interleaver(
      (count) => this.#choice() % count,
      onStep,
      () => this.#locks.expire(),
    );
  }

  async run(): Promise<Outcome> {
    const unwatched = this.#services((_call, invoke) => invoke());
    await new Deeds({ ...this.#parts(), services: unwatched }).begin();
    for (const deed of this.#history.start) await this.#race([{ deed, death: undefined }], []);
    for (const { before, minutes, racing, choices } of this.#history.rounds) {
      for (const deed of before) await this.#race([{ deed, death: undefined }], []);
      this.#clock.advance(minutes * MINUTE_MS);
      await this.#race(racing, choices);
    }
    if (this.#problems.length === 0) await this.#check();
    if (this.#problems.length === 0) await this.#end(unwatched);
    return { problems: this.#problems, done: this.#done, calls: this.#interleaver.steps };
  }

  /** Until everybody has ended, or died. */
  async #race(commands: readonly Command[], choices: readonly number[]): Promise<void> {
    this.#choices = [...choices];
    const waiting = [...commands];
    while (this.#problems.length === 0) {
      const command = this.#interleaver.running === 0 || this.#choice() % BEGINNING === 1 ? waiting.shift() : undefined;
      if (command) this.#begin(command);
      else if (!(await this.#interleaver.step()) && waiting.length === 0) return;
    }
  }

  #parts() {
    return { ledger: this.#ledger, clock: this.#clock, steps: () => this.#interleaver.steps };
  }

  /** Choices that a history does not make are 0: whoever is waiting longest goes on, and nobody begins meanwhile. */
  #choice(): number {
    return this.#choices.shift() ?? 0;
  }

  #note(problems: readonly string[]): void {
    this.#problems.push(...problems);
  }

  #services(intercept: Parameters<typeof interceptBindings>[1]): ActorServices {
    const { db, bucket } = this.#storage;
    const env = interceptBindings({ ...NO_BINDINGS, DB: db, BLOBS: bucket }, intercept);
    const report = (error: unknown) => {
      if (isUnexpected(error)) this.#note([`a job met ${describe(error)}`]);
    };
    return createActorServices({ db: env.DB, bucket: env.BLOBS, locks: this.#locks, clock: this.#clock, report });
  }

  #begin({ deed, death }: Command): void {
    this.#interleaver.start(async (ended) => {
      const services = this.#services(this.#interleaver.actor(death, ended));
      const deeds = new Deeds({ ...this.#parts(), services });
      try {
        const problem = await deeds.do(deed);
        if (problem === undefined) this.#done.set(deed.do, (this.#done.get(deed.do) ?? 0) + 1);
        else if (problem !== 'refused') this.#note([problem]);
      } catch (error) {
        this.#note([`${deed.do} met ${describe(error)}`]);
      }
    });
  }

  async #check(): Promise<void> {
    const { wrong } = await recount(this.#storage.db, []);
    for (const [what, rows] of Object.entries(wrong)) this.#note([`recount of ${what}: ${JSON.stringify(rows)}`]);
    this.#note(await problemsOfBlobs(this.#storage));
    this.#note(await problemsOfPromises(this.#storage, this.#ledger));
    this.#note(await problemsOfStops(this.#storage, this.#ledger));
  }

  /** Nobody does anything any more; what is garbage goes, and nothing else. */
  async #end(services: ActorServices): Promise<void> {
    const { hours, isDeletingUntagged } = this.#history.end;
    const deeds = new Deeds({ ...this.#parts(), services });
    this.#locks.expire();
    for (let rounds = 0; rounds < 12; rounds++) {
      this.#clock.advance(10 * HOUR_MS);
      await deeds.runDue();
    }
    const dry = await deeds.collect({ hours, isDeletingUntagged, isDryRun: true });
    await this.#check();
    const real = await deeds.collect({ hours, isDeletingUntagged, isDryRun: false });
    if (JSON.stringify(dry) !== JSON.stringify(real)) {
      this.#note([`a dry run says ${JSON.stringify(dry)}, the run ${JSON.stringify(real)}`]);
    }
    if (hours > 0) {
      this.#clock.advance(hours * HOUR_MS);
      await deeds.collect({ hours, isDeletingUntagged, isDryRun: false });
    }
    this.#clock.advance(49 * HOUR_MS);
    while ((await services.orphans.sweep()) > 0);
    await this.#check();
    this.#note(await problemsAtEnd(this.#storage));
  }
}

const unused = {} as never;
const NO_BINDINGS = {
  EVENTS: unused,
  JOBS: unused,
  UPLOAD_SESSION: unused,
  REPOSITORY_LOCK: unused,
  LOGIN_THROTTLE: unused,
} as unknown as Env;

/** What a job may meet when others work on the same: it is tried again. */
function isUnexpected(error: unknown): boolean {
  if (error instanceof AppError) return error.code !== 'SERVICE_UNAVAILABLE';
  if (!(error instanceof Error)) return true;
  return !/guard LOCK_LOST|keeps changing/.test(error.message);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : ` <- ${describe(error.cause)}`;
  return `${error.name} ${error.message}${cause}\n${error.stack ?? ''}`;
}
