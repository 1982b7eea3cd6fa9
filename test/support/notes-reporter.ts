import type { Reporter, TestCase } from 'vitest/node';

declare module 'vitest' {
  interface TaskMeta {
    /** What a test tells whoever runs it, such as how much it has covered. */
    note?: string;
  }
}

/** Prints the notes of tests, which the default reporter keeps to itself. */
export class NotesReporter implements Reporter {
  onTestCaseResult(testCase: TestCase): void {
    const { note } = testCase.meta();
    if (note) console.log(` ℹ ${note}`);
  }
}
