import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration, type Interaction } from 'oidc-provider';

/** Somebody with an account at the provider. */
export interface ProviderUser {
  readonly password: string;
  readonly name: string;
  readonly email: string;
  readonly groups: readonly string[];
}

export interface OidcProviderOptions {
  /** Where the registry is, without a trailing slash. */
  readonly registryUrl: string;
  /** By subject. */
  readonly users: Readonly<Record<string, ProviderUser>>;
}

const CLIENT_ID = 'roadstead';
const CLIENT_SECRET = 'a secret between the suite and its provider';

/** A certified OpenID Connect provider on loopback: code flow with PKCE, groups, refresh tokens, logout, revocation. */
export class OidcProvider {
  readonly issuer: string;
  readonly clientId = CLIENT_ID;
  readonly clientSecret = CLIENT_SECRET;
  readonly #provider: Provider;
  readonly #server: Server;
  readonly #users: Map<string, ProviderUser>;

  private constructor(server: Server, options: OidcProviderOptions) {
    this.#server = server;
    this.#users = new Map(Object.entries(options.users));
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#provider = new Provider(this.issuer, this.#configuration(options.registryUrl));
    const answer = this.#provider.callback();
    server.on('request', (request, response) => {
      const answered = request.url?.startsWith('/interaction/')
        ? this.#interact(request, response)
        : answer(request, response);
      answered.catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
  }

  static async start(options: OidcProviderOptions): Promise<OidcProvider> {
    const server = createServer();
    const listening = Promise.withResolvers<void>();
    server.on('error', listening.reject).listen(0, '127.0.0.1', listening.resolve);
    await listening.promise;
    return new OidcProvider(server, options);
  }

  /** Changes an account; undefined removes it, and with it every refresh token it has. */
  setUser(subject: string, user: ProviderUser | undefined): void {
    if (user) this.#users.set(subject, user);
    else this.#users.delete(subject);
  }

  async stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  #configuration(registryUrl: string): Configuration {
    return {
      clients: [
        {
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          redirect_uris: [`${registryUrl}/c/oidc/callback`],
          post_logout_redirect_uris: [`${registryUrl}/account/sign-in`],
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
        },
      ],
      scopes: ['openid', 'offline_access', 'profile', 'email', 'groups'],
      claims: { openid: ['sub'], profile: ['name'], email: ['email'], groups: ['groups'] },
      cookies: { keys: ['a key of the suite'] },
      features: {
        devInteractions: { enabled: false },
        revocation: { enabled: true },
        rpInitiatedLogout: { enabled: true },
      },
      interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
      pkce: { required: () => true },
      findAccount: (_, subject) => {
        const user = this.#users.get(subject);
        if (!user) return undefined;
        const { name, email, groups } = user;
        return { accountId: subject, claims: () => ({ sub: subject, name, email, groups: [...groups] }) };
      },
    };
  }

  async #interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const interaction = await this.#provider.interactionDetails(request, response);
    if (interaction.prompt.name === 'consent') return this.#consent(interaction, request, response);
    if (request.method === 'GET') return showLoginPage(response);
    const form = await readForm(request);
    const subject = form.get('username') ?? '';
    if (this.#users.get(subject)?.password !== form.get('password')) return showLoginPage(response);
    await this.#provider.interactionFinished(request, response, { login: { accountId: subject } });
  }

  /** Whatever the registry asks for is granted. */
  async #consent(interaction: Interaction, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const accountId = interaction.session?.accountId ?? '';
    const grant = new this.#provider.Grant({ accountId, clientId: CLIENT_ID });
    grant.addOIDCScope(String(interaction.params['scope']));
    const consent = { grantId: await grant.save() };
    await this.#provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
  }
}

function showLoginPage(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Provider</title>
    <form method="post"><input name="username"><input name="password" type="password"><button>Sign in</button></form>`);
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
