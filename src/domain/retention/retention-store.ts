import type { Mutation } from '#domain/events/mutation';
import type { RetentionDraft, RetentionPolicy } from '#domain/retention/retention-policy';

/** When a policy runs by itself; undefined for never. */
export interface RetentionTimes {
  readonly cron: string;
  readonly dueAtMs: number;
}

/** Policies, with their schedules and what the project's metadata say of them. Writes are one batch each. */
export interface RetentionStore {
  find(id: number): Promise<RetentionPolicy | undefined>;
  /** The policy of a project, or the default one. */
  findOfProject(projectId: number): Promise<RetentionPolicy | undefined>;
  /** Answers the new policy's id. BAD_REQUEST when the project has one, or is gone. */
  insert(
    projectId: number,
    draft: RetentionDraft,
    times: RetentionTimes | undefined,
    mutation: Mutation,
  ): Promise<number>;
  /** NOT_FOUND when the policy is gone. */
  update(
    policy: Pick<RetentionPolicy, 'id' | 'projectId'>,
    draft: RetentionDraft,
    times: RetentionTimes | undefined,
    mutation: Mutation,
  ): Promise<void>;
  /** Stops its runs too, and forgets them. */
  delete(policy: Pick<RetentionPolicy, 'id' | 'projectId'>, stopLine: string, mutation: Mutation): Promise<void>;
}
