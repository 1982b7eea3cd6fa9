/** How a registry wants to be logged in to (RFC 9110 §11.6.1). */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: URL; readonly service: string | undefined };

const PARAMETER = /([a-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi;

/** Reads `WWW-Authenticate`; undefined when it asks for nothing that is known here, or is not what it should be. */
export function parseChallenge(header: string | null): Challenge | undefined {
  const scheme = /^\s*([a-z]+)/i.exec(header ?? '')?.[1]?.toLowerCase();
  if (scheme === 'basic') return { scheme };
  if (scheme !== 'bearer' || header === null) return undefined;
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, plain] of header.matchAll(PARAMETER)) {
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '');
  }
  const realm = URL.parse(parameters.get('realm') ?? '');
  if (!realm || !/^https?:$/.test(realm.protocol)) return undefined;
  return { scheme, realm, service: parameters.get('service') };
}
