import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import { newId } from '#core/ids';
import type { Actor } from '#domain/audit/audit';
import type { SecretBox } from '#domain/configuration/secret-box';
import { type Mutation, newMutation } from '#domain/events/mutation';
import type { Scanner, ScannerConnection, ScannerDescription } from '#domain/scanners/scanner';
import type { ScannerClient } from '#domain/scanners/scanner-client';
import type { ScannerMetadata } from '#domain/scanners/scanner-metadata';
import {
  requireScannerAuth,
  requireScannerCredential,
  requireScannerDescription,
  requireScannerName,
  requireScannerUrl,
} from '#domain/scanners/scanner-rules';
import type { ScannerFilter, ScannerPage, ScannerStore } from '#domain/scanners/scanner-store';
import type { ScannerWatch, WatchedScanner } from '#domain/scanners/scanner-watch';

/** How long a new adapter may take to answer, in milliseconds. */
const TIMEOUT_MS = 10_000;

export interface ScannerServiceDeps {
  readonly scanners: ScannerStore;
  readonly client: ScannerClient;
  readonly watch: ScannerWatch;
  readonly secrets: SecretBox;
  readonly clock: Clock;
}

/** A scanner as somebody describes it. */
export interface ScannerRequest {
  readonly name: string;
  readonly description: string;
  readonly url: string;
  readonly auth: string;
  /** Empty for none, or for the one that is kept. */
  readonly credential: string;
  readonly isDisabled: boolean;
  readonly skipsCertificateCheck: boolean;
  readonly usesInternalAddress: boolean;
}

/** What is needed to try an adapter. */
export type ScannerTrial = Pick<ScannerRequest, 'name' | 'url' | 'auth' | 'credential'>;

/** Scanners, and whether their adapters can be used. */
export class ScannerService {
  readonly #deps: ScannerServiceDeps;

  constructor(deps: ScannerServiceDeps) {
    this.#deps = deps;
  }

  async list(
    filter: ScannerFilter,
    page: ScannerPage,
  ): Promise<{ readonly items: readonly WatchedScanner[]; readonly total: number }> {
    const { items, total } = await this.#deps.scanners.list(filter, page);
    return { items: await this.#deps.watch.watchAll(items), total };
  }

  /** NOT_FOUND without one. */
  async get(uuid: string): Promise<WatchedScanner> {
    return this.#deps.watch.watch(await this.#find(uuid));
  }

  /** What its adapter tells of itself; SERVICE_UNAVAILABLE with the reason when it tells nothing of use. */
  async describe(uuid: string): Promise<ScannerMetadata> {
    const scanner = await this.#find(uuid);
    const { metadata, problem } = await this.#deps.watch.look(scanner);
    if (metadata) return metadata;
    throw new AppError('SERVICE_UNAVAILABLE', { message: `the scanner ${scanner.name} is unhealthy: ${problem}` });
  }

  /** Keeps a scanner whose adapter can be used and returns its uuid; BAD_REQUEST when it cannot. */
  async create(request: ScannerRequest, actor: Actor): Promise<string> {
    const description = requireFit(request);
    const credential = requireScannerCredential(description.auth, request.credential);
    await this.#requireHealthy({ ...description, credential });
    const draft = { ...description, uuid: newId(), sealedCredential: await this.#sealed(credential) };
    await this.#deps.scanners.insert(draft, this.#mutation('create', draft.name, actor));
    return draft.uuid;
  }

  /**
   * Replaces what is kept, whether its adapter answers or not: one that is down can be disabled. A credential that is left
   * out stays, unless the address changes: it goes to no other than the one it was given for.
   */
  async update(uuid: string, request: ScannerRequest, actor: Actor): Promise<void> {
    const current = await this.#find(uuid);
    const description = requireFit(request);
    const isKept = description.auth !== '' && request.credential === '' && description.url === current.url;
    const sealedCredential =
      (isKept ? current.sealedCredential : undefined) ??
      (await this.#sealed(requireScannerCredential(description.auth, request.credential)));
    const draft = { ...description, uuid, sealedCredential };
    await this.#deps.scanners.update(draft, this.#mutation('update', draft.name, actor));
  }

  /** NOT_FOUND when there is none, or it is disabled. */
  async makeDefault(uuid: string, actor: Actor): Promise<void> {
    const scanner = await this.#find(uuid);
    await this.#deps.scanners.makeDefault(scanner, this.#mutation('update', scanner.name, actor));
  }

  /** Returns what has been deleted. */
  async delete(uuid: string, actor: Actor): Promise<Scanner> {
    const scanner = await this.#find(uuid);
    await this.#deps.scanners.delete(scanner, this.#mutation('delete', scanner.name, actor));
    return scanner;
  }

  /** BAD_REQUEST unless the adapter can be used. */
  async ping(trial: ScannerTrial): Promise<void> {
    requireScannerName(trial.name);
    const url = requireScannerUrl(trial.url);
    const auth = requireScannerAuth(trial.auth);
    const credential = requireScannerCredential(auth, trial.credential);
    await this.#requireHealthy({ url, auth, credential, skipsCertificateCheck: false });
  }

  async #find(uuid: string): Promise<Scanner> {
    const scanner = await this.#deps.scanners.find(uuid);
    if (!scanner) throw new AppError('NOT_FOUND', { message: `scanner ${uuid.slice(0, 64)} not found` });
    return scanner;
  }

  async #requireHealthy(connection: ScannerConnection): Promise<void> {
    const { problem } = await this.#deps.client.look(connection, AbortSignal.timeout(TIMEOUT_MS));
    if (problem === undefined) return;
    throw new AppError('BAD_REQUEST', { message: `the scanner is unhealthy: ${problem}` });
  }

  async #sealed(credential: string): Promise<string | undefined> {
    return credential === '' ? undefined : this.#deps.secrets.seal(credential);
  }

  #mutation(operation: 'create' | 'update' | 'delete', resource: string, actor: Actor): Mutation {
    const description = `${operation} scanner: ${resource}`;
    return newMutation(
      { projectId: undefined, operation, resourceType: 'scanner', resource, description },
      actor,
      this.#deps.clock,
    );
  }
}

/** What is kept of a request; BAD_REQUEST for what cannot be. */
function requireFit(request: ScannerRequest): ScannerDescription {
  return {
    name: requireScannerName(request.name),
    description: requireScannerDescription(request.description),
    url: requireScannerUrl(request.url),
    auth: requireScannerAuth(request.auth),
    isDisabled: request.isDisabled,
    skipsCertificateCheck: request.skipsCertificateCheck,
    usesInternalAddress: request.usesInternalAddress,
  };
}
