/** Names that mean this machine or a network of one's own (RFC 6761, RFC 6762, RFC 8375, ICANN's `.internal`). */
const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|internal|home\.arpa|lan|intranet|corp|home)$/;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** First address and prefix length of the IPv4 networks that are nobody's on the internet (RFC 6890, RFC 1112, RFC 5771). */
const PRIVATE_NETWORKS: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
];

/**
 * Whether a host is this machine, or on a network of one's own, as far as its name tells. `hostname` is as the URL parser
 * leaves it: lower case, IPv4 in its dotted form however it was written (hexadecimal, octal, one number), IPv6 in brackets.
 */
export function isPrivateHost(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '');
  if (name.startsWith('[')) return !isGlobalIpv6(name.slice(1, -1));
  return IPV4.test(name) ? isPrivateIpv4(name) : isPrivateName(name);
}

export function isNetworkAddress(hostname: string): boolean {
  return hostname.startsWith('[') || IPV4.test(hostname.replace(/\.$/, ''));
}

export function isPrivateName(name: string): boolean {
  return !name.includes('.') || PRIVATE_NAME.test(name);
}

/** `localhost`, 127.0.0.0/8 and ::1, what stands for every address of the machine, and IPv4 in the form of IPv6. */
const LOOPBACK =
  /^(?:localhost|0\.0\.0\.0|127(?:\.\d{1,3}){3}|\[::1?\]|\[::ffff:(?:7f[0-9a-f]{2}:[0-9a-f]{1,4}|0:0)\])$/;

/** Whether the host is this very machine. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

function isPrivateIpv4(address: string): boolean {
  const bits = toNumber(address);
  return PRIVATE_NETWORKS.some(([network, length]) => {
    const span = 2 ** (32 - length);
    return Math.floor(bits / span) === Math.floor(toNumber(network) / span);
  });
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/**
 * Whether an IPv6 address is of the internet's (2000::/3, RFC 4291 §2.4). Forms that carry an IPv4 address (mapped, 6to4,
 * Teredo, NAT64) are not: what they reach depends on the network they are used in.
 */
function isGlobalIpv6(address: string): boolean {
  const [first = '', second = ''] = address.split(':');
  const group = Number.parseInt(first || '0', 16);
  if (group < 0x2000 || group > 0x3fff || group === 0x2002) return false;
  return !(group === 0x2001 && Number.parseInt(second || '0', 16) === 0);
}
