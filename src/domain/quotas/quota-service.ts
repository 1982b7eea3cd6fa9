import { BoundedCache } from '#core/bounded-cache';
import type { Clock } from '#core/clock';
import type { Digest } from '#core/digest';
import { AppError } from '#core/errors';
import type { Actor } from '#domain/audit/audit';
import { newMutation } from '#domain/events/mutation';
import { fits, type Quota, QuotaExceeded } from '#domain/quotas/quota';
import type { QuotaRoom, QuotaStore } from '#domain/quotas/quota-store';

/** How long a push may go by room that was there. */
const ROOM_TTL_MS = 10_000;
const MAX_ROOMS = 10_000;

/** What somebody is about to push. */
export interface Addition {
  /** At least so many bytes; undefined when nobody has said. */
  readonly sizeBytes: number | undefined;
  /** What they are, if that is known. */
  readonly digest?: Digest | undefined;
}

/** How much projects may hold. What they hold is counted, and kept within the limit, by the rows' triggers (ADR 13). */
export class QuotaService {
  readonly #store: QuotaStore;
  readonly #clock: Clock;
  /** By project; what had no room is asked for anew. */
  readonly #rooms: BoundedCache<QuotaRoom>;

  constructor({ store, clock }: { readonly store: QuotaStore; readonly clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
    this.#rooms = new BoundedCache({ maxWeight: MAX_ROOMS, ttlMs: ROOM_TTL_MS, clock });
  }

  list(...query: Parameters<QuotaStore['list']>): ReturnType<QuotaStore['list']> {
    return this.#store.list(...query);
  }

  /** NOT_FOUND when there is none. */
  async get(id: number): Promise<Quota> {
    const quota = await this.#store.find(id);
    if (!quota) throw new AppError('NOT_FOUND', { message: `quota ${id} not found` });
    return quota;
  }

  /** Sets the limit of a project. Less than it holds is allowed: then nothing can be added. */
  async limit(quota: Quota, hardBytes: number, actor: Actor): Promise<void> {
    const audit = {
      projectId: quota.project.id,
      operation: 'update',
      resourceType: 'quota',
      resource: quota.project.name,
      description: `update quota: ${quota.project.name}, storage ${quota.hardBytes} -> ${hardBytes}`,
    };
    await this.#store.limit(quota.id, hardBytes, newMutation(audit, actor, this.#clock));
    this.#rooms.delete(String(quota.project.id));
  }

  /**
   * Refuses with DENIED, before its bytes are taken, what cannot fit, and everything when nothing is left. Advice alone:
   * what passes may still be refused by the batch that links it.
   */
  async requireRoom(projectId: number, { sizeBytes = 0, digest }: Addition): Promise<void> {
    const known = this.#rooms.get(String(projectId));
    if (known && hasRoom(known, sizeBytes)) return;
    const room = await this.#store.room(projectId, digest);
    if (!room) return;
    this.#rooms.put(String(projectId), { ...room, holdsBlob: false });
    if (!hasRoom(room, sizeBytes)) throw new QuotaExceeded(room, sizeBytes);
  }
}

function hasRoom(room: QuotaRoom, sizeBytes: number): boolean {
  // Bytes nobody has announced are one at least.
  return !room.isEnforced || room.holdsBlob || fits(room, Math.max(sizeBytes, 1));
}
