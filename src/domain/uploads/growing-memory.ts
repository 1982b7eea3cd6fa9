import type { Clock } from '#core/clock';
import { ABANDONED_AFTER_MS, type LentMemory } from '#domain/uploads/lent-memory';
import { WaitingLine } from '#domain/uploads/waiting-line';

/** What a body gets before its first byte has come: 4 KiB, or its length when that is less. */
const FIRST_BYTES = 4 * 1024;
/** A body that has filled its memory gets so many times as much. */
const GROWTH = 4;
/** A quarter of all memory is kept for bodies of up to 64 KiB: larger ones can go another way. */
const RESERVED_SHARE = 0.25;
const RESERVED_FOR_BYTES = 64 * 1024;

/** Memory of one body. */
interface Loan extends LentMemory {
  /** Bytes it counts for. */
  sizeBytes: number;
}

/**
 * A number of bytes for all the small bodies of an isolate. Each begins with little and is given more as its bytes come,
 * so that a client that sends nothing holds next to nothing. Who asks for the first bytes may wait; who asks for more
 * never does, as two that hold a part and wait for the rest would wait for each other.
 */
export class GrowingMemory {
  readonly #maxBytes: number;
  readonly #clock: Clock;
  readonly #line: WaitingLine<Loan>;
  readonly #loans = new Set<Loan>();
  #lentBytes = 0;

  constructor(deps: { readonly maxBytes: number; readonly clock: Clock }) {
    this.#maxBytes = deps.maxBytes;
    this.#clock = deps.clock;
    this.#line = new WaitingLine(deps);
  }

  /** Memory for the beginning of a body of at most `limitBytes`. */
  acquire(limitBytes: number): Promise<LentMemory> {
    const sizeBytes = Math.min(FIRST_BYTES, limitBytes);
    return this.#line.take(() => this.#lend(sizeBytes));
  }

  /** Makes memory that is full larger, up to `limitBytes`; false when there is no more to give now. */
  tryGrow(memory: LentMemory, limitBytes: number): boolean {
    const loan = memory as Loan;
    const sizeBytes = Math.min(loan.sizeBytes * GROWTH, limitBytes);
    const moreBytes = sizeBytes - loan.sizeBytes;
    if (moreBytes <= 0 || !this.#loans.has(loan) || !this.#line.isEmpty || !this.#hasRoom(moreBytes, sizeBytes))
      return false;
    const { buffer } = loan.bytes;
    loan.bytes = new Uint8Array((buffer as ArrayBuffer).transfer(sizeBytes));
    loan.sizeBytes = sizeBytes;
    this.#lentBytes += moreBytes;
    return true;
  }

  release(memory: LentMemory): void {
    this.#forget(memory as Loan);
    this.#line.serve();
  }

  #lend(sizeBytes: number): Loan | undefined {
    if (!this.#hasRoom(sizeBytes, sizeBytes)) return undefined;
    const isWanted = () => !this.#line.isEmpty;
    const loan = { bytes: new Uint8Array(sizeBytes), sizeBytes, touchedAtMs: this.#clock.nowMs(), isWanted };
    this.#loans.add(loan);
    this.#lentBytes += sizeBytes;
    return loan;
  }

  /** Whether there is room for `moreBytes` that make a loan `sizeBytes` large. */
  #hasRoom(moreBytes: number, sizeBytes: number): boolean {
    const maxBytes = this.#maxBytes * (sizeBytes > RESERVED_FOR_BYTES ? 1 - RESERVED_SHARE : 1);
    if (this.#lentBytes + moreBytes <= maxBytes) return true;
    const limitMs = this.#clock.nowMs() - ABANDONED_AFTER_MS;
    for (const loan of this.#loans) {
      if (loan.touchedAtMs < limitMs) this.#forget(loan);
    }
    return this.#lentBytes + moreBytes <= maxBytes;
  }

  #forget(loan: Loan): void {
    if (this.#loans.delete(loan)) this.#lentBytes -= loan.sizeBytes;
  }
}
