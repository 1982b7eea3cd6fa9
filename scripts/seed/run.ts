// `npm run seed -- --state DIR`: rows of a large registry, to see how listings behave. Not for a registry in use.

import { parseArgs } from 'node:util';
import type { SeedSize } from '#scripts/seed/rows';
import { seedState } from '#scripts/seed/seed-state';

const { values } = parseArgs({
  options: {
    state: { type: 'string' },
    repositories: { type: 'string', default: '10000' },
    artifacts: { type: 'string', default: '100000' },
    blobs: { type: 'string', default: '1000000' },
    projects: { type: 'string', default: '10000' },
    'audit-entries': { type: 'string', default: '100000' },
  },
});
const size: SeedSize = {
  repositories: Number(values.repositories),
  artifacts: Number(values.artifacts),
  blobs: Number(values.blobs),
  projects: Number(values.projects),
  auditEntries: Number(values['audit-entries']),
};
if (!values.state || Object.values(size).some((count) => !(count > 0))) {
  console.error(
    'npm run seed -- --state DIR [--repositories N] [--artifacts N] [--blobs N] [--projects N] [--audit-entries N]',
  );
  process.exit(2);
}
await seedState(values.state, size);
console.log(
  `${values.state} holds ${size.repositories} repositories, ${size.artifacts} artifacts in one, ${size.blobs} blobs`,
);
