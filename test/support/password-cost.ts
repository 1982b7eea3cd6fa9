import type { ScryptParameters } from '#domain/access/password';

/** A thousandth of what a password costs in use: most tests are about something else than hashing. */
export const TEST_PASSWORD_COST: ScryptParameters = { cost: 2 ** 8, blockSize: 8, parallelization: 1 };
