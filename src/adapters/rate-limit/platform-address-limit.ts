import type { AddressLimit } from '#domain/access/address-limit';

/**
 * The platform's counter, one for each of its locations (developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit).
 * It is the coarse limit in front of the throttles: when it fails, they still hold.
 */
export class PlatformAddressLimit implements AddressLimit {
  readonly #rate: RateLimit;

  constructor(deps: { readonly rate: RateLimit }) {
    this.#rate = deps.rate;
  }

  async admits(client: string): Promise<boolean> {
    try {
      return (await this.#rate.limit({ key: client })).success;
    } catch {
      return true;
    }
  }
}
