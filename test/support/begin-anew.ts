import { beginAnew } from '#test/support/new-deployment';

/**
 * What a deployment begins with, before each test file. The files share one isolate and its bindings, as starting them
 * for each takes longer than the tests; so what the file before has left goes first.
 */
await beginAnew();
