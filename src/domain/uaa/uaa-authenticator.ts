import { parseDirectoryEndpoint } from '#domain/access/directory-endpoint';
import type { ExternalIdentity } from '#domain/access/external-identity';
import type { PasswordAuthenticator } from '#domain/access/password-authenticator';
import type { UserDirectory } from '#domain/members/user-directory';
import type { UaaAccess, UaaClient, UaaUser, UaaUserInfo } from '#domain/uaa/uaa-client';
import type { UaaSettings } from '#domain/uaa/uaa-settings';

const UNKNOWN_USER_INFO: UaaUserInfo = { name: undefined, email: undefined };

/** Passwords that a Cloud Foundry UAA checks, and users it knows (harbor:src/core/auth/uaa/uaa.go). It tells of no groups. */
export class UaaAuthenticator implements PasswordAuthenticator, UserDirectory {
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
    const info = await this.#client.userInfo(uaa, token).catch(() => UNKNOWN_USER_INFO);
    return toIdentity({ username: username.trim(), ...info });
  }

  /** The one user of the UAA who has the name, as their first login will find them. */
  async findUser(username: string): Promise<ExternalIdentity | undefined> {
    const key = username.trim().toLowerCase();
    if (key === '') return undefined;
    const found = await this.#client.findUsers(accessTo(await this.#settings()), username.trim());
    // Nobody should be guessed, nor be taken for another by what the UAA makes of the question.
    const [user, ...others] = found.filter((candidate) => candidate.username.toLowerCase() === key);
    return user && others.length === 0 ? toIdentity(user) : undefined;
  }
}

function toIdentity({ username, name, email }: UaaUser): ExternalIdentity {
  return {
    username,
    email: email ?? (username.includes('@') ? username : undefined),
    realname: name,
    groups: [],
    isAdministrator: false,
  };
}

function accessTo({ endpoint, clientId, clientSecret, verifiesCertificate }: UaaSettings): UaaAccess {
  return {
    endpoint: parseDirectoryEndpoint('uaa_endpoint', endpoint, { verifiesCertificate }),
    clientId,
    clientSecret,
  };
}
