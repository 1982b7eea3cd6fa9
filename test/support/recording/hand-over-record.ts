import { afterAll } from 'vitest';
import { outlines } from '#test/support/recording/documented-operations';
import { takeRecord } from '#test/support/recording/recorded-answers';

/** Tests run in workerd and cannot write files; what was recorded leaves with the result of the test file. */
// biome-ignore lint/correctness/noEmptyPattern: vitest reads which fixtures the hook wants from this pattern; it wants none.
afterAll(({}, file) => {
  file.meta.answers = takeRecord();
  file.meta.operations = outlines;
});
