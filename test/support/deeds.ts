import fc from 'fast-check';
import { D1AuditStore } from '#adapters/d1/audit-store';
import { D1BlobStore } from '#adapters/d1/blob-store';
import { D1ImmutabilityStore } from '#adapters/d1/immutability-store';
import { D1ManifestStore } from '#adapters/d1/manifest-store';
import { D1ProjectStore } from '#adapters/d1/project-store';
import { D1RepositoryStore } from '#adapters/d1/repository-store';
import { D1TagStore } from '#adapters/d1/tag-store';
import { D1TrashStore } from '#adapters/d1/trash-store';
import { D1UserGroupStore } from '#adapters/d1/user-group-store';
import { D1UserStore } from '#adapters/d1/user-store';
import { systemClock } from '#core/clock';
import { type Digest, digestOf } from '#core/digest';
import { AppError } from '#core/errors';
import { newId } from '#core/ids';
import type { Descriptor, Manifest } from '#core/manifest';
import { MEDIA_TYPES } from '#core/media-types';
import { parseRepositoryName, parseTag, type RepositoryName, type TagName } from '#core/reference';
import type { Mutation } from '#domain/events/mutation';
import { GROUP_TYPES } from '#domain/groups/user-group';
import { ImmutabilityService } from '#domain/immutability/immutability-service';
import type { Judgement } from '#domain/immutability/judgement';
import type { TagDeed } from '#domain/immutability/tag-deed';
import type { Project } from '#domain/projects/project';
import { jsonBytes } from '#test/support/images';

const BLOB_SIZES = [1, 3, 10, 40, 100, 400];
const descriptorOf = (mediaType: string, content: unknown, size: number): Descriptor => ({
  mediaType,
  digest: digestOf(jsonBytes(content)),
  size,
});
const BLOBS = BLOB_SIZES.map((size) => descriptorOf('application/octet-stream', { size }, size));

interface Content {
  readonly manifest: Manifest;
  readonly digest: Digest;
  readonly sizeBytes: number;
}

function content(
  name: string,
  parts: { readonly blobs?: readonly number[]; readonly children?: readonly Content[] },
): Content {
  const blobs = (parts.blobs ?? []).flatMap((index) => BLOBS[index] ?? []);
  const children = (parts.children ?? []).map(({ digest, sizeBytes, manifest }) => ({
    mediaType: manifest.mediaType,
    digest,
    size: sizeBytes,
    platform: { os: name },
  }));
  const manifest: Manifest = {
    mediaType: parts.children ? MEDIA_TYPES.ociIndex : MEDIA_TYPES.ociManifest,
    config: blobs[0],
    blobs,
    layers: blobs.slice(1),
    children,
    subject: undefined,
    artifactType: undefined,
    annotations: {},
    contentSizeBytes: blobs.reduce((sum, { size }) => sum + size, 0),
  };
  return { manifest, digest: digestOf(jsonBytes({ name })), sizeBytes: 20 + name.length };
}

const IMAGES = [
  content('image-0', { blobs: [0, 1] }),
  content('image-1', { blobs: [0, 2, 3] }),
  content('image-2', { blobs: [1, 4] }),
  content('image-3', { blobs: [0, 5] }),
];
const INDEX = content('index', { children: IMAGES.slice(0, 3) });
/** One child twice, and an index as a child. */
const NESTED = content('nested', { children: [...IMAGES.slice(1, 2), ...IMAGES.slice(1, 2), INDEX] });
const CONTENTS = [...IMAGES, INDEX, NESTED];

const small = (max: number) => fc.nat({ max: max - 1 });
const repository = small(3);
const blob = small(BLOBS.length);
const manifest = small(CONTENTS.length);
const project = small(2);
const tags = fc.subarray([0, 1, 2]);
/** Which of those that are there. */
const pick = fc.nat({ max: 999 });

const some = <K extends string, T>(weight: number, name: K, rest: { [P in keyof T]: fc.Arbitrary<T[P]> }) => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(name), ...rest }) as unknown as fc.Arbitrary<{ do: K } & T>,
});

/** Something done to a registry of two projects with a few repositories. What cannot be done changes nothing. */
export const deed = fc.oneof(
  some(8, 'push', { repository, manifest, tags }),
  some(2, 'upload', { repository, blob }),
  some(2, 'mount', { repository, from: repository, pick }),
  some(3, 'put', { repository, manifest, tags }),
  some(5, 'deleteArtifact', { repository, pick, mayBeChild: fc.boolean() }),
  some(3, 'deleteTag', { repository, pick }),
  some(6, 'restoreArtifact', { repository, pick }),
  some(4, 'restoreTag', { repository, pick, isOverwriting: fc.boolean() }),
  some(1, 'deleteRepository', { repository }),
  some(3, 'moveRepository', { repository }),
  some(1, 'renameRepository', { repository }),
  some(1, 'renameProject', { project }),
  some(2, 'unlink', { repository, pick }),
  some(2, 'limit', { project, bytes: fc.constantFrom(-1, -1, -1, 120, 400, 700) }),
  some(1, 'publish', { project }),
  some(2, 'accessory', { repository, pick, of: manifest }),
  some(1, 'deleteProject', { project }),
  some(1, 'emptyTrash', { repository }),
  some(1, 'addUser', {}),
  some(1, 'mailUser', { pick }),
  some(1, 'deleteUser', { pick }),
  some(1, 'addGroup', { type: fc.constantFrom(GROUP_TYPES.ldap, GROUP_TYPES.http, GROUP_TYPES.oidc) }),
  some(1, 'renameGroup', { pick }),
  some(1, 'deleteGroup', { pick }),
  some(2, 'log', { project }),
  some(1, 'hideEntry', { pick }),
  some(1, 'purgeEntry', { pick }),
);

export type Deed = typeof deed extends fc.Arbitrary<infer D> ? D : never;

/** Each deed once, so that it can be done. */
export const EVERY_DEED: readonly Deed[] = [
  { do: 'push', repository: 0, manifest: 0, tags: [0, 1] },
  { do: 'push', repository: 0, manifest: 1, tags: [] },
  { do: 'push', repository: 0, manifest: 2, tags: [] },
  { do: 'push', repository: 0, manifest: 4, tags: [2] },
  { do: 'push', repository: 0, manifest: 5, tags: [2] },
  { do: 'put', repository: 0, manifest: 0, tags: [2] },
  { do: 'upload', repository: 2, blob: 5 },
  { do: 'mount', repository: 1, from: 0, pick: 1 },
  { do: 'unlink', repository: 1, pick: 0 },
  { do: 'accessory', repository: 0, pick: 0, of: 0 },
  { do: 'accessory', repository: 0, pick: 1, of: 0 },
  { do: 'deleteTag', repository: 0, pick: 0 },
  { do: 'restoreTag', repository: 0, pick: 0, isOverwriting: false },
  ...[0, 1, 2, 3].map((pick) => ({ do: 'deleteArtifact' as const, repository: 0, pick, mayBeChild: true })),
  { do: 'limit', project: 0, bytes: 120 },
  { do: 'restoreArtifact', repository: 0, pick: 0 },
  { do: 'limit', project: 0, bytes: -1 },
  ...[0, 1, 2, 3].map((pick) => ({ do: 'restoreArtifact' as const, repository: 0, pick })),
  { do: 'moveRepository', repository: 0 },
  { do: 'renameRepository', repository: 0 },
  { do: 'renameProject', project: 1 },
  { do: 'publish', project: 1 },
  { do: 'deleteProject', project: 0 },
  { do: 'emptyTrash', repository: 0 },
  { do: 'deleteRepository', repository: 0 },
  { do: 'addUser' },
  { do: 'mailUser', pick: 0 },
  { do: 'deleteUser', pick: 0 },
  { do: 'addUser' },
  { do: 'addGroup', type: GROUP_TYPES.ldap },
  { do: 'addGroup', type: GROUP_TYPES.oidc },
  { do: 'renameGroup', pick: 0 },
  { do: 'deleteGroup', pick: 1 },
  { do: 'log', project: 1 },
  { do: 'log', project: 1 },
  { do: 'hideEntry', pick: 0 },
  { do: 'purgeEntry', pick: 1 },
  { do: 'purgeEntry', pick: 999 },
  { do: 'push', repository: 1, manifest: 1, tags: [0] },
  { do: 'push', repository: 1, manifest: 4, tags: [1] },
  // The index alone can go so, and its tagged child stays.
  ...[0, 1, 2, 3].map((pick) => ({ do: 'deleteArtifact' as const, repository: 1, pick, mayBeChild: false })),
  ...[0, 1, 2].map((pick) => ({ do: 'restoreArtifact' as const, repository: 1, pick })),
];
type Doing<K extends string> = Deed & { readonly do: K };

/** Why a deed may rightly not be done. */
const REFUSALS = new Set([
  'BLOB_UPLOAD_UNKNOWN',
  'CONFLICT',
  'DENIED',
  'MANIFEST_BLOB_UNKNOWN',
  'MANIFEST_UNKNOWN',
  'NAME_UNKNOWN',
  'NOT_FOUND',
  'PRECONDITION',
  'VIOLATE_FOREIGN_KEY_CONSTRAINT',
]);

/** People, groups and entries that are told apart. */
const MOST = 100;

let worlds = 0;
let lockToken = 0;

/** A registry that deeds are done to, through the stores, unless a tag is immutable. */
export class World {
  /** Every name that was ever in use. */
  readonly names: string[] = [];
  readonly #db: D1Database;
  readonly #immutability: ImmutabilityService;
  readonly #word = `world${++worlds}x`;
  /** By number; the name says the project it belongs to. */
  readonly #projects: Project[] = [];
  readonly #repositories: { name: string; project: number }[] = [];
  #renames = 0;

  constructor(db: D1Database) {
    this.#db = db;
    this.#immutability = new ImmutabilityService({ store: new D1ImmutabilityStore({ db }), clock: systemClock });
  }

  /** Two projects, and a few things to do deeds to. */
  async begin(): Promise<void> {
    for (let index = 0; index < 2; index++) await this.#createProject(index);
    for (let index = 0; index < 3; index++) {
      this.#repositories.push({ name: this.#named(`repository${index}`), project: index % 2 });
    }
    await this.do({ do: 'push', repository: 0, manifest: 5, tags: [0] });
    await this.do({ do: 'push', repository: 0, manifest: 0, tags: [1, 2] });
    await this.do({ do: 'push', repository: 1, manifest: 3, tags: [0] });
  }

  /** Answers whether the deed was done. */
  async do(deed: Deed): Promise<boolean> {
    try {
      const done = await (this.#deeds[deed.do] as (deed: never) => Promise<unknown>)(deed as never);
      return done !== false;
    } catch (error) {
      if (error instanceof AppError && REFUSALS.has(error.code)) return false;
      throw error;
    }
  }

  /** Ids of the projects there are, by number. */
  get projectIds(): readonly number[] {
    return this.#projects.map(({ id }) => id);
  }

  readonly #deeds: { readonly [K in Deed['do']]: (deed: never) => Promise<unknown> } = {
    push: async ({ repository, manifest, tags }: Doing<'push'>) => {
      for (const child of childrenOf(manifest)) await this.#push(repository, child, []);
      await this.#push(repository, manifest, tags);
    },
    upload: ({ repository, blob }: Doing<'upload'>) => this.#upload(repository, blob),
    mount: async ({ repository, from, pick }: Doing<'mount'>) => {
      const digest = await this.#pickBlob(from, pick);
      const mounted = await new D1BlobStore({ db: this.#db }).mount({
        digest,
        from: { repository: this.#name(from) },
        projectId: this.#projectOf(repository).id,
        repository: this.#name(repository),
        nowMs: 1,
      });
      return mounted !== undefined;
    },
    put: ({ repository, manifest, tags }: Doing<'put'>) => this.#put(repository, manifest, tags),
    deleteArtifact: async ({ repository, pick, mayBeChild }: Doing<'deleteArtifact'>) => {
      const digest = await this.#pickArtifact(repository, pick);
      const lease = await this.#lease(repository);
      return this.#observe(repository, { kind: 'delete-artifact', digest }, (judgement) =>
        new D1ManifestStore({ db: this.#db }).delete({ ...lease, digest, mayBeChild, judgement, mutation: mutation() }),
      );
    },
    deleteTag: async ({ repository, pick }: Doing<'deleteTag'>) => {
      const tag = (await this.#pick('name from tags where repository_id = ?1', repository, pick)) as TagName;
      const lease = await this.#lease(repository);
      return this.#observe(repository, { kind: 'delete-tag', tag, digest: undefined }, (judgement) =>
        new D1TagStore({ db: this.#db }).delete({ ...lease, tag, judgement, mutation: mutation() }),
      );
    },
    restoreArtifact: async ({ repository, pick }: Doing<'restoreArtifact'>) => {
      const store = new D1TrashStore({ db: this.#db });
      const lease = await this.#lease(repository);
      const digest = (await this.#pick(
        'digest from artifact_trash where repository_id = ?1',
        repository,
        pick,
      )) as Digest;
      const found = await store.findArtifact(lease.repositoryId, digest);
      if (!found) return false;
      return store.restoreArtifact({ ...lease, digest, trashIds: found.trashIds, mutation: mutation() });
    },
    restoreTag: async ({ repository, pick, isOverwriting }: Doing<'restoreTag'>) => {
      const store = new D1TrashStore({ db: this.#db });
      const lease = await this.#lease(repository);
      const name = (await this.#pick('name from tag_trash where repository_id = ?1', repository, pick)) as TagName;
      const tag = await store.findTag(lease.repositoryId, name);
      if (!tag) return false;
      return this.#observe(repository, { kind: 'restore', tags: [name], digest: tag.digest }, (judgement) =>
        store.restoreTag({ ...lease, tag, isOverwriting, judgement, mutation: mutation() }),
      );
    },
    deleteRepository: async ({ repository }: Doing<'deleteRepository'>) => {
      const lease = await this.#lease(repository);
      return this.#observe(repository, { kind: 'delete-repository' }, (judgement) =>
        new D1RepositoryStore({ db: this.#db }).delete({ ...lease, judgement, mutation: mutation() }),
      );
    },
    moveRepository: async ({ repository }: Doing<'moveRepository'>) => {
      const to = 1 - this.#repository(repository).project;
      await this.#move(repository, this.#project(to).id, this.#repository(repository).name);
      this.#repository(repository).project = to;
    },
    renameRepository: async ({ repository }: Doing<'renameRepository'>) => {
      const name = this.#named(`repository${repository}r${++this.#renames}`);
      await this.#move(repository, this.#projectOf(repository).id, name);
      this.#repository(repository).name = name;
    },
    renameProject: async ({ project: index }: Doing<'renameProject'>) => {
      const name = this.#named(`project${index}r${++this.#renames}`);
      await new D1ProjectStore({ db: this.#db }).rename(this.#project(index), name, 1, mutation());
      this.#projects[index] = { ...this.#project(index), name };
    },
    unlink: async ({ repository, pick }: Doing<'unlink'>) => {
      const digest = await this.#pickBlob(repository, pick);
      return (await new D1BlobStore({ db: this.#db }).unlink(this.#name(repository), digest)) === 'unlinked';
    },
    limit: ({ project: index, bytes }: Doing<'limit'>) =>
      this.#run('update quotas set hard_bytes = ? where project_id = ?', bytes, this.#project(index).id),
    publish: ({ project: index }: Doing<'publish'>) =>
      this.#run('update projects set is_public = not is_public where id = ?', this.#project(index).id),
    accessory: async ({ repository, pick, of }: Doing<'accessory'>) => {
      const { repositoryId } = await this.#lease(repository);
      const digest = await this.#pickArtifact(repository, pick);
      const isItself = digest === contentAt(of).digest;
      return this.#run(
        'update artifacts set accessory_type = ?, accessory_of_digest = ? where repository_id = ? and digest = ?',
        isItself ? null : 'subject.accessory',
        isItself ? null : contentAt(of).digest,
        repositoryId,
        digest,
      );
    },
    deleteProject: async ({ project: index }: Doing<'deleteProject'>) => {
      await new D1ProjectStore({ db: this.#db }).delete(this.#project(index), mutation());
      await this.#createProject(index);
    },
    emptyTrash: async ({ repository }: Doing<'emptyTrash'>) => {
      const { repositoryId } = await this.#lease(repository);
      await this.#run('delete from tag_trash where repository_id = ?', repositoryId);
      await this.#run('delete from artifact_trash where repository_id = ?', repositoryId);
    },
    addUser: () => {
      const username = this.#named(`user${++this.#renames}`);
      const user = { mode: 'db_auth', username, passwordHash: '', email: `${username}@example.org` } as const;
      return this.#users.insert({ ...user, realname: '', comment: '' }, mutation());
    },
    mailUser: async ({ pick }: Doing<'mailUser'>) => {
      const email = `${this.#named(`mail${++this.#renames}`)}@example.org`;
      await this.#users.updateProfile(await this.#pickUser(pick), { email, realname: '', comment: '' }, mutation());
    },
    deleteUser: async ({ pick }: Doing<'deleteUser'>) => this.#users.delete(await this.#pickUser(pick), mutation()),
    addGroup: ({ type }: Doing<'addGroup'>) => {
      const name = this.#named(`group${++this.#renames}`);
      return this.#groups.insert(
        { type, name, ldapDn: type === GROUP_TYPES.ldap ? `cn=${name}` : undefined },
        mutation(),
      );
    },
    renameGroup: async ({ pick }: Doing<'renameGroup'>) =>
      this.#groups.rename(await this.#pickGroup(pick), this.#named(`group${++this.#renames}`), mutation()),
    deleteGroup: async ({ pick }: Doing<'deleteGroup'>) => this.#groups.delete(await this.#pickGroup(pick), mutation()),
    log: ({ project: index }: Doing<'log'>) =>
      new D1AuditStore({ db: this.#db }).append(mutation(this.#project(index).id)),
    hideEntry: async ({ pick }: Doing<'hideEntry'>) =>
      this.#run('update audit_log set is_hidden = not is_hidden where id = ?', await this.#pickEntry(pick)),
    purgeEntry: async ({ pick }: Doing<'purgeEntry'>) =>
      this.#run('delete from audit_log where id = ?', await this.#pickEntry(pick)),
  };

  get #users() {
    return new D1UserStore({ db: this.#db, isModeFixed: true });
  }

  get #groups() {
    return new D1UserGroupStore({ db: this.#db });
  }

  async #pickUser(pick: number) {
    const ids = 'select id from users where id > 1 and deleted_at_ms is null order by id limit ?1';
    const user = await this.#users.findById(Number(await this.#pickOf(ids, MOST, pick)));
    if (!user) throw new AppError('NOT_FOUND');
    return user;
  }

  async #pickGroup(pick: number) {
    const group = await this.#groups.findById(
      Number(await this.#pickOf('select id from user_groups limit ?1', MOST, pick)),
    );
    if (!group) throw new AppError('NOT_FOUND');
    return group;
  }

  async #pickEntry(pick: number): Promise<number> {
    const ids = 'select id from audit_log where project_id is not null order by id limit ?1';
    return Number(await this.#pickOf(ids, MOST, pick));
  }

  #upload(repository: number, index: number) {
    const { digest, size } = blobAt(index);
    return new D1BlobStore({ db: this.#db }).commitUpload({
      projectId: this.#projectOf(repository).id,
      repository: this.#name(repository),
      digest,
      sizeBytes: size,
      objectKey: `blobs/deeds/${newId()}`,
      nowMs: 1,
    });
  }

  async #push(repository: number, manifest: number, tags: readonly number[]): Promise<void> {
    for (const index of blobsOf(manifest)) await this.#upload(repository, index);
    await this.#put(repository, manifest, tags);
  }

  async #put(repository: number, manifest: number, tags: readonly number[]): Promise<void> {
    const projectId = this.#projectOf(repository).id;
    await new D1RepositoryStore({ db: this.#db }).ensure(projectId, this.#name(repository), 1);
    const put = {
      ...(await this.#lease(repository)),
      ...contentAt(manifest),
      projectId,
      objectKey: `blobs/deeds/${newId()}`,
      facts: { type: 'IMAGE', extraAttributes: undefined, iconDigest: undefined, accessory: undefined },
      isKnownObject: false,
      tags: tags.map(tagAt),
      mutation: mutation(),
    };
    await this.#observe(repository, { kind: 'push', tags: put.tags, digest: put.digest }, (judgement) =>
      new D1ManifestStore({ db: this.#db }).put({ ...put, judgement }),
    );
  }

  /** The alias it leaves has expired at once. */
  async #move(repository: number, destinationId: number, name: string): Promise<void> {
    const { repositoryId: id, lockToken } = await this.#lease(repository);
    const { name: nameInProject } = this.#repository(repository);
    const move = {
      repository: { id, projectId: this.#projectOf(repository).id, nameInProject },
      destinationId,
      name,
      aliasExpiresAtMs: 1,
      lockToken,
      mutation: mutation(),
    };
    await this.#observe(repository, { kind: 'move-repository' }, (judgement) =>
      new D1RepositoryStore({ db: this.#db }).move({ ...move, judgement }),
    );
  }

  async #createProject(index: number): Promise<void> {
    const name = this.#named(`project${index}n${++this.#renames}`);
    const project = { name, ownerId: 1, isPublic: index === 0, metadata: {} };
    this.#projects[index] = await new D1ProjectStore({ db: this.#db }).insert(project, mutation());
  }

  async #observe<T>(
    repository: number,
    tagDeed: TagDeed,
    commit: (judgement: Judgement | undefined) => Promise<T>,
  ): Promise<T> {
    const { repositoryId: id } = await this.#lease(repository);
    return this.#immutability.observe({ id, projectId: this.#projectOf(repository).id }, tagDeed, commit);
  }

  /** The newest lease of a repository; NAME_UNKNOWN without it. */
  async #lease(repository: number) {
    const row = await new D1RepositoryStore({ db: this.#db }).find(this.#name(repository));
    if (!row) throw new AppError('NAME_UNKNOWN');
    return { repositoryId: row.id, lockToken: ++lockToken };
  }

  #pickArtifact(repository: number, pick: number): Promise<Digest> {
    return this.#pick('digest from artifacts where repository_id = ?1', repository, pick) as Promise<Digest>;
  }

  #pickBlob(repository: number, pick: number): Promise<Digest> {
    const linked = `digest from repository_blobs rb join blobs b on b.id = rb.blob_id where rb.repository_id = ?1`;
    return this.#pick(linked, repository, pick) as Promise<Digest>;
  }

  /** One of what a query finds in the repository; NOT_FOUND when that is nothing. */
  async #pick(query: string, repository: number, pick: number): Promise<string> {
    const { repositoryId } = await this.#lease(repository);
    return this.#pickOf(`select ${query} order by 1`, repositoryId, pick);
  }

  async #pickOf(query: string, binding: number, pick: number): Promise<string> {
    const { results } = await this.#db.prepare(query).bind(binding).all();
    if (results.length === 0) throw new AppError('NOT_FOUND');
    return String(Object.values(at(results, pick % results.length))[0]);
  }

  async #run(sql: string, ...bindings: unknown[]): Promise<void> {
    await this.#db
      .prepare(sql)
      .bind(...bindings)
      .run()
      .catch((error: unknown) => {
        const isRefused = error instanceof Error && error.message.includes('guard:QUOTA_EXCEEDED');
        throw isRefused ? new AppError('DENIED') : error;
      });
  }

  /** A name that nothing else has, and that a search finds. */
  #named(name: string): string {
    const full = `${this.#word}${name}`;
    this.names.push(full);
    return full;
  }

  #repository(index: number) {
    return at(this.#repositories, index);
  }

  #project(index: number): Project {
    return at(this.#projects, index);
  }

  #projectOf(repository: number): Project {
    return this.#project(this.#repository(repository).project);
  }

  #name(repository: number): RepositoryName {
    const name = parseRepositoryName(`${this.#projectOf(repository).name}/${this.#repository(repository).name}`);
    if (!name.ok) throw new Error(name.error);
    return name.value;
  }
}

function mutation(projectId?: number): Mutation {
  const audit = { projectId, operation: 'do', resourceType: 'deed', resource: '', description: '' };
  return { operationId: newId(), actor: { username: 'admin', sourceAddress: undefined }, nowMs: 1, audit, events: [] };
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`there is no item ${index}`);
  return item;
}

const blobAt = (index: number) => at(BLOBS, index);
const contentAt = (index: number) => at(CONTENTS, index);
const childrenOf = (manifest: number) =>
  contentAt(manifest).manifest.children.map((child) => CONTENTS.findIndex(({ digest }) => digest === child.digest));
const blobsOf = (manifest: number) => contentAt(manifest).manifest.blobs.map((blob) => BLOBS.indexOf(blob));

function tagAt(index: number): TagName {
  const tag = parseTag(`t${index}`);
  if (!tag) throw new Error('a tag is malformed');
  return tag;
}
