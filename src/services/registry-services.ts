import { PlatformEdgeCache } from '#adapters/cache/platform-edge-cache';
import { D1BlobStore } from '#adapters/d1/blob-store';
import { D1EventStore } from '#adapters/d1/event-store';
import { D1ImmutabilityStore } from '#adapters/d1/immutability-store';
import { D1IntentStore } from '#adapters/d1/intent-store';
import { D1ManifestStore } from '#adapters/d1/manifest-store';
import { D1ReferrerStore } from '#adapters/d1/referrer-store';
import { D1RepositoryListingStore } from '#adapters/d1/repository-listing-store';
import { D1RepositoryStore } from '#adapters/d1/repository-store';
import { D1TagStore } from '#adapters/d1/tag-store';
import { D1TrashStore } from '#adapters/d1/trash-store';
import { DurableRepositoryLocks } from '#adapters/durable/repository-locks';
import { DurableUploadSessions } from '#adapters/durable/upload-sessions';
import type { OperationMeter } from '#adapters/metering/operation-meter';
import { platformBackground } from '#adapters/platform-background';
import { CloudflareEventQueue } from '#adapters/queue/event-queue';
import { R2BlobStorage } from '#adapters/r2/blob-storage';
import { R2MultipartStorage } from '#adapters/r2/multipart-storage';
import { ObjectKeys } from '#adapters/r2/object-keys';
import type { Background } from '#core/background';
import type { Clock } from '#core/clock';
import type { AliasService } from '#domain/aliases/alias-service';
import { ArtifactFactsService } from '#domain/artifacts/artifact-facts-service';
import { BlobService } from '#domain/blobs/blob-service';
import type { BlobStorage } from '#domain/blobs/blob-storage';
import type { BlobStore } from '#domain/blobs/blob-store';
import { ContentReader } from '#domain/blobs/content-reader';
import { OrphanSweep } from '#domain/blobs/orphan-sweep';
import { EventService } from '#domain/events/event-service';
import type { EventSubscriber } from '#domain/events/event-subscriber';
import { PullRecorder } from '#domain/events/pull-recorder';
import { ImmutabilityService } from '#domain/immutability/immutability-service';
import type { JobService } from '#domain/jobs/job-service';
import { ManifestService } from '#domain/manifests/manifest-service';
import { ReferrerService } from '#domain/manifests/referrer-service';
import { CatalogService } from '#domain/repositories/catalog-service';
import { RepositoryMoveService } from '#domain/repositories/repository-move-service';
import { RepositoryService } from '#domain/repositories/repository-service';
import { TagService } from '#domain/tags/tag-service';
import { TrashService } from '#domain/trash/trash-service';
import { createUploadBuffers } from '#domain/uploads/buffer-pool';
import { ObjectAssembler } from '#domain/uploads/object-assembler';
import { UploadFinisher } from '#domain/uploads/upload-finisher';
import { UploadIds } from '#domain/uploads/upload-id';
import { UploadLeftovers } from '#domain/uploads/upload-leftovers';
import { UploadService } from '#domain/uploads/upload-service';
import { UploadWriter } from '#domain/uploads/upload-writer';
import type { Settings } from '#src/config';
import type { Env } from '#src/env';
import { createArtifactServices } from '#src/services/artifact-services';

export interface RegistryParts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly meter: OperationMeter;
  readonly aliases: AliasService;
  readonly jobs: JobService;
  /** Makes work of what happens. */
  readonly subscriber: EventSubscriber;
}

/** Bytes and what names them: blobs, uploads, manifests, tags, artifacts, and the events they make. */
export function createRegistry(env: Env, { settings, clock, meter, aliases, jobs, subscriber }: RegistryParts) {
  const { DB: db } = env;
  const background = meter.follow(platformBackground);
  const intents = new D1IntentStore({ db });
  const keys = new ObjectKeys({ intents, clock });
  const storage = new R2BlobStorage({ bucket: env.BLOBS, keys });
  const edgeCache = settings.isEdgeCacheOn ? new PlatformEdgeCache() : undefined;
  const content = new ContentReader({ storage, edgeCache, background, clock });
  const { events, pulls } = createEvents(env, { clock, jobs, subscriber, background });
  const blobStore = new D1BlobStore({ db });
  const blobs = new BlobService({ store: blobStore, content, clock });
  const orphans = new OrphanSweep({ intents, storage, blobs: blobStore, clock });
  const uploads = createUploads({ env, settings, clock, storage, blobs: blobStore });
  const repositoryStore = new D1RepositoryStore({ db });
  const repositoryListings = new D1RepositoryListingStore({ db });
  const locks = new DurableRepositoryLocks({ namespace: env.REPOSITORY_LOCK });
  const immutability = new ImmutabilityService({ store: new D1ImmutabilityStore({ db }), clock });
  const repositories = new RepositoryService({
    store: repositoryStore,
    listings: repositoryListings,
    locks,
    immutability,
    background,
    clock,
  });
  const writing = { locks, immutability, background, clock };
  const repositoryMoves = new RepositoryMoveService({ store: repositoryStore, aliases, ...writing });
  const store = new D1ManifestStore({ db });
  const artifactFacts = new ArtifactFactsService({ blobs });
  const manifests = new ManifestService({
    store,
    facts: artifactFacts,
    repositories,
    storage,
    content,
    events,
    ...writing,
  });
  const tags = new TagService({ store: new D1TagStore({ db }), manifests, events, ...writing });
  const referrers = new ReferrerService({ store: new D1ReferrerStore({ db }), manifests: store, content });
  const catalog = new CatalogService({ store: repositoryListings });
  const trash = new TrashService({ store: new D1TrashStore({ db }), repositories, events, ...writing });
  const parts = { manifests, blobs, facts: artifactFacts, repositories, events, ...writing };
  const artifacts = createArtifactServices(db, parts);
  return {
    ...artifacts,
    immutability,
    repositories,
    repositoryMoves,
    blobs,
    catalog,
    events,
    manifests,
    pulls,
    referrers,
    tags,
    trash,
    orphans,
    ...uploads,
  };
}

type EventParts = Pick<RegistryParts, 'clock' | 'jobs' | 'subscriber'> & { readonly background: Background };

/** What carries events to whoever acts on them. */
function createEvents({ DB: db, EVENTS }: Env, parts: EventParts) {
  const queue = new CloudflareEventQueue({ queue: EVENTS });
  const events = new EventService({ ...parts, store: new D1EventStore({ db }), queue, report: reportEvent });
  return { events, pulls: new PullRecorder({ ...parts, queue }) };
}

function reportEvent(error: unknown, event: string): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.error(JSON.stringify({ level: 'error', event, message }));
}

interface UploadParts {
  readonly env: Env;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly storage: BlobStorage;
  readonly blobs: BlobStore;
}

function createUploads({ env, settings, clock, storage, blobs }: UploadParts) {
  const sessions = new DurableUploadSessions({ namespace: env.UPLOAD_SESSION });
  const multipart = new R2MultipartStorage({ bucket: env.BLOBS });
  const assembler = new ObjectAssembler({ storage, multipart });
  const uploadLeftovers = new UploadLeftovers({ storage, multipart, blobs });
  const buffers = createUploadBuffers(clock);
  const uploads = new UploadService({
    ids: new UploadIds({ secretKey: settings.secretKey }),
    writer: new UploadWriter({ storage, multipart, sessions, assembler, buffers, clock }),
    finisher: new UploadFinisher({ storage, blobs, sessions, assembler, leftovers: uploadLeftovers, clock }),
    sessions,
    storage,
    leftovers: uploadLeftovers,
    buffers,
    clock,
  });
  return { uploads, uploadLeftovers };
}
