import { describe, expect, it } from 'vitest';
import { routingOf } from '#domain/webhooks/delivery-routes';
import type { NotifyType, WebhookTarget } from '#domain/webhooks/webhook-policy';

const target = (address: string, type: NotifyType = 'http', more: Partial<WebhookTarget> = {}): WebhookTarget => ({
  type,
  address,
  skipsCertificateCheck: false,
  ...more,
});
const routing = (before: readonly WebhookTarget[], after: readonly WebhookTarget[], isEnabled = true) =>
  routingOf({ id: 7, targets: before }, { targets: after, isEnabled });
/** `lane from to`, of each route. */
const routes = (before: readonly WebhookTarget[], after: readonly WebhookTarget[]) =>
  routing(before, after).routes.map(({ lane, from, to }) => `${lane} ${from} ${to.address}`);
const [a, b, c] = ['http://a', 'http://b', 'http://c'].map((address) => target(address)) as [
  WebhookTarget,
  WebhookTarget,
  WebhookTarget,
];

describe('the deliveries of a changed policy', () => {
  it('go where they went, with what the target has now', () => {
    const now = { sealedAuthHeader: 'x', sealedSecret: 'y', skipsCertificateCheck: true };
    expect(routing([a], [target('a#part', 'http', now)]).routes).toEqual([
      { lane: 'WEBHOOK:7', from: 'http://a', to: { address: 'http://a', ...now } },
    ]);
    const { sealedAuthHeader: _, ...forSlack } = now;
    expect(routing([], [target('https://s', 'slack', now)]).routes).toEqual([
      { lane: 'SLACK:7', from: 'https://s', to: { address: 'https://s', ...forSlack } },
    ]);
  });

  it('go to the one address that came as one went', () => {
    expect(routes([a, b], [b, c])).toEqual([
      'WEBHOOK:7 http://b http://b',
      'WEBHOOK:7 http://c http://c',
      'WEBHOOK:7 http://a http://c',
    ]);
    // Of two targets at one address, both.
    expect(routes([a, a], [c, c])).toContain('WEBHOOK:7 http://a http://c');
    const [s, t] = [target('https://s', 'slack'), target('https://t', 'slack')];
    expect(routes([a, s], [c, t])).toEqual(
      expect.arrayContaining(['WEBHOOK:7 http://a http://c', 'SLACK:7 https://s https://t']),
    );
  });

  it.each([
    ['none came', [a, b], [b]],
    ['two came', [a], [b, c]],
    ['another one went too', [a, b], [c]],
    ['one of another type came', [a, b], [b, target('http://c', 'slack')]],
  ])('have no other address when %s', (_, before, after) => {
    expect(routes(before, after).filter((route) => route.includes('http://a'))).toEqual([]);
    expect(routing(before, after).stopReason).toBe('the policy has this target no more');
  });

  it('go nowhere when it is disabled', () => {
    expect(routing([a], [a], false)).toEqual({
      lanes: ['WEBHOOK:7', 'SLACK:7'],
      routes: [],
      stopReason: 'the policy was disabled',
    });
  });
});
