import type { connect } from 'node:net';
import { Client, ResultCodeError, SASL_MECHANISMS } from 'ldapts';
import { z } from 'zod';
import { dial } from '#adapters/ldap/dial';
import { answeredWrongly, isNoSuchBase, refusedSearchAccount, unreachable } from '#adapters/ldap/failures';
import { GuardedSocket } from '#adapters/ldap/guarded-socket';
import { AppError } from '#core/errors';
import { LdapEntry } from '#domain/ldap/ldap-entry';
import { type LdapScope, type LdapSettings, parseLdapUrl } from '#domain/ldap/ldap-settings';

/** Bounds of `ldap_timeout`, in seconds. */
const MIN_TIMEOUT_SECONDS = 1;
const MAX_TIMEOUT_SECONDS = 60;

/** Longest life of a connection, whatever it is asked, in milliseconds. */
const MAX_SESSION_MS = 60_000;

const SCOPES = ['base', 'one', 'sub'] as const;

/** What the result of a bind says of the one who asked, RFC 4511 appendix A: their password is wrong, or they are barred. */
const REFUSALS: readonly number[] = [
  19, // constraintViolation: the account is locked
  32, // noSuchObject
  48, // inappropriateAuthentication: the account has no password
  49, // invalidCredentials
  50, // insufficientAccessRights
  53, // unwillingToPerform: the account is locked or the password has expired
];

const entrySchema = z
  .looseObject({ dn: z.string() })
  .transform(({ dn, ...attributes }) => new LdapEntry(dn, Object.entries(attributes).map(toTexts)));

export interface LdapSearch {
  readonly baseDn: string;
  readonly scope: LdapScope;
  readonly filter: string;
  readonly attributes: readonly string[];
  readonly limit: number;
  /** Whether a base that is not in the directory means that there are no entries. */
  readonly isBaseOptional?: boolean;
}

/** One connection to a directory. */
export class LdapSession {
  readonly #client: Client;
  readonly #socket: GuardedSocket;
  readonly #settings: LdapSettings;

  private constructor(socket: GuardedSocket, settings: LdapSettings) {
    this.#socket = socket;
    this.#settings = settings;
    let isTaken = false;
    const takeSocket = () => {
      // The library would connect again by itself, and go on without having bound.
      if (isTaken) throw new Error('the connection was closed');
      isTaken = true;
      return socket;
    };
    this.#client = new Client({
      url: 'ldap://connected',
      timeout: timeoutMs(settings),
      createConnection: takeSocket as unknown as typeof connect,
    });
  }

  /** Connects, and closes the connection when `body` has ended, however it did. */
  static async run<T>(settings: LdapSettings, body: (session: LdapSession) => Promise<T>): Promise<T> {
    const socket = await LdapSession.#connect(settings);
    const timer = setTimeout(() => socket.abort(new Error('the session took too long')), MAX_SESSION_MS);
    const session = new LdapSession(socket, settings);
    try {
      return await body(session);
    } finally {
      clearTimeout(timer);
      await session.#close();
    }
  }

  static async #connect(settings: LdapSettings): Promise<GuardedSocket> {
    const address = parseLdapUrl(settings.url);
    if (address.isSecure && !settings.isCertificateVerified) {
      const message = 'ldap_verify_cert cannot be false for ldaps: this platform checks every certificate';
      throw new AppError('BAD_REQUEST', { message });
    }
    try {
      return new GuardedSocket(await dial(address, timeoutMs(settings)));
    } catch (cause) {
      throw unreachable(address, cause);
    }
  }

  /** Becomes the search account; BAD_REQUEST when the directory does not take it. */
  async bindSearchAccount(): Promise<void> {
    const { searchDn, searchPassword } = this.#settings;
    // Without a name or without a password the directory would let us in as nobody (RFC 4513 §5.1).
    if (searchDn.trim() === '') throw new AppError('BAD_REQUEST', { message: 'ldap_search_dn is empty' });
    if (searchPassword === '') throw new AppError('BAD_REQUEST', { message: 'ldap_search_password is empty' });
    if (!(await this.isPassword(searchDn, searchPassword))) throw refusedSearchAccount();
  }

  /** Whether the directory takes that password; if so the session is that user's. */
  async isPassword(dn: string, password: string): Promise<boolean> {
    if (dn === '' || password === '') return false;
    // The library takes these names for something else than a simple bind.
    if ((SASL_MECHANISMS as readonly string[]).includes(dn)) return false;
    try {
      await this.#client.bind(dn, password);
      return true;
    } catch (error) {
      if (error instanceof ResultCodeError && REFUSALS.includes(error.code)) return false;
      throw answeredWrongly(this.#socket.failure ?? error);
    }
  }

  /** At most `limit` entries; BAD_REQUEST for a filter that is none or a base that is not there. */
  async search(wanted: LdapSearch): Promise<readonly LdapEntry[]> {
    const { baseDn, scope, filter, attributes, limit, isBaseOptional = false } = wanted;
    try {
      const { searchEntries } = await this.#client.search(baseDn, {
        scope: SCOPES[scope],
        filter,
        attributes: [...attributes],
        sizeLimit: limit,
        timeLimit: timeoutMs(this.#settings) / 1_000,
      });
      return z.array(entrySchema).parse(searchEntries.slice(0, limit));
    } catch (error) {
      if (isBaseOptional && isNoSuchBase(error)) return [];
      throw answeredWrongly(this.#socket.failure ?? error);
    }
  }

  async #close(): Promise<void> {
    try {
      await this.#client.unbind();
    } catch {
      // The directory has closed it before.
    } finally {
      this.#socket.destroy();
    }
  }
}

function timeoutMs({ timeoutSeconds }: LdapSettings): number {
  return Math.min(Math.max(timeoutSeconds, MIN_TIMEOUT_SECONDS), MAX_TIMEOUT_SECONDS) * 1_000;
}

/** The values that are text; a name or an address is never anything else. */
function toTexts([name, value]: readonly [string, unknown]): readonly [string, readonly string[]] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return [name, values.filter((item) => typeof item === 'string')];
}
