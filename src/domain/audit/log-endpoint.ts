/** Where entries of the audit log are forwarded to. */
export interface LogEndpoint {
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
}

const MAX_PORT = 65_535;
const ADDRESS = /^(?:\[(?<address>[\da-f:.]{2,45})\]|(?<name>[a-z\d](?:[a-z\d._-]{0,251}[a-z\d])?)):(?<port>\d{1,5})$/i;

/** Reads `host:port`; undefined when it is none. An IPv6 address stands in brackets. */
export function parseLogEndpoint(text: string): LogEndpoint | undefined {
  const { address, name, port: digits } = ADDRESS.exec(text.trim())?.groups ?? {};
  const host = address ?? name;
  const port = Number(digits);
  return host !== undefined && port > 0 && port <= MAX_PORT ? { host, port } : undefined;
}
