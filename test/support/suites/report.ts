/** Prints what a suite of real components proves, one line a step, and counts it. */
export class Report {
  #passed = 0;
  #failed = 0;

  /** Runs one step and prints how it went; a step that fails is counted and thrown on, so that its followers are left out. */
  async step<T>(name: string, body: () => Promise<T>): Promise<T> {
    const startedAtMs = performance.now();
    const seconds = () => ((performance.now() - startedAtMs) / 1000).toFixed(1);
    try {
      const value = await body();
      this.#passed += 1;
      console.log(`ok ${this.#passed + this.#failed} - ${name} (${seconds()} s)`);
      return value;
    } catch (error) {
      this.#failed += 1;
      console.log(`not ok ${this.#passed + this.#failed} - ${name} (${seconds()} s)`);
      console.log(indent(error instanceof Error ? error.message : String(error)));
      throw new StepFailed(name);
    }
  }

  /** Runs one step whose failure does not keep the next from running. */
  async check(name: string, body: () => Promise<unknown>): Promise<void> {
    try {
      await this.step(name, body);
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
    }
  }

  /** Prints the line that `.ci/run` adds up, and sets the exit code. */
  finish(): void {
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    if (this.#failed > 0 || this.#passed === 0) process.exitCode = 1;
  }
}

/** A step that has been reported already: who catches it only needs to stop. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  # ');
}
