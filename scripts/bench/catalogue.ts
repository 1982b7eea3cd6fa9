import type { Measurement } from '#scripts/bench/measurement';
import { billableOperations } from '#scripts/bench/measurements/billable-operations';
import { chunkedCommit } from '#scripts/bench/measurements/chunked-commit';
import { garbageCollection } from '#scripts/bench/measurements/garbage-collection';
import { largePull } from '#scripts/bench/measurements/large-pull';
import { largePush } from '#scripts/bench/measurements/large-push';
import { listings } from '#scripts/bench/measurements/listings';
import { peakMemory } from '#scripts/bench/measurements/peak-memory';
import { retention } from '#scripts/bench/measurements/retention';
import { smallImages } from '#scripts/bench/measurements/small-images';
import { smallReads } from '#scripts/bench/measurements/small-reads';
import { tokenRate } from '#scripts/bench/measurements/token-rate';

/** All measurements, in the order in which they run. */
const MEASUREMENTS: readonly Measurement[] = [
  largePush,
  largePull,
  smallReads,
  smallImages,
  chunkedCommit,
  peakMemory,
  billableOperations,
  tokenRate,
  listings,
  retention,
  garbageCollection,
];

/** The measurements of these names, or all of them. */
export function chooseMeasurements(names: readonly string[] | undefined): readonly Measurement[] {
  if (names === undefined) return MEASUREMENTS;
  return names.map((name) => {
    const measurement = MEASUREMENTS.find((each) => each.name === name);
    if (measurement !== undefined) return measurement;
    throw new Error(`there is no measurement ${name}, only ${MEASUREMENTS.map((each) => each.name).join(', ')}`);
  });
}
