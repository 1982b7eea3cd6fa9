import type { Clock } from '#core/clock';
import { type GcParameters, parseGcParameters } from '#domain/gc/gc-parameters';
import { type GcResults, gcResultsOf, plus } from '#domain/gc/gc-results';
import type { JobSlice } from '#domain/jobs/job-slice';
import type { Progress } from '#domain/jobs/progress';

const HOUR_MS = 60 * 60_000;

/** What is done in a run, one after the other. */
const PHASES = ['begin', 'untagged', 'trash', 'links', 'blobs', 'objects'] as const;
export type GcPhaseName = (typeof PHASES)[number];

/** Slices of a phase that name in the log what they found; of the rest the log has the numbers. */
const NAMING_SLICES = 50;

/** Where a run stands. */
interface GcCursor {
  readonly phase: GcPhaseName;
  /** Where in the phase, as that understands it; undefined at its beginning. */
  readonly position?: unknown;
  readonly startedAtMs: number;
  readonly phaseStartedAtMs: number;
  /** Slices of the phase so far. */
  readonly slices: number;
  /** What the run had brought when the phase began. */
  readonly before: GcResults;
  /** Candidates that the phase has left alone. */
  readonly left?: number;
}

/** What a slice has come to. */
interface Findings {
  readonly brought?: Partial<GcResults>;
  /** Of what was found, for the log. */
  readonly names?: readonly string[];
  /** What may be garbage once the window has passed. */
  readonly left?: number;
  /** More for the log. */
  readonly lines?: readonly string[];
}

/** A slice of a run of garbage collection: what it goes by, and what becomes of the run when it commits. */
export class GcSlice {
  readonly parameters: GcParameters;
  readonly results: GcResults;
  readonly nowMs: number;
  /** What was last touched or deleted later than this is left alone. */
  readonly cutoffMs: number;
  readonly #slice: JobSlice;
  readonly #cursor: GcCursor;

  constructor(slice: JobSlice, clock: Clock) {
    this.#slice = slice;
    this.parameters = parseGcParameters(slice.task.parameters);
    this.results = gcResultsOf(slice.task.results);
    this.nowMs = clock.nowMs();
    this.cutoffMs = this.nowMs - this.parameters.timeWindowHours * HOUR_MS;
    this.#cursor = (slice.task.cursor as GcCursor | undefined) ?? this.#phase('begin', this.nowMs, this.results);
  }

  get phase(): GcPhaseName {
    return this.#cursor.phase;
  }

  get position(): unknown {
    return this.#cursor.position;
  }

  get isDryRun(): boolean {
    return this.parameters.isDryRun;
  }

  /** What to commit when the phase goes on at `position`. */
  more(position: unknown, { brought = {}, names = [], left = 0 }: Findings = {}): Progress {
    const { slices } = this.#cursor;
    const cursor: GcCursor = { ...this.#cursor, position, slices: slices + 1, left: this.#left + left };
    const results = plus(this.results, brought);
    return { ...this.#slice.next({ ...cursor }, { ...results }), log: this.#text(this.#naming(names)) };
  }

  /** What to commit when the phase is over: the next one, or the end. */
  over({ brought = {}, names = [], left = 0, lines = [] }: Findings = {}): Progress {
    const { phase, phaseStartedAtMs, startedAtMs, before } = this.#cursor;
    const results = plus(this.results, brought);
    const summary = `${phase}: ${told(before, results)} in ${this.#since(phaseStartedAtMs)}${leaving(this.#left + left)}`;
    const log = [...lines, ...this.#naming(names), ...(phase === 'begin' ? [] : [summary])];
    const next = PHASES[PHASES.indexOf(phase) + 1];
    if (next) {
      const cursor = this.#phase(next, startedAtMs, results);
      return { ...this.#slice.next({ ...cursor }, { ...results }), log: this.#text(log) };
    }
    const all = `Done${this.isDryRun ? ', as a dry run' : ''}: ${told(gcResultsOf({}), results)} in ${this.#since(startedAtMs)}`;
    return { ...this.#slice.done({ ...results }), log: this.#text([...log, all]) };
  }

  /** Commits what has no effect in the database. */
  save(progress: Progress): Promise<void> {
    return this.#slice.save(progress);
  }

  get #left(): number {
    return this.#cursor.left ?? 0;
  }

  #phase(phase: GcPhaseName, startedAtMs: number, before: GcResults): GcCursor {
    return { phase, startedAtMs, phaseStartedAtMs: this.nowMs, slices: 0, before };
  }

  #naming(names: readonly string[]): readonly string[] {
    const { phase, slices } = this.#cursor;
    return names.length > 0 && slices < NAMING_SLICES ? [`${phase}: ${names.join(' ')}`] : [];
  }

  #text(lines: readonly string[]): string {
    const time = new Date(this.nowMs).toISOString();
    return lines.map((line) => `${time} ${line}\n`).join('');
  }

  #since(atMs: number): string {
    return `${((this.nowMs - atMs) / 1000).toFixed(1)} s`;
  }
}

const WORDS: Readonly<Record<keyof GcResults, string>> = {
  untaggedArtifacts: 'untagged artifacts',
  keptArtifacts: 'untagged artifacts that a policy keeps',
  forgottenArtifacts: 'deleted artifacts beyond undoing',
  forgottenTags: 'deleted tags beyond undoing',
  unlinkedBlobs: 'links',
  purgedBlobs: 'blobs',
  purgedManifests: 'manifests',
  freedBytes: 'bytes',
};

function leaving(count: number): string {
  return count === 0 ? '' : `; ${count} left, as the window has not passed`;
}

function told(before: GcResults, after: GcResults): string {
  const words = (Object.keys(WORDS) as (keyof GcResults)[])
    .filter((key) => after[key] !== before[key])
    .map((key) => `${after[key] - before[key]} ${WORDS[key]}`);
  return words.length > 0 ? words.join(', ') : 'nothing';
}
