import type { Background } from '#core/background';
import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import { type Digest, digestAlgorithm, digestOf } from '#core/digest';
import { AppError } from '#core/errors';
import { newId } from '#core/ids';
import { describeManifestProblem, type Manifest, parseManifest } from '#core/manifest';
import type { Reference, RepositoryName, TagName } from '#core/reference';
import type { ArtifactFactsService } from '#domain/artifacts/artifact-facts-service';
import type { Actor } from '#domain/audit/audit';
import type { BlobStorage } from '#domain/blobs/blob-storage';
import type { ContentReader } from '#domain/blobs/content-reader';
import type { RecordedEvent } from '#domain/events/event';
import type { EventService } from '#domain/events/event-service';
import type { Mutation } from '#domain/events/mutation';
import type { ImmutabilityService } from '#domain/immutability/immutability-service';
import type { ManifestStore } from '#domain/manifests/manifest-store';
import type { StoredManifest } from '#domain/manifests/stored-manifest';
import { refusalOf } from '#domain/manifests/unfit-blobs';
import type { Project } from '#domain/projects/project';
import { QuotaExceeded } from '#domain/quotas/quota';
import type { Repository } from '#domain/repositories/repository';
import type { RepositoryLocks } from '#domain/repositories/repository-locks';
import type { RepositoryService } from '#domain/repositories/repository-service';
import { withLease } from '#domain/repositories/with-lease';

/** How long this isolate may serve a manifest by digest that was deleted elsewhere. */
const FACT_TTL_MS = 10_000;
const MAX_FACTS = 20_000;
/** Tags one push may set; the distribution-spec asks for at least 10. */
const MAX_TAGS_PER_PUSH = 100;

export interface ManifestServiceDeps {
  readonly store: ManifestStore;
  readonly facts: ArtifactFactsService;
  readonly repositories: RepositoryService;
  readonly locks: RepositoryLocks;
  readonly immutability: ImmutabilityService;
  readonly storage: BlobStorage;
  readonly content: ContentReader;
  readonly events: EventService;
  readonly background: Background;
  readonly clock: Clock;
}

export interface ManifestPush {
  readonly project: Project;
  readonly repository: RepositoryName;
  readonly reference: Reference;
  /** Tags to set beside the reference (distribution-spec, `?tag=`). */
  readonly tags: readonly TagName[];
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly actor: Actor;
}

export interface PushedManifest {
  readonly digest: Digest;
  readonly subject: Digest | undefined;
}

export interface ManifestDelete {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  /** Whether the child of an index may go; `/v2` allows it, Harbor's API does not. */
  readonly mayBeChild: boolean;
  readonly actor: Actor;
}

/** Manifests of a repository. */
export class ManifestService {
  readonly #deps: ManifestServiceDeps;
  readonly #facts: BoundedCache<StoredManifest>;

  constructor(deps: ManifestServiceDeps) {
    this.#deps = deps;
    this.#facts = new BoundedCache({ maxWeight: MAX_FACTS, ttlMs: FACT_TTL_MS, clock: deps.clock });
  }

  /** What the reference names as it stands, nothing of it remembered; undefined when nothing. */
  find(repository: RepositoryName, reference: Reference): Promise<StoredManifest | undefined> {
    const { store } = this.#deps;
    return reference.kind === 'tag'
      ? store.findByTag(repository, reference.tag)
      : store.findByDigest(repository, reference.digest);
  }

  /** What the reference names: by digest it may be remembered, by tag it never is. MANIFEST_UNKNOWN when nothing. */
  async stat(repository: RepositoryName, reference: Reference): Promise<StoredManifest> {
    const { store } = this.#deps;
    if (reference.kind === 'tag') {
      return known(await store.findByTag(repository, reference.tag), reference.tag);
    }
    const key = factKey(repository, reference.digest);
    const manifest = this.#facts.get(key) ?? (await store.findByDigest(repository, reference.digest));
    if (manifest) this.#facts.put(key, manifest);
    return known(manifest, reference.digest);
  }

  /**
   * As {@link stat}, for somebody about to push: an index whose child is found there may follow, and garbage collection must
   * not take the child before it comes.
   */
  async statForPush(repository: RepositoryName, reference: Reference): Promise<StoredManifest> {
    if (reference.kind === 'tag') return this.stat(repository, reference);
    const { store, clock } = this.#deps;
    return known(await store.findByDigestAndTouch(repository, reference.digest, clock.nowMs()), reference.digest);
  }

  /** The manifest's bytes, exactly as they were pushed. */
  async read(repository: RepositoryName, manifest: StoredManifest): Promise<Uint8Array> {
    const bytes = await this.#deps.content.readAll(manifest);
    if (bytes) return bytes;
    this.#facts.delete(factKey(repository, manifest.digest));
    throw manifestUnknown(manifest.digest);
  }

  /**
   * Stores a manifest and points its tags at it (distribution-spec v1.1.1 §"Pushing Manifests"). Config and layers must
   * be linked to the repository and have the size it says, save those that are not distributable; a subject and the
   * children of an index need not. Bytes that are pushed again as another media type have that type from then on.
   * PRECONDITION when a tag that names another manifest is immutable.
   */
  async put(push: ManifestPush): Promise<PushedManifest> {
    const { project, repository, reference, bytes } = push;
    const manifest = parse(push);
    const digest = verifiedDigest(reference, bytes);
    const tags = tagsOf(push);
    const row = await this.#deps.repositories.ensure(project.id, repository);
    const mutation = this.#mutation(push.actor, row, 'create', digest, tags);
    const [known, facts] = await Promise.all([
      this.#deps.store.findObjectKey(digest),
      this.#deps.facts.read(repository, { manifest, digest }, tags),
    ]);
    const write = async (knownKey: string | undefined): Promise<'stored' | 'object-gone'> => {
      const objectKey = knownKey ?? (await this.#writeBytes(repository, digest, bytes));
      const change = {
        projectId: project.id,
        manifest,
        facts,
        digest,
        sizeBytes: bytes.length,
        objectKey,
        tags,
        mutation,
      };
      const place = { repositoryId: row.id, isKnownObject: knownKey !== undefined };
      return withLease(this.#deps, row.id, (lockToken) =>
        this.#deps.immutability.observe(row, { kind: 'push', tags, digest }, (judgement) =>
          this.#deps.store.put({ ...change, ...place, lockToken, judgement }),
        ),
      );
    };
    try {
      if ((await write(known)) === 'object-gone') await write(undefined);
    } catch (error) {
      if (error instanceof QuotaExceeded) throw error.of({ digest, tag: tags[0] });
      throw await this.#explain(error, row.id, manifest);
    }
    // Its media type may be another one now.
    this.#facts.delete(factKey(repository, digest));
    this.#deps.events.announce(mutation.events);
    return { digest, subject: manifest.subject?.digest };
  }

  /**
   * Deletes a manifest with the tags that name it, its accessories, and its children that nothing else needs. All of it goes
   * to the trash (`domain/trash`); the links of blobs that the repository then needs no more go at once. PRECONDITION when one of
   * the tags is immutable.
   */
  async delete(request: ManifestDelete): Promise<void> {
    const { repository, digest, mayBeChild, actor } = request;
    const row = await this.#deps.repositories.find(repository);
    if (!row) throw new AppError('NAME_UNKNOWN');
    const mutation = this.#mutation(actor, row, 'delete', digest, []);
    const deleted = await withLease(this.#deps, row.id, (lockToken) =>
      this.#deps.immutability.observe(row, { kind: 'delete-artifact', digest }, (judgement) =>
        this.#deps.store.delete({ repositoryId: row.id, lockToken, digest, mayBeChild, judgement, mutation }),
      ),
    );
    for (const gone of deleted) this.#facts.delete(factKey(repository, gone));
    this.#deps.events.announce(mutation.events);
  }

  async #writeBytes(repository: RepositoryName, digest: Digest, bytes: Uint8Array): Promise<string> {
    const objectKey = await this.#deps.storage.newObjectKey();
    await this.#deps.storage.write(objectKey, bytes, { kind: 'manifest', repository, digest }, { verify: digest });
    return objectKey;
  }

  /** Says which blobs are missing or of another size; asked only once the batch has refused. */
  async #explain(error: unknown, repositoryId: number, manifest: Manifest): Promise<unknown> {
    if (!(error instanceof AppError) || error.code !== 'MANIFEST_BLOB_UNKNOWN') return error;
    return refusalOf(await this.#deps.store.unfitBlobs(repositoryId, manifest.blobs), error);
  }

  #mutation(
    actor: Actor,
    repository: Repository,
    operation: 'create' | 'delete',
    digest: Digest,
    tags: readonly TagName[],
  ): Mutation {
    const nowMs = this.#deps.clock.nowMs();
    const about = {
      projectId: repository.projectId,
      repository: repository.name,
      repositoryId: repository.id,
      digest,
      atMs: nowMs,
      actor: actor.username,
    };
    const kind = operation === 'create' ? 'artifact-pushed' : 'artifact-deleted';
    const names = tags.length > 0 ? tags : [undefined];
    const events = names.map((tag): RecordedEvent => ({ ...about, kind, id: newId(), ...(tag ? { tag } : {}) }));
    const resource = `${repository.name}${tags[0] ? `:${tags[0]}` : `@${digest}`}`;
    return {
      operationId: newId(),
      actor,
      nowMs,
      audit: {
        projectId: repository.projectId,
        operation,
        resourceType: 'artifact',
        resource,
        description: `${operation === 'create' ? 'push' : operation} artifact: ${repository.name}@${digest}`,
      },
      events,
    };
  }
}

function parse(push: ManifestPush): Manifest {
  const parsed = parseManifest(push.bytes, push.contentType);
  if (parsed.ok) return parsed.value;
  throw new AppError('MANIFEST_INVALID', { message: describeManifestProblem(parsed.error), detail: parsed.error });
}

/** The digest the manifest is kept under: the one in the URL if there is one, which must be that of the bytes. */
function verifiedDigest(reference: Reference, bytes: Uint8Array): Digest {
  if (reference.kind === 'tag') return digestOf(bytes);
  const actual = digestOf(bytes, digestAlgorithm(reference.digest));
  if (actual === reference.digest) return actual;
  throw new AppError('DIGEST_INVALID', { detail: { expected: reference.digest, actual } });
}

function tagsOf(push: ManifestPush): readonly TagName[] {
  const tags = new Set(push.tags);
  if (push.reference.kind === 'tag') tags.add(push.reference.tag);
  if (tags.size > MAX_TAGS_PER_PUSH) throw new AppError('URI_TOO_LONG', { detail: { maximum: MAX_TAGS_PER_PUSH } });
  return [...tags];
}

function known(manifest: StoredManifest | undefined, reference: string): StoredManifest {
  if (!manifest) throw manifestUnknown(reference);
  return manifest;
}

function manifestUnknown(reference: string): AppError {
  return new AppError('MANIFEST_UNKNOWN', { detail: { reference } });
}

function factKey(repository: RepositoryName, digest: Digest): string {
  return `${repository}@${digest}`;
}
