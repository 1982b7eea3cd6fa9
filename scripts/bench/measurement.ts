import type { Scale } from '#scripts/bench/scale';

/** How much a measurement does, and where. */
export interface Bench {
  readonly scale: Scale;
  /** All peers keep their state below it, so that they share one disk. */
  readonly directory: string;
}

/** A figure that the project promised, and what came of it. */
export interface Target {
  readonly promise: string;
  readonly measured: string;
  readonly holds: boolean;
  /** Whether the figure must hold (★) or falling short is only to be named. */
  readonly isRequired: boolean;
}

export interface Findings {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly targets: readonly Target[];
}

export interface Measurement {
  /** What `--only` calls it. */
  readonly name: string;
  readonly title: string;
  /** One paragraph: what is done, to what, and what the figure leaves out. */
  readonly method: string;
  run(bench: Bench): Promise<Findings>;
}

/** Judges a ratio against the least that was promised. */
export function ratioTarget(promise: string, ratio: number, floor: number, isRequired: boolean): Target {
  return { promise, measured: `${ratio.toFixed(2)} ×`, holds: ratio >= floor, isRequired };
}
