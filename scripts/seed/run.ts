// `npm run seed -- --state DIR`: rows of a large registry, to see how listings behave. Not for a registry in use.

import { parseArgs } from 'node:util';
import { seedState } from '#scripts/seed/seed-state';

const { values } = parseArgs({
  options: {
    state: { type: 'string' },
    repositories: { type: 'string', default: '10000' },
    artifacts: { type: 'string', default: '100000' },
    blobs: { type: 'string', default: '1000000' },
  },
});
const [repositories, artifacts, blobs] = [values.repositories, values.artifacts, values.blobs].map(Number);
if (!values.state || !repositories || !artifacts || !blobs) {
  console.error('npm run seed -- --state DIR [--repositories N] [--artifacts N] [--blobs N]');
  process.exit(2);
}
await seedState(values.state, { repositories, artifacts, blobs });
console.log(`${values.state} holds ${repositories} repositories, ${artifacts} artifacts in one, ${blobs} blobs`);
