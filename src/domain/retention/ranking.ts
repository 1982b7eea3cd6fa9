/** A place among artifacts: by time, and at the same time the newer row first. */
export interface Rank {
  readonly atMs: number;
  readonly id: number;
}

/** The first of an order that is no shorter than the ranking; undefined when all of it stays. */
export type RankThreshold = Rank | undefined;

const RADIX = 36;
const SEPARATOR = ',';
/** Between two prunings, so many more than are wanted are held. */
const SLACK = 1_024;

/**
 * The newest `size` of any number of artifacts, in memory for twice as many. It can be written down between two slices of a
 * job: {@link toText} has 15 characters for each.
 */
export class Ranking {
  readonly #size: number;
  #ranks: Rank[];
  /** What is older than this is out. */
  #floor: RankThreshold;

  constructor(size: number, text = '') {
    this.#size = size;
    this.#ranks = text === '' ? [] : text.split(SEPARATOR).map(toRank);
    this.#prune();
  }

  add(rank: Rank): void {
    if (this.#floor && compareRanks(rank, this.#floor) < 0) return;
    this.#ranks.push(rank);
    if (this.#ranks.length >= 2 * this.#size + SLACK) this.#prune();
  }

  /** The last that is in; undefined when no more were added than there is room for. */
  threshold(): RankThreshold {
    this.#prune();
    return this.#floor;
  }

  toText(): string {
    this.#prune();
    return this.#ranks.map(({ atMs, id }) => `${atMs.toString(RADIX)}.${id.toString(RADIX)}`).join(SEPARATOR);
  }

  #prune(): void {
    if (this.#ranks.length < this.#size) return;
    this.#ranks.sort((one, other) => compareRanks(other, one));
    this.#ranks.length = this.#size;
    this.#floor = this.#ranks.at(-1);
  }
}

/** Positive when `one` is the newer. */
export function compareRanks(one: Rank, other: Rank): number {
  return one.atMs - other.atMs || one.id - other.id;
}

function toRank(text: string): Rank {
  const [atMs = '', id = ''] = text.split('.');
  return { atMs: Number.parseInt(atMs, RADIX), id: Number.parseInt(id, RADIX) };
}
