import { parseDirectoryEndpoint } from '#domain/access/directory-endpoint';
import type { ExternalIdentity } from '#domain/access/external-identity';
import type { PasswordAuthenticator } from '#domain/access/password-authenticator';
import type { UaaAccess, UaaClient, UaaUserInfo } from '#domain/uaa/uaa-client';
import type { UaaSettings } from '#domain/uaa/uaa-settings';

const UNKNOWN_USER_INFO: UaaUserInfo = { name: undefined, email: undefined };

/** Passwords that a Cloud Foundry UAA checks (harbor:src/core/auth/uaa/uaa.go). A UAA tells of no groups. */
export class UaaAuthenticator implements PasswordAuthenticator {
  readonly #client: UaaClient;
  readonly #settings: () => Promise<UaaSettings>;

  constructor(deps: { readonly client: UaaClient; readonly settings: () => Promise<UaaSettings> }) {
    this.#client = deps.client;
    this.#settings = deps.settings;
  }

  async authenticate(username: string, password: string): Promise<ExternalIdentity | undefined> {
    const uaa = accessTo(await this.#settings());
    const token = await this.#client.passwordGrant(uaa, username, password);
    if (token === undefined) return undefined;
    // The password was right: as in Harbor, who it belongs to in full is worth knowing, but no reason to refuse.
    const { name, email } = await this.#client.userInfo(uaa, token).catch(() => UNKNOWN_USER_INFO);
    return {
      username: username.trim(),
      email: email ?? (username.includes('@') ? username.trim() : undefined),
      realname: name,
      groups: [],
      isAdministrator: false,
    };
  }
}

function accessTo({ endpoint, clientId, clientSecret, verifiesCertificate }: UaaSettings): UaaAccess {
  return {
    endpoint: parseDirectoryEndpoint('uaa_endpoint', endpoint, { verifiesCertificate }),
    clientId,
    clientSecret,
  };
}
