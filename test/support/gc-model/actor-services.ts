import { D1ArtifactCopyStore } from '#adapters/d1/artifact-copy-store';
import { D1BlobStore } from '#adapters/d1/blob-store';
import { D1DoomedObjectStore } from '#adapters/d1/doomed-object-store';
import { D1DryRunStore } from '#adapters/d1/dry-run-store';
import { D1EventStore } from '#adapters/d1/event-store';
import { D1ExecutionStore } from '#adapters/d1/execution-store';
import { D1GarbageStore } from '#adapters/d1/garbage-store';
import { D1ImmutabilityStore } from '#adapters/d1/immutability-store';
import { D1IntentStore } from '#adapters/d1/intent-store';
import { D1ManifestStore } from '#adapters/d1/manifest-store';
import { D1ProjectStore } from '#adapters/d1/project-store';
import { D1RepositoryListingStore } from '#adapters/d1/repository-listing-store';
import { D1RepositoryStore } from '#adapters/d1/repository-store';
import { D1ScheduleStore } from '#adapters/d1/schedule-store';
import { D1TagStore } from '#adapters/d1/tag-store';
import { D1TaskStore } from '#adapters/d1/task-store';
import { D1TrashStore } from '#adapters/d1/trash-store';
import { D1UntaggedStore } from '#adapters/d1/untagged-store';
import { R2BlobStorage } from '#adapters/r2/blob-storage';
import { ObjectKeys } from '#adapters/r2/object-keys';
import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import { ArtifactCopyService } from '#domain/artifacts/artifact-copy-service';
import { ArtifactFactsService } from '#domain/artifacts/artifact-facts-service';
import { BlobService } from '#domain/blobs/blob-service';
import { ContentReader } from '#domain/blobs/content-reader';
import { OrphanSweep } from '#domain/blobs/orphan-sweep';
import { EventService } from '#domain/events/event-service';
import { GarbageCollector } from '#domain/gc/garbage-collector';
import { GC_MAINTENANCE } from '#domain/gc/gc-maintenance';
import { ImmutabilityService } from '#domain/immutability/immutability-service';
import { NO_RULES } from '#domain/immutability/judgement';
import { JobRunner } from '#domain/jobs/job-runner';
import { JobService } from '#domain/jobs/job-service';
import { MaintenanceService } from '#domain/maintenance/maintenance-service';
import { ManifestService } from '#domain/manifests/manifest-service';
import { RepositoryService } from '#domain/repositories/repository-service';
import { ScheduleService } from '#domain/schedules/schedule-service';
import { TagService } from '#domain/tags/tag-service';
import { TrashService } from '#domain/trash/trash-service';
import { UploadFinisher, type UploadFinisherDeps } from '#domain/uploads/upload-finisher';
import type { ModelLocks } from '#test/support/gc-model/model-locks';

/** What an isolate works on. */
export interface ActorEnvironment {
  readonly db: D1Database;
  readonly bucket: R2Bucket;
  readonly locks: ModelLocks;
  readonly clock: Clock;
  /** Takes what no client would see. */
  readonly report: (error: unknown) => void;
}

export type ActorServices = ReturnType<typeof createActorServices>;

/** The services and stores of an isolate, as `src/services` puts them together, without what needs the platform. */
export function createActorServices({ db, bucket, locks, clock, report }: ActorEnvironment) {
  const background: Background = (work) => void work.catch(() => undefined);
  const silent = { send: () => Promise.resolve() };
  const intents = new D1IntentStore({ db });
  const storage = new R2BlobStorage({ bucket, keys: new ObjectKeys({ intents, clock }) });
  const content = new ContentReader({ storage, edgeCache: undefined, background, clock });
  const jobs = new JobService({ executions: new D1ExecutionStore({ db }), queue: silent, background, clock });
  const immutability = new ImmutabilityService({ store: new D1ImmutabilityStore({ db }), clock });
  const events = new EventService({
    store: new D1EventStore({ db }),
    queue: silent,
    subscriber: { launchesOf: async () => [], launchesOfPulls: async () => [] },
    jobs,
    background,
    clock,
    report,
  });
  const blobStore = new D1BlobStore({ db });
  const blobs = new BlobService({ store: blobStore, content, clock });
  const store = new D1RepositoryStore({ db });
  const listings = new D1RepositoryListingStore({ db });
  const repositories = new RepositoryService({ store, listings, locks, immutability, background, clock });
  const shared = { repositories, locks, immutability, events, background, clock };
  const manifestStore = new D1ManifestStore({ db });
  const facts = new ArtifactFactsService({ blobs });
  const manifests = new ManifestService({ ...shared, store: manifestStore, facts, storage, content });
  const collector = new GarbageCollector({
    ...shared,
    storage,
    garbage: new D1GarbageStore({ db }),
    dryRun: new D1DryRunStore({ db }),
    objects: new D1DoomedObjectStore({ db }),
    untagged: new D1UntaggedStore({ db }),
    policy: { judge: () => Promise.resolve({ isKept: false, judgement: { rules: NO_RULES, movedTags: undefined } }) },
    isReadOnly: () => Promise.resolve(false),
  });
  const schedules = new ScheduleService({ schedules: new D1ScheduleStore({ db }), launches: {}, clock, report });
  return {
    storage,
    blobs,
    blobStore,
    repositories,
    manifests,
    jobs,
    tags: new TagService({ ...shared, store: new D1TagStore({ db }), manifests }),
    trash: new TrashService({ ...shared, store: new D1TrashStore({ db }) }),
    copies: new ArtifactCopyService({
      ...shared,
      store: new D1ArtifactCopyStore({ db }),
      manifests,
      maxRowsPerBatch: 5,
    }),
    projects: new D1ProjectStore({ db }),
    orphans: new OrphanSweep({ intents, storage, blobs: blobStore, clock }),
    // It commits what is in storage; it is never asked to assemble anything.
    finisher: new UploadFinisher({ storage, blobs: blobStore, clock } as unknown as UploadFinisherDeps),
    gc: new MaintenanceService({ kind: GC_MAINTENANCE, jobs, schedules, clock }),
    runner: new JobRunner({
      tasks: new D1TaskStore({ db }),
      queue: silent,
      handlers: { GARBAGE_COLLECTION: collector },
      clock,
      report,
    }),
  };
}
