import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import { parseRepositoryName, type RepositoryName, withinProject } from '#core/reference';
import { ALIAS_LIFETIME_MS } from '#domain/aliases/alias';
import type { AliasService } from '#domain/aliases/alias-service';
import type { Actor } from '#domain/audit/audit';
import { newMutation } from '#domain/events/mutation';
import type { ImmutabilityService } from '#domain/immutability/immutability-service';
import type { Project } from '#domain/projects/project';
import type { Repository } from '#domain/repositories/repository';
import type { RepositoryLocks } from '#domain/repositories/repository-locks';
import type { RepositoryStore } from '#domain/repositories/repository-store';
import { withLease } from '#domain/repositories/with-lease';

export interface RepositoryMoveServiceDeps {
  readonly store: Pick<RepositoryStore, 'move'>;
  readonly locks: RepositoryLocks;
  readonly immutability: ImmutabilityService;
  readonly aliases: AliasService;
  readonly background: Background;
  readonly clock: Clock;
}

export interface Relocation {
  /** The project the repository is in. */
  readonly source: Project;
  readonly repository: Repository;
  readonly destination: Project;
  /** Within the destination; verified by {@link requireRepositoryName}. */
  readonly name: string;
  readonly actor: Actor;
}

/** Gives repositories other names and other projects. Their bytes stay where they are. */
export class RepositoryMoveService {
  readonly #deps: RepositoryMoveServiceDeps;

  constructor(deps: RepositoryMoveServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Moves a repository, which is found by its old name for {@link ALIAS_LIFETIME_MS}. Rejects as `RepositoryStore.move`, and with
   * PRECONDITION when one of its tags is immutable.
   */
  async move({ source, repository, destination, name, actor }: Relocation): Promise<void> {
    const { aliases, clock, immutability, store } = this.#deps;
    const nameInProject = withinProject(repository.name);
    const audit = {
      projectId: source.id,
      operation: 'update',
      resourceType: 'repository',
      resource: repository.name,
      description: `update repository: ${repository.name}, moved to ${destination.name}/${name}`,
    };
    const mutation = newMutation(audit, actor, clock);
    const move = {
      repository: { id: repository.id, projectId: source.id, nameInProject },
      destinationId: destination.id,
      name,
      aliasExpiresAtMs: mutation.nowMs + ALIAS_LIFETIME_MS,
      mutation,
    };
    await withLease(this.#deps, repository.id, (lockToken) =>
      immutability.observe(move.repository, { kind: 'move-repository' }, (judgement) =>
        store.move({ ...move, lockToken, judgement }),
      ),
    );
    aliases.forget(source, nameInProject);
    aliases.forget(destination, name);
  }
}

/** The full name; BAD_REQUEST unless it can be one. */
export function requireRepositoryName(project: string, name: string): RepositoryName {
  const full = parseRepositoryName(`${project}/${name}`);
  if (full.ok) return full.value;
  throw new AppError('BAD_REQUEST', {
    message:
      'a repository name has lower case letters and digits, separated by ".", "_", "-" or "/", and with its project at most 255',
  });
}
