import { join } from 'node:path';

/** Answers that fit the document, counted by `<operationId> <status>`. */
export type AnswerCounts = Readonly<Record<string, number>>;

/** What the operations of the API answered while tests ran. */
export interface Recording {
  readonly startedAtMs: number;
  /** By the path of the test file. */
  readonly files: Readonly<Record<string, { readonly hasPassed: boolean; readonly answers: AnswerCounts }>>;
}

/** Of the last run. */
export const RECORDING_PATH = join(import.meta.dirname, '../../.results/recorded-answers.json');

declare module 'vitest' {
  interface TaskMeta {
    /** Of a test file: what the operations of the API answered in it. */
    answers?: AnswerCounts;
  }
}
