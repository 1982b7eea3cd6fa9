import { isLoopback, isPrivateHost } from '#core/private-host';

/** Longest address of a target, in characters. */
const MAX_LENGTH = 2_048;

export interface AddressRules {
  /** Whether this machine and networks of one's own may be told: not in a deployment, whose network is the platform's. */
  readonly arePrivateAllowed: boolean;
  /** Addresses of this registry (`https://registry.example`), which must not be told what it does. */
  readonly ownUrls: readonly string[];
}

/**
 * Where an address as it was given leads: with `http://` where no scheme is given (`harbor:src/common/utils/utils.go`,
 * ParseEndpoint), without a fragment. Its query stays, as some receivers want their key there. What is normalized stays as it
 * is.
 */
export function normalizeTargetAddress(text: string): string {
  const address = text.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
  return withScheme.replace(/#.*$/, '');
}

/** Why a webhook cannot go to an address as it was given; undefined when it can. The words never repeat the address. */
export function targetAddressProblem(given: string, rules: AddressRules): string | undefined {
  const address = normalizeTargetAddress(given);
  if (/^[a-z]+:\/\/\/*$/i.test(address)) return 'the address of a target cannot be empty';
  if (Math.max(given.length, address.length) > MAX_LENGTH)
    return `the address of a target has at most ${MAX_LENGTH} characters`;
  const url = URL.parse(address);
  if (!url || /[\s\\]/.test(address)) return 'the address of a target is not a URL';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `invalid scheme: ${url.protocol.slice(0, -1)}`;
  if (url.username !== '' || url.password !== '') {
    return 'the address of a target cannot hold credentials; auth_header can';
  }
  if (rules.ownUrls.some((own) => isSamePlace(url, own))) return 'the address of a target is the registry itself';
  if (!rules.arePrivateAllowed && isPrivateHost(url.hostname)) {
    return 'the address of a target is on a private network, which a deployment does not reach';
  }
  return undefined;
}

/** Whether both reach the same server: the default ports of http and https are one. */
function isSamePlace(url: URL, own: string): boolean {
  const other = URL.parse(own);
  return other !== null && hostOf(url) === hostOf(other);
}

function hostOf({ hostname, port }: URL): string {
  const name = hostname.replace(/\.$/, '');
  return `${isLoopback(name) || name.endsWith('.localhost') ? 'localhost' : name}:${port}`;
}
