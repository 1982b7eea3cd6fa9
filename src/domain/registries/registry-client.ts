import type { RegistryConnection } from '#domain/registries/registry';

/** What another registry says to whoever calls. */
export interface RegistryClient {
  /** Why it does not answer as a registry that lets the caller in; undefined when it does. Never rejects for its sake. */
  findProblem(connection: RegistryConnection): Promise<string | undefined>;
}
