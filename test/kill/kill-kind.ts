import type { DatabaseSync } from 'node:sqlite';
import type { ApiClient } from '#test/kill/api-client';
import type { TaskState } from '#test/kill/task-states';

/** The files of a server that does not run. */
export interface StoppedState {
  readonly stateDirectory: string;
  /** Changes D1. */
  change<T>(change: (database: DatabaseSync) => T): T;
  /** Changes R2's list of objects, the table `_mf_objects`. */
  changeBucket<T>(change: (database: DatabaseSync) => T): T;
}

/** One kind of job: how to give it so much work that it can be killed in the middle, and how to see what it did. */
export interface KillKind {
  readonly vendorType: string;
  /** Makes things as clients make them. */
  prepare(api: ApiClient): Promise<void>;
  /** Makes more of them than clients could in time. */
  seed(state: StoppedState): void;
  /** Begins a run; its queue is paused. */
  begin(api: ApiClient): Promise<void>;
  /** Whether it is at something that its row does not tell of; undefined for kinds whose cursor tells. */
  isUnderWay?(): boolean;
  /** The server has been killed. */
  killed?(): void;
  /** Throws unless the effect shows once; answers it in words. */
  verify(state: StoppedState, tasks: readonly TaskState[]): string;
}
