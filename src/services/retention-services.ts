import { D1CandidateStore } from '#adapters/d1/candidate-store';
import { D1RetentionDeletionStore } from '#adapters/d1/retention-deletion-store';
import { D1RetentionPlanStore } from '#adapters/d1/retention-plan-store';
import { D1RetentionStore } from '#adapters/d1/retention-store';
import { DurableRepositoryLocks } from '#adapters/durable/repository-locks';
import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import type { EventService } from '#domain/events/event-service';
import type { ImmutabilityService } from '#domain/immutability/immutability-service';
import type { JobService } from '#domain/jobs/job-service';
import { RepositoryRetention } from '#domain/retention/repository-retention';
import { RetentionJob } from '#domain/retention/retention-job';
import { RetentionPlanner } from '#domain/retention/retention-planner';
import { RetentionService } from '#domain/retention/retention-service';
import type { Env } from '#src/env';

export interface RetentionParts {
  readonly jobs: JobService;
  readonly events: EventService;
  readonly configuration: ConfigurationService;
  readonly immutability: ImmutabilityService;
  readonly background: Background;
  readonly clock: Clock;
}

/** Policies of tag retention, and the work that they are. */
export function createRetention({ DB: db, REPOSITORY_LOCK }: Env, parts: RetentionParts) {
  const { configuration } = parts;
  const candidates = new D1CandidateStore({ db });
  const plans = new D1RetentionPlanStore({ db });
  const repositories = new RepositoryRetention({
    ...parts,
    candidates,
    deletions: new D1RetentionDeletionStore({ db }),
    locks: new DurableRepositoryLocks({ namespace: REPOSITORY_LOCK }),
  });
  const retentionJob = new RetentionJob({
    plans,
    planner: new RetentionPlanner({ plans }),
    repositories,
    isReadOnly: async () => (await configuration.current()).read_only,
  });
  return { retention: new RetentionService({ ...parts, plans, store: new D1RetentionStore({ db }) }), retentionJob };
}
