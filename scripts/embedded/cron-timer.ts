export interface CronTimerDeps {
  readonly task: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Runs a task at each full minute, never twice at once: a minute that finds the last run still busy is skipped. */
export class CronTimer {
  readonly #deps: CronTimerDeps;
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;

  constructor(deps: CronTimerDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.start();
      void this.#tick();
    }, millisecondsToNextMinute(Date.now()));
  }

  /** No run starts after this. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  async #tick(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      await this.#deps.task();
    } catch (error) {
      this.#deps.onError(error);
    } finally {
      this.#isRunning = false;
    }
  }
}

const minuteMs = 60_000;

/** From `nowMs` to the next full minute: 1 to 60,000 ms. */
function millisecondsToNextMinute(nowMs: number): number {
  return minuteMs - (nowMs % minuteMs);
}
