import type { History } from '#test/support/gc-model/commands';

type Round = History['rounds'][number];

/** A smaller history that still fails: whatever can be left out is, one thing after the other, until nothing can be. */
export async function smallest(history: History, fails: (history: History) => Promise<boolean>): Promise<History> {
  let current = history;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const candidate of candidates(current)) {
      const next = candidate(current);
      if (!next || !(await fails(next))) continue;
      current = next;
      isSmaller = true;
    }
  }
  return current;
}

type Candidate = (history: History) => History | undefined;

/** From the largest things to the smallest, and from the last to the first, so that positions stay what they were. */
function* candidates(history: History): Generator<Candidate> {
  for (const at of backwards(history.rounds)) yield (from) => ({ ...from, rounds: without(from.rounds, at) });
  for (const at of backwards(history.start)) yield (from) => ({ ...from, start: without(from.start, at) });
  for (const at of backwards(history.rounds)) {
    for (const change of ofRound(history.rounds[at])) yield inRound(at, change);
  }
}

function* ofRound(round: Round | undefined): Generator<(round: Round) => Round | undefined> {
  if (!round) return;
  for (const at of backwards(round.before)) yield (from) => ({ ...from, before: without(from.before, at) });
  for (const at of backwards(round.racing)) yield (from) => ({ ...from, racing: without(from.racing, at) });
  for (const at of backwards(round.racing)) {
    yield (from) => {
      const command = from.racing[at];
      return command?.death && { ...from, racing: from.racing.with(at, { ...command, death: undefined }) };
    };
  }
  yield (from) => (from.minutes === 0 ? undefined : { ...from, minutes: 0 });
  for (const at of backwards(round.choices)) {
    // Choices that are not made are 0.
    yield (from) => (from.choices[at] === 0 ? undefined : { ...from, choices: trimmed(from.choices.with(at, 0)) });
  }
}

function inRound(at: number, change: (round: Round) => Round | undefined): Candidate {
  return (history) => {
    const round = history.rounds[at];
    const changed = round && change(round);
    return changed && { ...history, rounds: history.rounds.with(at, changed) };
  };
}

function backwards(items: readonly unknown[]): readonly number[] {
  return [...items.keys()].reverse();
}

function without<T>(items: readonly T[], at: number): readonly T[] {
  return items.filter((_, position) => position !== at);
}

function trimmed(choices: readonly number[]): readonly number[] {
  return choices.slice(0, choices.findLastIndex((choice) => choice !== 0) + 1);
}
