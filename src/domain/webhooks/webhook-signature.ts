import { createHmac } from 'node:crypto';

export interface SignedDelivery {
  readonly deliveryId: string;
  /** Seconds since the epoch, of this try. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * The value of `X-Roadstead-Signature`: HMAC-SHA256 (RFC 2104) over `<delivery id>.<timestamp>.<body>`, in hexadecimal. The
 * id and the time are in it so that neither can be replaced.
 */
export function signatureOf({ deliveryId, timestamp, body }: SignedDelivery, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${deliveryId}.${timestamp}.${body}`).digest('hex')}`;
}
