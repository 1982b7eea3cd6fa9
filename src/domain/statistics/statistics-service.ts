import { isSystemAdmin, type Principal } from '#domain/access/principal';
import type { RegistryStatistics, StatisticsStore } from '#domain/statistics/statistics-store';

/** What somebody is told of the registry's size; what only administrators learn is undefined for others. */
export interface Statistics extends Omit<RegistryStatistics, 'storageBytes'> {
  readonly storageBytes: number | undefined;
}

/** The registry in numbers. */
export class StatisticsService {
  readonly #store: StatisticsStore;

  constructor(deps: { readonly store: StatisticsStore }) {
    this.#store = deps.store;
  }

  /** Administrators see all, people what is public and theirs, machines what is public, as in Harbor. */
  async of(principal: Principal): Promise<Statistics> {
    if (isSystemAdmin(principal)) return this.#store.ofRegistry();
    if (principal.kind === 'user')
      return { ...(await this.#store.ofMember(principal.userId)), storageBytes: undefined };
    const { publicProjects, publicRepositories } = await this.#store.ofRegistry();
    return { publicProjects, publicRepositories, privateProjects: 0, privateRepositories: 0, storageBytes: undefined };
  }

  /** What the registry keeps, in bytes. */
  async storageBytes(): Promise<number> {
    return (await this.#store.ofRegistry()).storageBytes;
  }
}
