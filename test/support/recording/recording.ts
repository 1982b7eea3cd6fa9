import { join } from 'node:path';

/** Answers that fit the document, counted by `<operationId> <status>`. */
export type AnswerCounts = Readonly<Record<string, number>>;

/** What the report needs to know of an operation of the served document. */
export interface OperationOutline {
  readonly operationId: string;
  readonly method: string;
  /** Below `/api/v2.0`. */
  readonly path: string;
  readonly tag: string;
  /** Whether it asks nobody who they are. */
  readonly isOpen: boolean;
}

/** What the operations of the API answered while tests ran. */
export interface Recording {
  readonly startedAtMs: number;
  /** All of the document. */
  readonly operations: readonly OperationOutline[];
  /** By the path of the test file. */
  readonly files: Readonly<Record<string, { readonly hasPassed: boolean; readonly answers: AnswerCounts }>>;
}

/** Of the last run. */
export const RECORDING_PATH = join(import.meta.dirname, '../../.results/recorded-answers.json');

declare module 'vitest' {
  interface TaskMeta {
    /** Of a test file: what the operations of the API answered in it. */
    answers?: AnswerCounts;
    operations?: readonly OperationOutline[];
  }
}
