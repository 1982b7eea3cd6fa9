import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { Artifact } from '#domain/artifacts/artifact';
import type { Actor } from '#domain/audit/audit';
import { type Mutation, newMutation } from '#domain/events/mutation';
import { type Label, type LabelDraft, labelProblem } from '#domain/labels/label';
import type { LabelStore } from '#domain/labels/label-store';

export interface LabelServiceDeps {
  readonly store: LabelStore;
  readonly clock: Clock;
}

/** Labels of the registry and of projects. */
export class LabelService {
  readonly #store: LabelStore;
  readonly #clock: Clock;

  constructor({ store, clock }: LabelServiceDeps) {
    this.#store = store;
    this.#clock = clock;
  }

  list(...query: Parameters<LabelStore['list']>): ReturnType<LabelStore['list']> {
    return this.#store.list(...query);
  }

  find(labelId: number): Promise<Label | undefined> {
    return this.#store.find(labelId);
  }

  /** BAD_REQUEST for a draft that makes no label. */
  create(draft: LabelDraft, projectId: number | undefined, actor: Actor): Promise<number> {
    requireValid(draft);
    return this.#store.insert(draft, projectId, this.#mutation('create', draft.name, projectId, actor));
  }

  async update(label: Label, draft: LabelDraft, actor: Actor): Promise<void> {
    requireValid(draft);
    await this.#store.update(label, draft, this.#mutation('update', label.name, label.projectId, actor));
  }

  async delete(label: Label, actor: Actor): Promise<void> {
    await this.#store.delete(label, this.#mutation('delete', label.name, label.projectId, actor));
  }

  /** Puts a label on an artifact; a label of another project is not found there. */
  async attach(labelId: number, artifact: Artifact, actor: Actor): Promise<void> {
    await this.#store.attach(labelId, artifact, this.#artifactMutation('add', labelId, artifact, actor));
  }

  async detach(labelId: number, artifact: Artifact, actor: Actor): Promise<void> {
    await this.#store.detach(labelId, artifact, this.#artifactMutation('remove', labelId, artifact, actor));
  }

  #mutation(operation: string, name: string, projectId: number | undefined, actor: Actor): Mutation {
    const description = `${operation} label: ${name}`;
    return newMutation(
      { projectId, operation, resourceType: 'label', resource: name, description },
      actor,
      this.#clock,
    );
  }

  #artifactMutation(verb: 'add' | 'remove', labelId: number, artifact: Artifact, actor: Actor): Mutation {
    const resource = `${artifact.repository}@${artifact.digest}`;
    const audit = {
      projectId: artifact.projectId,
      operation: 'update',
      resourceType: 'artifact',
      resource,
      description: `${verb} label ${labelId}: ${resource}`,
    };
    return newMutation(audit, actor, this.#clock);
  }
}

function requireValid(draft: LabelDraft): void {
  const problem = labelProblem(draft);
  if (problem !== undefined) throw new AppError('BAD_REQUEST', { message: problem });
}
