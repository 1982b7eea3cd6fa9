import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

type SigningKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** An issuer of workloads' tokens, as a CI system is one, on a loopback port of its own. */
export class OidcIssuer {
  readonly url: string;
  readonly #stop: () => Promise<void>;
  readonly #keys: JWK[];
  #signer: { readonly kid: string; readonly key: SigningKey } | undefined;

  private constructor(url: string, keys: JWK[], stop: () => Promise<void>) {
    this.url = url;
    this.#keys = keys;
    this.#stop = stop;
  }

  static async start(): Promise<OidcIssuer> {
    const keys: JWK[] = [];
    let url = '';
    const server = createServer((incoming, outgoing) => {
      const documents: Readonly<Record<string, unknown>> = {
        '/.well-known/openid-configuration': { issuer: url, jwks_uri: `${url}/jwks` },
        '/jwks': { keys },
      };
      const document = documents[incoming.url ?? ''];
      outgoing.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(document ?? {}));
    });
    await new Promise<void>((resolve, reject) => server.on('error', reject).listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const stop = () => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections());
    const issuer = new OidcIssuer(url, keys, stop);
    await issuer.rotate('RS256');
    return issuer;
  }

  /** Signs with a new key from now on; the ones before are published still. */
  async rotate(algorithm: 'RS256' | 'ES256'): Promise<void> {
    const kid = `key-${this.#keys.length}`;
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
    this.#keys.push({ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: algorithm });
    this.#signer = { kid, key: privateKey };
  }

  /** A token as a job of `org/app` gets it, good for five minutes. */
  async token(audience: string, claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
    if (!this.#signer) throw new Error('the issuer has no key');
    const { kid, key } = this.#signer;
    const alg = this.#keys.at(-1)?.alg ?? '';
    return new SignJWT({ repository: 'org/app', ref: 'refs/heads/main', ...claims })
      .setProtectedHeader({ alg, kid, typ: 'JWT' })
      .setIssuer(this.url)
      .setAudience(audience)
      .setSubject('repo:org/app:ref:refs/heads/main')
      .setJti(crypto.randomUUID())
      .setIssuedAt()
      .setNotBefore('0s')
      .setExpirationTime('5m')
      .sign(key);
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}
