import { describe, expect, it } from 'vitest';
import { searchInMemory } from '#test/support/gc-model/in-memory';
import { PLANTED_BUGS, plant } from '#test/support/gc-model/planted-bugs';

/** `npm run test:gc-model` runs 10,000, and plants every bug. */
const HISTORIES = 40;
const seed = Date.now() % 2 ** 31;

it('garbage collection loses nothing that is needed, and leaves nothing that is not, whoever does what when', async () => {
  const { failure } = await searchInMemory({ histories: HISTORIES, seed });
  expect(failure).toBeUndefined();
});

describe('the model notices when', () => {
  it.each(PLANTED_BUGS.filter(({ isNoticedSoon }) => isNoticedSoon))('$name', async (bug) => {
    const { failure } = await searchInMemory({ histories: 400, seed: 5, rewrite: plant(bug), isShrinking: false });
    expect(failure).toBeDefined();
  });
});
