import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deliveryIdOf } from '#domain/webhooks/delivery-id';
import { signatureOf } from '#domain/webhooks/webhook-signature';

describe('a signature', () => {
  it('is an HMAC over id, time and body', () => {
    const signed = { deliveryId: 'd1', timestamp: 1_700_000_000, body: '{"a":"ä"}' };
    const expected = createHmac('sha256', 'key').update('d1.1700000000.{"a":"ä"}', 'utf8').digest('hex');
    expect(signatureOf(signed, 'key')).toBe(`sha256=${expected}`);
    expect(signatureOf({ ...signed, timestamp: 1 }, 'key')).not.toBe(`sha256=${expected}`);
  });
});

describe('the id of a delivery', () => {
  it('is a UUID, the same for the same delivery', () => {
    const id = deliveryIdOf('event:1:2:0');
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(deliveryIdOf('event:1:2:0')).toBe(id);
    expect(deliveryIdOf('event:1:2:1')).not.toBe(id);
  });
});
