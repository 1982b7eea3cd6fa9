import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { type OperationOutline, RECORDING_PATH, type Recording } from '#test/support/recording/recording';

/** Writes what the operations of the API answered in this run, for `npm run compat`. */
export class RecordingReporter implements Reporter {
  readonly #files: Record<string, Recording['files'][string]> = {};
  #operations: readonly OperationOutline[] = [];
  #startedAtMs = 0;

  onTestRunStart(): void {
    this.#startedAtMs = Date.now();
  }

  onTestModuleEnd(testModule: TestModule): void {
    const { answers, operations } = testModule.meta();
    if (operations) this.#operations = operations;
    if (answers) this.#files[testModule.relativeModuleId] = { hasPassed: testModule.ok(), answers };
  }

  onTestRunEnd(): void {
    const recording: Recording = { startedAtMs: this.#startedAtMs, operations: this.#operations, files: this.#files };
    mkdirSync(dirname(RECORDING_PATH), { recursive: true });
    writeFileSync(RECORDING_PATH, JSON.stringify(recording, null, 2));
  }
}
