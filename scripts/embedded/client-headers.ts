import { Runtime } from 'miniflare';

/**
 * Miniflare's front door is made for developers and believes the client. It has no option for any of this, and behind
 * it the socket's address is unknown, so expressions are replaced in the program it hands to workerd. The replacement
 * has the same length, because the program is a text inside a binary message. Versions are pinned; one without these
 * expressions fails to start.
 */
const hardenings: readonly (readonly [from: string, to: string])[] = [
  // It sets `CF-Connecting-IP` only when the request has none.
  ['!request.headers.get("CF-Connecting-IP")', 'true'],
  // It serves every object of the bucket to anybody, under /cdn-cgi/local/r2/public/.
  ['r2PublicService = env[CoreBindings.SERVICE_R2_PUBLIC]', 'r2PublicService = undefined'],
  // It takes URL and location from headers, and fails with a 500 when they are malformed.
  ['let originalUrl = request.headers.get(CoreHeaders.ORIGINAL_URL)', 'let originalUrl = null'],
  ['clientCfBlobHeader = request.headers.get(CoreHeaders.CF_BLOB)', 'clientCfBlobHeader = null'],
  // It shows clients the stack of an error of its own.
  ['e?.stack ?? String(e)', 'null'],
];
/** It takes the protocol from this header too. */
const readsForwardedProtocol = 'request.headers.get("X-Forwarded-Proto")';

/** Call once, before Miniflare starts. `trustProxy` leaves the protocol to a proxy in front, never the address. */
export function distrustClientHeaders({ trustProxy }: { readonly trustProxy: boolean }): void {
  const updateConfig = Runtime.prototype.updateConfig;
  Runtime.prototype.updateConfig = function updateHardenedConfig(config, ...rest) {
    for (const [from, to] of hardenings) replaceOnce(config, from, to);
    if (!trustProxy) replaceOnce(config, readsForwardedProtocol, 'null');
    return updateConfig.call(this, config, ...rest);
  };
}

/** Overwrites `from`, which must occur exactly once, in place. */
export function replaceOnce(config: Buffer, from: string, to: string): void {
  const at = config.indexOf(from);
  if (at < 0 || config.includes(from, at + 1)) throw new Error(`Miniflare has changed: "${from}" is not there once`);
  config.write(to.padEnd(from.length), at, 'utf8');
}
