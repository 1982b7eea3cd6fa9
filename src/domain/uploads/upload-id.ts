import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { type DigestAlgorithm, isDigestAlgorithm } from '#core/digest';
import { AppError } from '#core/errors';
import type { RepositoryName } from '#core/reference';

/** How long an upload may take from its POST to its final PUT: 24 hours. */
export const UPLOAD_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** A verified upload id. */
export interface UploadId {
  /** The id as it stands in the `Location`. */
  readonly text: string;
  /** What the client asked for with `digest-algorithm`, or sha256. */
  readonly algorithm: DigestAlgorithm;
}

/** How long an isolate opens uploads in one home, in milliseconds, and how many. */
const HOME_MAX_AGE_MS = 15 * 60 * 1000;
const HOME_MAX_UPLOADS = 1_000;

const ID = /^([0-9a-f]{16}\.[0-9a-f]{24}\.([0-9a-z]{1,11})(?:\.([a-z0-9]+))?)\.([A-Za-z0-9_-]{43})$/;

/** The object that keeps the session of an upload: the first part of its id. */
export function homeOf(idText: string): string {
  return idText.slice(0, idText.indexOf('.'));
}

/**
 * Ids that certify themselves: `<home>.<random>.<issued at, ms, base 36>[.<algorithm>].<mac>`. The MAC covers all of it
 * and the repository, so opening an upload writes nothing anywhere, and an id that was not issued here, for this
 * repository, within the last 24 hours is recognized without asking anybody.
 */
export class UploadIds {
  readonly #key: Buffer | undefined;
  #home = { name: '', openedAtMs: 0, uploads: HOME_MAX_UPLOADS };

  /** `secretKey` is the deployment's; without one no login is served, and no upload is either. */
  constructor(deps: { readonly secretKey: string | undefined }) {
    if (deps.secretKey !== undefined) {
      this.#key = Buffer.from(hkdfSync('sha256', deps.secretKey, '', 'roadstead upload ids', 32));
    }
  }

  issue(repository: RepositoryName, nowMs: number, algorithm?: DigestAlgorithm): UploadId {
    const parts = [
      this.#currentHome(nowMs),
      randomBytes(12).toString('hex'),
      nowMs.toString(36),
      ...(algorithm ? [algorithm] : []),
    ];
    const certified = parts.join('.');
    return { text: `${certified}.${this.#mac(certified, repository)}`, algorithm: algorithm ?? 'sha256' };
  }

  /** Rejects ids that are malformed, foreign or too old, all in the same way. */
  verify(text: string, repository: RepositoryName, nowMs: number): UploadId {
    const [, certified = '', issuedAt = '', algorithm = 'sha256', mac = ''] = ID.exec(text) ?? [];
    const isGenuine = mac !== '' && timingSafeEqual(Buffer.from(mac), Buffer.from(this.#mac(certified, repository)));
    const ageMs = nowMs - Number.parseInt(issuedAt, 36);
    if (!isGenuine || ageMs > UPLOAD_LIFETIME_MS || !isDigestAlgorithm(algorithm)) {
      throw new AppError('BLOB_UPLOAD_UNKNOWN');
    }
    return { text, algorithm };
  }

  /**
   * Uploads that an isolate opens one after the other share a home: the first call to an object that does not run yet
   * takes longer than storing a small layer.
   */
  #currentHome(nowMs: number): string {
    const isUsable = nowMs - this.#home.openedAtMs < HOME_MAX_AGE_MS && this.#home.uploads < HOME_MAX_UPLOADS;
    if (!isUsable) this.#home = { name: randomBytes(8).toString('hex'), openedAtMs: nowMs, uploads: 0 };
    this.#home.uploads++;
    return this.#home.name;
  }

  #mac(certified: string, repository: RepositoryName): string {
    if (!this.#key) throw new AppError('LOGIN_DISABLED');
    return createHmac('sha256', this.#key).update(`${certified}\n${repository}`).digest('base64url');
  }
}
