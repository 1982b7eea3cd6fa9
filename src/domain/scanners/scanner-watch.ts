import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import type { SecretBox } from '#domain/configuration/secret-box';
import type { Scanner } from '#domain/scanners/scanner';
import type { ScannerClient, ScannerLook } from '#domain/scanners/scanner-client';

/** How long what an adapter said of itself is taken for true, in milliseconds. */
const REMEMBERED_MS = 10_000;
/** Characters of what all adapters said, that an isolate remembers. */
const MAX_REMEMBERED_LENGTH = 2 ** 22;
/** Connections that a request may have waiting at once; the platform's own limit is as many. */
const MAX_PARALLEL = 6;
/** Adapters that one request asks at most; the platform allows a request 50 of its own. */
const MAX_LOOKS = 30;
/** How long an adapter may take to answer, in milliseconds, as in Harbor. */
const TIMEOUT_MS = 5_000;
/** How long a list waits for all its adapters together: each that is asked at once has its whole time. */
const LIST_TIMEOUT_MS = 6_000;

export interface ScannerWatchDeps {
  readonly client: ScannerClient;
  readonly secrets: SecretBox;
  readonly clock: Clock;
}

/** A scanner, and what came of looking at its adapter; nothing where nobody has looked. */
export interface WatchedScanner {
  readonly scanner: Scanner;
  readonly look: ScannerLook | undefined;
}

/** Looks at the adapters of scanners that are kept, and remembers for a while what they said. */
export class ScannerWatch {
  readonly #deps: ScannerWatchDeps;
  readonly #looks: BoundedCache<ScannerLook>;

  constructor(deps: ScannerWatchDeps) {
    this.#deps = deps;
    this.#looks = new BoundedCache({ maxWeight: MAX_REMEMBERED_LENGTH, ttlMs: REMEMBERED_MS, clock: deps.clock });
  }

  /** Asks the adapter, unless it has said something lately. */
  async look(scanner: Scanner, within?: AbortSignal): Promise<ScannerLook> {
    const key = keyOf(scanner);
    const known = this.#looks.get(key);
    if (known) return known;
    const limit = AbortSignal.timeout(TIMEOUT_MS);
    const look = await this.#ask(scanner, within ? AbortSignal.any([limit, within]) : limit);
    // One that was not given its whole time has not failed.
    if (!within?.aborted) this.#looks.put(key, look, { weight: key.length + JSON.stringify(look).length });
    return look;
  }

  async watch(scanner: Scanner): Promise<WatchedScanner> {
    return { scanner, look: await this.look(scanner) };
  }

  /** Looks at several at once; of those whose turn did not come in time there is no look. */
  async watchAll(scanners: readonly Scanner[]): Promise<readonly WatchedScanner[]> {
    const looks = new Map(scanners.map((scanner) => [scanner.uuid, this.#looks.get(keyOf(scanner))]));
    const waiting = scanners.filter(({ uuid }) => !looks.get(uuid)).slice(0, MAX_LOOKS);
    const within = AbortSignal.timeout(LIST_TIMEOUT_MS);
    const takeTurns = async () => {
      for (let next = waiting.shift(); next && !within.aborted; next = waiting.shift()) {
        const look = await this.look(next, within);
        if (!within.aborted) looks.set(next.uuid, look);
      }
    };
    await Promise.all(Array.from({ length: MAX_PARALLEL }, takeTurns));
    return scanners.map((scanner) => ({ scanner, look: looks.get(scanner.uuid) }));
  }

  async #ask(scanner: Scanner, signal: AbortSignal): Promise<ScannerLook> {
    const { url, auth, skipsCertificateCheck, sealedCredential } = scanner;
    const credential = sealedCredential === undefined ? '' : await this.#deps.secrets.open(sealedCredential);
    if (credential === undefined || (auth !== '' && credential === '')) {
      return { problem: 'its credential cannot be read, set it again' };
    }
    return this.#deps.client.look({ url, auth, skipsCertificateCheck, credential }, signal);
  }
}

/** Another one for a scanner that was changed; the sealed text is another each time a credential is set. */
function keyOf({ uuid, url, auth, skipsCertificateCheck, sealedCredential }: Scanner): string {
  return JSON.stringify([uuid, url, auth, skipsCertificateCheck, sealedCredential]);
}
