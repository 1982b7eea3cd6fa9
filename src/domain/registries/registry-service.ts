import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { Actor } from '#domain/audit/audit';
import type { SecretBox } from '#domain/configuration/secret-box';
import { type Mutation, newMutation } from '#domain/events/mutation';
import type { Registry, RegistryConnection } from '#domain/registries/registry';
import type { RegistryClient } from '#domain/registries/registry-client';
import {
  requireBounded,
  requireRegistryName,
  requireRegistryType,
  requireRegistryUrl,
} from '#domain/registries/registry-rules';
import type { RegistryDraft, RegistryStore } from '#domain/registries/registry-store';

export interface RegistryServiceDeps {
  readonly registries: RegistryStore;
  readonly client: RegistryClient;
  readonly secrets: SecretBox;
  readonly clock: Clock;
}

/** A registry as somebody describes it. */
export interface RegistryRequest {
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly url: string;
  readonly credentialType: string;
  readonly accessKey: string;
  readonly secret: string;
  readonly isInsecure: boolean;
  readonly caCertificate: string;
}

/** What a request says of a registry; what it leaves out stays as it is. */
export type RegistryChange = { readonly [K in keyof RegistryRequest]?: RegistryRequest[K] | undefined };

/** Other registries, and whether they can be reached. */
export class RegistryService {
  readonly #deps: RegistryServiceDeps;

  constructor(deps: RegistryServiceDeps) {
    this.#deps = deps;
  }

  list(...query: Parameters<RegistryStore['list']>): ReturnType<RegistryStore['list']> {
    return this.#deps.registries.list(...query);
  }

  /** NOT_FOUND without one. */
  async get(id: number): Promise<Registry> {
    const registry = await this.#deps.registries.find(id);
    if (!registry) throw new AppError('NOT_FOUND', { message: `registry ${id} not found` });
    return registry;
  }

  /** Keeps a registry that answers; BAD_REQUEST when it does not, as in Harbor. */
  async create(request: RegistryRequest, actor: Actor): Promise<Registry> {
    const { registries } = this.#deps;
    const draft = await this.#checked(request);
    await registries.insert(draft, this.#mutation('create', draft.name, actor));
    const created = await registries.findByName(draft.name);
    if (!created) throw new AppError('CONFLICT', { message: `registry ${draft.name} was deleted as it was created` });
    return created;
  }

  /** A secret goes to no other address than the one it was given for. */
  async update(id: number, change: RegistryChange, actor: Actor): Promise<void> {
    const current = await this.get(id);
    const request = { ...(await this.#requestOf(current)), ...withoutAbsent(change) };
    const isMoved = requireRegistryUrl(request.url) !== current.url;
    const secret = isMoved && change.secret === undefined ? '' : request.secret;
    const draft = await this.#checked({ ...request, secret });
    await this.#deps.registries.update(id, draft, this.#mutation('update', draft.name, actor));
  }

  async delete(id: number, actor: Actor): Promise<void> {
    const registry = await this.get(id);
    await this.#deps.registries.delete(registry, this.#mutation('delete', registry.name, actor));
  }

  /**
   * BAD_REQUEST unless the registry answers. Of one that is kept, its address and certificates count and not the request's,
   * so that its secret is sent nowhere else.
   */
  async ping(id: number | undefined, change: RegistryChange): Promise<void> {
    const asked = withoutAbsent(change);
    if (id === undefined) return this.#requireHealthy(connectionOf({ ...EMPTY, ...asked }));
    const { url, isInsecure, caCertificate, ...known } = await this.#requestOf(await this.get(id));
    return this.#requireHealthy(connectionOf({ ...known, ...asked, url, isInsecure, caCertificate }));
  }

  async #checked(request: RegistryRequest): Promise<RegistryDraft> {
    const name = requireRegistryName(request.name);
    requireBounded(request);
    const { type, url, login, isInsecure, caCertificate } = connectionOf(request);
    await this.#requireHealthy({ type, url, login, isInsecure, caCertificate });
    return {
      name,
      description: request.description,
      type,
      url,
      isInsecure,
      caCertificate,
      credential: login && { type: request.credentialType || 'basic', accessKey: login.accessKey },
      sealedSecret: login && login.secret !== '' ? await this.#deps.secrets.seal(login.secret) : undefined,
    };
  }

  async #requireHealthy(connection: RegistryConnection): Promise<void> {
    const problem = await this.#deps.client.findProblem(connection);
    if (problem === undefined) return;
    throw new AppError('BAD_REQUEST', { message: `the registry is unhealthy: ${problem}` });
  }

  async #requestOf(registry: Registry): Promise<RegistryRequest> {
    const { sealedSecret, credential, ...description } = registry;
    const secret = sealedSecret === undefined ? undefined : await this.#deps.secrets.open(sealedSecret);
    return {
      ...description,
      credentialType: credential?.type ?? '',
      accessKey: credential?.accessKey ?? '',
      secret: secret ?? '',
    };
  }

  #mutation(operation: 'create' | 'update' | 'delete', resource: string, actor: Actor): Mutation {
    const description = `${operation} registry: ${resource}`;
    return newMutation(
      { projectId: undefined, operation, resourceType: 'registry', resource, description },
      actor,
      this.#deps.clock,
    );
  }
}

const EMPTY: RegistryRequest = {
  name: '',
  description: '',
  type: '',
  url: '',
  credentialType: '',
  accessKey: '',
  secret: '',
  isInsecure: false,
  caCertificate: '',
};

function connectionOf(request: RegistryRequest): RegistryConnection {
  const { accessKey, secret, isInsecure, caCertificate } = request;
  if (request.type === '' || request.url === '') {
    throw new AppError('BAD_REQUEST', { message: 'type or url cannot be empty' });
  }
  return {
    type: requireRegistryType(request.type),
    url: requireRegistryUrl(request.url),
    login: accessKey === '' ? undefined : { accessKey, secret },
    isInsecure,
    caCertificate,
  };
}

function withoutAbsent(change: RegistryChange): Partial<RegistryRequest> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
