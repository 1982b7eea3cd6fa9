import { D1ComparisonStore } from '#adapters/d1/comparison-store';
import { D1DoomedObjectStore } from '#adapters/d1/doomed-object-store';
import { D1DryRunStore } from '#adapters/d1/dry-run-store';
import { D1GarbageStore } from '#adapters/d1/garbage-store';
import { D1IntentStore } from '#adapters/d1/intent-store';
import { D1UntaggedStore } from '#adapters/d1/untagged-store';
import { DurableRepositoryLocks } from '#adapters/durable/repository-locks';
import { R2BlobStorage } from '#adapters/r2/blob-storage';
import { ObjectKeys } from '#adapters/r2/object-keys';
import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import type { EventService } from '#domain/events/event-service';
import { GarbageCollector } from '#domain/gc/garbage-collector';
import { StorageComparison } from '#domain/gc/storage-comparison';
import { UntaggedPolicy } from '#domain/gc/untagged-policy';
import type { ImmutabilityService } from '#domain/immutability/immutability-service';
import type { RetentionService } from '#domain/retention/retention-service';
import type { Env } from '#src/env';

interface GarbageParts {
  readonly events: EventService;
  readonly configuration: ConfigurationService;
  readonly immutability: ImmutabilityService;
  readonly retention: RetentionService;
  readonly background: Background;
  readonly clock: Clock;
}

/** What collects garbage, and what compares storage with the database. */
export function createGarbageJobs({ DB: db, BLOBS, REPOSITORY_LOCK }: Env, parts: GarbageParts) {
  const { configuration, clock } = parts;
  const storage = new R2BlobStorage({
    bucket: BLOBS,
    keys: new ObjectKeys({ intents: new D1IntentStore({ db }), clock }),
  });
  const isReadOnly = async () => (await configuration.current()).read_only;
  const garbageCollector = new GarbageCollector({
    ...parts,
    garbage: new D1GarbageStore({ db }),
    dryRun: new D1DryRunStore({ db }),
    objects: new D1DoomedObjectStore({ db }),
    untagged: new D1UntaggedStore({ db }),
    storage,
    policy: new UntaggedPolicy(parts),
    locks: new DurableRepositoryLocks({ namespace: REPOSITORY_LOCK }),
    isReadOnly,
  });
  const comparison = new StorageComparison({ store: new D1ComparisonStore({ db }), storage, isReadOnly, clock });
  return { GARBAGE_COLLECTION: garbageCollector, STORAGE_COMPARISON: comparison };
}
