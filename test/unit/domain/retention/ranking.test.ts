import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRanks, type Rank, Ranking } from '#domain/retention/ranking';
import { newRunState, rankedTogether } from '#domain/retention/retention-run';
import { rule } from '#test/unit/domain/retention/candidates';

const ranks = fc.array(
  fc.record({ atMs: fc.oneof(fc.constant(-1), fc.integer({ min: 1.7e12, max: 1.7e12 + 50 })), id: fc.nat(100_000) }),
  { maxLength: 200 },
);

function thresholdOf(all: readonly Rank[], size: number): Rank | undefined {
  return [...all].sort((one, other) => compareRanks(other, one))[size - 1];
}

describe('a ranking', () => {
  it('finds the last of the newest, written down anywhere on the way', () => {
    fc.assert(
      fc.property(ranks, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 60 }), (all, size, every) => {
        let ranking = new Ranking(size);
        for (const [index, rank] of all.entries()) {
          if (index % every === 0) ranking = new Ranking(size, ranking.toText());
          ranking.add(rank);
        }
        expect(ranking.threshold()).toEqual(thresholdOf(all, size));
      }),
    );
  });

  it('is as long as its size, however much it has seen', () => {
    const ranking = new Ranking(100);
    for (let id = 1; id <= 50_000; id++) ranking.add({ id, atMs: 1.7e12 + ((id * 7_919) % 50_000) });
    expect(ranking.toText().split(',')).toHaveLength(100);
    expect(ranking.threshold()?.atMs).toBe(1.7e12 + 49_900);
  });

  it('of the largest size fits into a row', () => {
    const ranking = new Ranking(32_766);
    for (let id = 1_000_001; id <= 1_040_000; id++) ranking.add({ id, atMs: 1.7e12 + id * 1_000 });
    expect(ranking.toText().length).toBeLessThan(550_000);
  });
});

describe('rules that count', () => {
  it('are ranked beside each other as long as they fit', () => {
    const few = [rule('latestPushedK', 10), rule('always', undefined), rule('latestPulledN', 20)];
    expect(rankedTogether(few, 0)).toEqual([0, 2]);
    const many = [rule('latestPushedK', 20_000), rule('latestPulledN', 20_000), rule('latestActiveK', 32_766)];
    expect([0, 1, 2, 3].map((from) => rankedTogether(many, from))).toEqual([[0], [1], [2], []]);
  });

  it('are not waited for where there is none', () => {
    expect(newRunState([rule('always', undefined)], 0).phase).toBe('report');
    expect(newRunState([rule('latestPushedK', 1)], 0).phase).toBe('rank');
  });
});
