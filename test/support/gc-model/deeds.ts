import { AppError } from '#core/errors';
import type { Actor } from '#domain/audit/audit';
import { newMutation } from '#domain/events/mutation';
import { gcResultsOf } from '#domain/gc/gc-results';
import type { Project } from '#domain/projects/project';
import type { ActorServices } from '#test/support/gc-model/actor-services';
import type { Deed, Doing } from '#test/support/gc-model/commands';
import type { Disturbance, Ledger, Promised } from '#test/support/gc-model/ledger';
import type { ModelClock } from '#test/support/gc-model/model-run';
import { at, BLOB_DIGESTS, BLOBS, CONTENTS, PROJECTS, REPOSITORIES, TAGS } from '#test/support/gc-model/universe';

const ACTOR: Actor = { username: 'admin', sourceAddress: undefined };
const MINUTE_MS = 60_000;
/** How often a client sends a manifest again that was answered with 503. */
const MAX_TRIES = 5;
/** Of what has not ended, or whose end nobody knows. */
const OPEN = Number.POSITIVE_INFINITY;

/** Uploads of the history so far, whoever made them: a client may repeat the end of one. */
const uploads = new WeakMap<Ledger, { repository: number; blob: number; objectKey: string }[]>();

interface DeedsDeps {
  readonly services: ActorServices;
  readonly ledger: Ledger;
  readonly clock: ModelClock;
  /** Calls of storage so far. */
  readonly steps: () => number;
}

type Answer = string | undefined;

/** What actors do, and what they are promised. An answer that is not `refused` and not undefined is a problem. */
export class Deeds {
  readonly #deps: DeedsDeps;

  constructor(deps: DeedsDeps) {
    this.#deps = deps;
  }

  async begin(): Promise<void> {
    for (const name of PROJECTS) await this.#createProject(name);
  }

  async do(deed: Deed): Promise<Answer> {
    try {
      const answer = await (this.#deeds[deed.do] as (deed: never) => Promise<unknown>)(deed as never);
      return typeof answer === 'string' ? answer : undefined;
    } catch (error) {
      if (error instanceof AppError) return 'refused';
      throw error;
    }
  }

  readonly #deeds: { readonly [K in Deed['do']]: (deed: never) => Promise<unknown> } = {
    push: (deed: Doing<'push'>) => this.#push(deed),
    upload: ({ repository, blob }: Doing<'upload'>) => this.#upload(repository, blob),
    abandon: async ({ repository, blob }: Doing<'abandon'>) => void (await this.#write(repository, blob)),
    finishAgain: ({ pick }: Doing<'finishAgain'>) => this.#finishAgain(pick),
    put: async ({ repository, content, tags }: Doing<'put'>) => {
      const promise = this.#promise(repository, content, tags, false);
      await this.#put(repository, content, tags);
      this.#keep(promise);
    },
    mount: async ({ repository, from, blob }: Doing<'mount'>) =>
      (await this.#mount(repository, from, blob)) ? undefined : 'refused',
    copy: ({ repository, from, content }: Doing<'copy'>) => this.#copy(repository, from, content),
    tag: ({ repository, content, tag }: Doing<'tag'>) => {
      const reference = { kind: 'digest', digest: at(CONTENTS, content).digest } as const;
      return this.#deps.services.tags.create(this.#name(repository), reference, at(TAGS, tag), ACTOR);
    },
    deleteTag: ({ repository, tag }: Doing<'deleteTag'>) =>
      this.#disturbing({ kind: 'untag', repository, tag }, () =>
        this.#deps.services.tags.delete(this.#name(repository), at(TAGS, tag), ACTOR),
      ),
    deleteArtifact: ({ repository, content, mayBeChild }: Doing<'deleteArtifact'>) =>
      this.#disturbing({ kind: 'delete', repository }, () =>
        this.#deps.services.manifests.delete({
          repository: this.#name(repository),
          digest: at(CONTENTS, content).digest,
          mayBeChild,
          actor: ACTOR,
        }),
      ),
    deleteRepository: ({ repository }: Doing<'deleteRepository'>) =>
      this.#disturbing({ kind: 'remove', repository }, () =>
        this.#deps.services.repositories.delete(this.#name(repository), ACTOR),
      ),
    deleteProject: ({ project }: Doing<'deleteProject'>) =>
      this.#disturbing({ kind: 'remove', repository: undefined }, () => this.#recreateProject(at(PROJECTS, project))),
    unlink: ({ repository, blob }: Doing<'unlink'>) =>
      this.#disturbing({ kind: 'unlink', repository }, () =>
        this.#deps.services.blobs.unlink(this.#name(repository), at(BLOB_DIGESTS, blob)),
      ),
    restoreArtifact: async ({ repository, content }: Doing<'restoreArtifact'>) => {
      const promise = this.#promise(repository, content, [], false);
      await this.#deps.services.trash.restoreArtifact(this.#name(repository), at(CONTENTS, content).digest, ACTOR);
      this.#keep(promise);
    },
    restoreTag: ({ repository, tag, isOverwriting }: Doing<'restoreTag'>) =>
      this.#disturbing({ kind: 'untag', repository, tag }, () =>
        this.#deps.services.trash.restoreTag(this.#name(repository), at(TAGS, tag), { isOverwriting }, ACTOR),
      ),
    collect: async (deed: Doing<'collect'>) => void (await this.collect(deed)),
    wake: () => this.runDue(),
    stop: () => this.#stop(),
    wait: async ({ minutes }: Doing<'wait'>) => this.#deps.clock.advance(minutes * MINUTE_MS),
    sweep: async () => void (await this.#deps.services.orphans.sweep()),
  };

  /** As docker does: a blob the registry has is not sent, nor is a manifest that an index points at. */
  async #push({ repository, content, tags, isMounting }: Doing<'push'>): Promise<Answer> {
    const promise = this.#promise(repository, content, tags, true);
    try {
      await this.#pushParts(repository, content, isMounting);
      await this.#put(repository, content, tags);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      for (const span of [promise, ...promise.takes]) this.#close(span);
      if (error.code === 'SERVICE_UNAVAILABLE' || this.#deps.ledger.mayFail(promise)) return 'refused';
      return `the push of content ${content} to repository ${repository} was refused: ${error.code} ${error.message} ${JSON.stringify(error.detail)}`;
    }
    this.#keep(promise);
    return undefined;
  }

  async #pushParts(repository: number, content: number, isMounting: boolean): Promise<void> {
    const { manifests } = this.#deps.services;
    const { blobs, children } = at(CONTENTS, content);
    for (const blob of blobs) {
      if (await this.#isThere(repository, blob)) continue;
      if (isMounting && (await this.#mount(repository, (repository + 1) % REPOSITORIES.length, blob))) continue;
      await this.#upload(repository, blob);
    }
    for (const child of children) {
      const reference = { kind: 'digest', digest: at(CONTENTS, child).digest } as const;
      const found = await orUnknown(() => manifests.statForPush(this.#name(repository), reference));
      if (found) continue;
      await this.#pushParts(repository, child, isMounting);
      await this.#put(repository, child, []);
    }
  }

  async #isThere(repository: number, blob: number): Promise<boolean> {
    const found = await orUnknown(() =>
      this.#deps.services.blobs.statForPush(this.#name(repository), at(BLOB_DIGESTS, blob)),
    );
    return found !== undefined;
  }

  async #write(repository: number, blob: number): Promise<string> {
    const { storage } = this.#deps.services;
    const objectKey = await storage.newObjectKey();
    const labels = { kind: 'blob', repository: this.#name(repository), digest: at(BLOB_DIGESTS, blob) } as const;
    await storage.write(objectKey, at(BLOBS, blob), labels);
    return objectKey;
  }

  async #upload(repository: number, blob: number): Promise<void> {
    const objectKey = await this.#write(repository, blob);
    const upload = { repository, blob, objectKey };
    const { ledger } = this.#deps;
    uploads.set(ledger, [...(uploads.get(ledger) ?? []), upload]);
    await this.#commit(upload);
  }

  async #commit({ repository, blob, objectKey }: { repository: number; blob: number; objectKey: string }) {
    const project = await this.#project(repository);
    const target = { projectId: project.id, repository: this.#name(repository), digest: at(BLOB_DIGESTS, blob) };
    await this.#deps.services.finisher.commit(target, { objectKey, sizeBytes: at(BLOBS, blob).length });
  }

  /** The answer of an upload was lost, and the client asks once more, within the day that an upload lasts. */
  async #finishAgain(pick: number): Promise<Answer> {
    const made = uploads.get(this.#deps.ledger) ?? [];
    const upload = made[pick % Math.max(made.length, 1)];
    if (!upload || isOlderThanADay(upload.objectKey, this.#deps.clock.nowMs())) return 'refused';
    await this.#commit(upload);
    return undefined;
  }

  async #put(repository: number, content: number, tags: readonly number[]): Promise<void> {
    const project = await this.#project(repository);
    const { bytes, mediaType, digest } = at(CONTENTS, content);
    const [first, ...others] = tags.map((tag) => at(TAGS, tag));
    const reference = first ? ({ kind: 'tag', tag: first } as const) : ({ kind: 'digest', digest } as const);
    const push = { project, repository: this.#name(repository), reference, tags: others, bytes };
    for (let tries = 1; ; tries++) {
      try {
        await this.#deps.services.manifests.put({ ...push, contentType: mediaType, actor: ACTOR });
        return;
      } catch (error) {
        const isBusy = error instanceof AppError && error.code === 'SERVICE_UNAVAILABLE';
        if (!isBusy || tries === MAX_TRIES) throw error;
      }
    }
  }

  async #mount(repository: number, from: number, blob: number): Promise<boolean> {
    const project = await this.#project(repository);
    const mounted = await this.#deps.services.blobs.mount({
      digest: at(BLOB_DIGESTS, blob),
      from: { repository: this.#name(from) },
      projectId: project.id,
      repository: this.#name(repository),
    });
    return mounted !== undefined;
  }

  async #copy(repository: number, from: number, content: number): Promise<void> {
    const project = await this.#project(repository);
    const promise = this.#promise(repository, content, [], false);
    const moves = TAGS.map((_, tag) => this.#disturb({ kind: 'untag', repository, tag }));
    const reference = { kind: 'digest', digest: at(CONTENTS, content).digest } as const;
    const places = { source: this.#name(from), destination: this.#name(repository) };
    await this.#deps.services.copies.copy({ ...places, reference, project, actor: ACTOR });
    for (const move of moves) this.#close(move);
    this.#keep(promise);
  }

  /** Answers what the run has brought. */
  async collect({ hours, isDeletingUntagged, isDryRun }: Omit<Doing<'collect'>, 'do'>) {
    const { gc, jobs } = this.#deps.services;
    const kind = {
      kind: 'collect',
      repository: undefined,
      windowMs: hours * 60 * MINUTE_MS,
      isDeletingUntagged,
    } as const;
    const disturbance = isDryRun ? undefined : this.#disturb(kind);
    const parameters = { delete_untagged: isDeletingUntagged, dry_run: isDryRun, time_window_hours: hours, workers: 2 };
    const id = await gc.start(parameters, ACTOR);
    await this.runDue();
    const task = await jobs.getFirstTask(id);
    if (disturbance && task.endedAtMs !== undefined) this.#close(disturbance);
    return gcResultsOf(task.results);
  }

  /** What a queue's message or a tick would wake. */
  async runDue(): Promise<undefined> {
    const { runner, jobs, gc } = this.#deps.services;
    const { items } = await gc.list({ isAscending: true }, { limit: 50, offset: 0 });
    for (const execution of items.filter(({ endedAtMs }) => endedAtMs === undefined)) {
      await runner.run({ taskId: (await jobs.getFirstTask(execution.id)).id });
    }
    return undefined;
  }

  async #stop(): Promise<Answer> {
    const { gc } = this.#deps.services;
    const { items } = await gc.list({}, { limit: 1, offset: 0 });
    if (!items[0]) return 'refused';
    const { id } = items[0];
    await gc.stop(id, ACTOR);
    if ((await gc.get(id)).status === 'Stopped') this.#deps.ledger.stopped.push(id);
    return undefined;
  }

  async #recreateProject(name: string): Promise<void> {
    const found = await this.#deps.services.projects.findByNames([name], this.#deps.clock.nowMs());
    const project = found.get(name);
    if (project) await this.#deps.services.projects.delete(project, this.#mutation('delete'));
    await this.#createProject(name);
  }

  async #createProject(name: string): Promise<void> {
    const project = { name, ownerId: 1, isPublic: false, metadata: {} };
    await this.#deps.services.projects.insert(project, this.#mutation('create'));
  }

  #mutation(operation: string) {
    const audit = { projectId: undefined, operation, resourceType: 'project', resource: '', description: '' };
    return newMutation(audit, ACTOR, this.#deps.clock);
  }

  async #project(repository: number): Promise<Project> {
    const name = at(PROJECTS, at(REPOSITORIES, repository).project);
    const found = await this.#deps.services.projects.findByNames([name], this.#deps.clock.nowMs());
    const project = found.get(name);
    if (!project) throw new AppError('NAME_UNKNOWN');
    return project;
  }

  #name(repository: number) {
    return at(REPOSITORIES, repository).name;
  }

  #span() {
    return { beganAt: this.#deps.steps(), beganAtMs: this.#deps.clock.nowMs(), endedAt: OPEN, endedAtMs: OPEN };
  }

  /** What is about to be promised. Tags that it takes are taken from others, at some time until it ends. */
  #promise(repository: number, content: number, tags: readonly number[], hasChildren: boolean) {
    const takes = tags.map((tag) => this.#disturb({ kind: 'untag', repository, tag, content }));
    return { ...this.#span(), repository, content, tags, hasChildren, takes };
  }

  #keep(promise: Promised & { readonly takes: readonly Disturbance[] }): void {
    for (const span of [promise, ...promise.takes]) this.#close(span);
    this.#deps.ledger.promised.push(promise);
  }

  #disturb(what: Omit<Disturbance, 'beganAt' | 'beganAtMs' | 'endedAt' | 'endedAtMs'>): Disturbance {
    return this.#deps.ledger.disturb({ ...what, ...this.#span() });
  }

  async #disturbing(
    what: Omit<Disturbance, 'beganAt' | 'beganAtMs' | 'endedAt' | 'endedAtMs'>,
    work: () => Promise<unknown>,
  ): Promise<undefined> {
    const disturbance = this.#disturb(what);
    try {
      await work();
    } finally {
      this.#close(disturbance);
    }
    return undefined;
  }

  #close(span: Pick<Disturbance, 'endedAt' | 'endedAtMs'>): void {
    span.endedAt = this.#deps.steps();
    span.endedAtMs = this.#deps.clock.nowMs();
  }
}

/** The key says when its intent was opened, and an upload lasts a day from then, and some minutes. */
function isOlderThanADay(objectKey: string, nowMs: number): boolean {
  const openedAtMs = Number.parseInt(/^blobs\/([0-9a-z]+)-/.exec(objectKey)?.[1] ?? '', 36);
  return nowMs - openedAtMs > 24 * 60 * MINUTE_MS;
}

/** Undefined of what the registry says it does not have. */
async function orUnknown<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AppError && (error.code === 'BLOB_UNKNOWN' || error.code === 'MANIFEST_UNKNOWN'))
      return undefined;
    throw error;
  }
}
