import { describe, expect, it } from 'vitest';
import { readRetention, type WirePolicy, type WireRule } from '#domain/retention/read-retention';
import { NOW_MS } from '#test/unit/domain/retention/candidates';

const SELECTOR = { kind: 'doublestar', decoration: 'matches', pattern: '**' };
const REPOSITORIES = { kind: 'doublestar', decoration: 'repoMatches', pattern: '**' };
const RULE: WireRule = {
  id: 7,
  priority: 1,
  disabled: false,
  action: 'retain',
  template: 'latestPushedK',
  params: { latestPushedK: 10 },
  tagSelectors: [SELECTOR],
  scopeSelectors: { repository: [REPOSITORIES] },
};
const POLICY: WirePolicy = { algorithm: 'or', rules: [RULE], triggerKind: 'Schedule', cron: '' };

const read = (more: Partial<WirePolicy>) => readRetention({ ...POLICY, ...more }, NOW_MS);
const ofRule = (more: Partial<WireRule>) => read({ rules: [{ ...RULE, ...more }] });
const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...RULE, params: { latestPushedK: index + 1 } }));

describe('a policy', () => {
  it('is read with its rules and its cron', () => {
    const policy = read({ cron: ' 0 0 3 * * *' });
    expect(policy).toMatchObject({
      ok: true,
      value: { cron: '0 0 3 * * *', rules: [{ id: 7, template: 'latestPushedK', parameter: 10 }] },
    });
  });

  it.each([
    ['no rule', { rules: [] }],
    ['15 rules', { rules: numbered(15) }],
    ['no trigger', { triggerKind: '', cron: undefined }],
    ['no cron', { cron: undefined }],
    ['question marks', { cron: '0 0 3 ? * MON' }],
  ])('may have %s', (_, more) => {
    expect(read(more)).toMatchObject({ ok: true });
  });

  it.each<[string, Partial<WirePolicy>, RegExp]>([
    ['16 rules', { rules: numbered(16) }, /^only 15 rules are allowed at most$/],
    ['another algorithm', { algorithm: 'and' }, /^algorithm and is not supported/],
    ['another trigger', { triggerKind: 'Event' }, /^not support Trigger Event$/],
    ['a cron that is a number', { cron: 5 }, /^invalid cron type for scheduled tag retention: must be a string$/],
    [
      'a cron of five fields',
      { cron: '0 3 * * *' },
      /^invalid cron string for scheduled tag retention: 0 3 \* \* \*, error/,
    ],
    ['a cron that never comes', { cron: '0 0 0 31 2 *' }, /^invalid cron string/],
    ['a cron within the minute', { cron: '* 0 3 * * *' }, /the 1st field \(indicating Seconds of time\)/],
  ])('refuses %s', (_, more, message) => {
    expect(read(more)).toMatchObject({
      ok: false,
      error: { kind: 'invalid', message: expect.stringMatching(message) },
    });
  });

  it('refuses rules that are one, whatever their ids', () => {
    const rules = [RULE, { ...RULE, params: { latestPushedK: 3 } }, { ...RULE, id: 9 }];
    const message = 'rule 2 is conflict with rule 0';
    expect(read({ rules })).toEqual({ ok: false, error: { kind: 'conflict', message } });
    expect(read({ rules: [RULE, { ...RULE, disabled: true }] })).toMatchObject({ ok: true });
  });

  it('refuses rules too long to be kept', () => {
    const tagSelectors = Array(10).fill({ ...SELECTOR, pattern: 'x'.repeat(250) });
    const repository = Array(10).fill({ ...REPOSITORIES, pattern: 'x'.repeat(250) });
    const rules = numbered(15).map((rule) => ({ ...rule, tagSelectors, scopeSelectors: { repository } }));
    expect(read({ rules })).toMatchObject({
      error: { message: expect.stringMatching(/longer than 64000 characters/) },
    });
  });
});

describe('a rule', () => {
  it.each<[string, Partial<WireRule>, RegExp]>([
    ['without action', { action: '' }, /action .* must be retain/],
    ['without template', { template: '' }, /empty rule template ID/],
    ['of an unknown template', { template: 'nothing' }, /rule evaluator nothing is not registered/],
    [
      'of a template that every object has',
      { template: 'constructor' },
      /rule evaluator constructor is not registered/,
    ],
    ['without its parameter', { params: {} }, /missing required parameter latestPushedK for rule latestPushedK/],
    ['with the parameter of another', { params: { latestPulledN: 1 } }, /missing required parameter/],
    ['that keeps nothing', { params: { latestPushedK: 0 } }, /latestPushedK is zero/],
    ['of a negative count', { params: { latestPushedK: -1 } }, /latestPushedK is less than zero/],
    ['of a huge count', { params: { latestPushedK: 32_767 } }, /latestPushedK is too large/],
    ['of a count in words', { params: { latestPushedK: '3' } }, /latestPushedK type error/],
    ['of half a count', { params: { latestPushedK: 1.5 } }, /latestPushedK type error/],
    ['of a null count', { params: { latestPushedK: null } }, /latestPushedK type error/],
    ['of too many days', { template: 'nDaysSinceLastPull', params: { nDaysSinceLastPull: 20_190_905 } }, /too large/],
    ['without tag selector', { tagSelectors: [] }, /no tag selector/],
    ['of another kind of selector', { tagSelectors: [{ ...SELECTOR, kind: 'label' }] }, /kind of a selector/],
    ['with a repository selector for tags', { tagSelectors: [REPOSITORIES] }, /decoration of a tag selector/],
    [
      'with a tag selector for repositories',
      { scopeSelectors: { repository: [SELECTOR] } },
      /decoration of a repository/,
    ],
    ['of another scope', { scopeSelectors: { project: [REPOSITORIES] } }, /scope project is not supported/],
    ['with a pattern that is none', { tagSelectors: [{ ...SELECTOR, pattern: '{a' }] }, /not closed/],
    ['of many selectors', { tagSelectors: Array(11).fill(SELECTOR) }, /more than 10 selectors/],
  ])('is refused %s', (_, more, message) => {
    expect(ofRule(more)).toMatchObject({ ok: false, error: { message: expect.stringMatching(message) } });
  });

  it.each<[string, WireRule['params'], number | undefined]>([
    ['latestPulledN', { latestPulledN: 32_766 }, 32_766],
    ['nDaysSinceLastPush', { nDaysSinceLastPush: 20_190_904 }, 20_190_904],
    ['latestActiveK', { latestActiveK: 1 }, 1],
    ['lastXDays', { lastXDays: 1 }, 1],
    ['always', {}, undefined],
    ['always', { always: 'x' }, undefined],
  ])('of %s takes %j', (template, params, parameter) => {
    expect(ofRule({ template, params })).toMatchObject({ ok: true, value: { rules: [{ template, parameter }] } });
  });

  it('needs no repository selector', () => {
    expect(ofRule({ scopeSelectors: {} })).toMatchObject({ ok: true, value: { rules: [{ repositorySelectors: [] }] } });
  });
});
