import { withRetries } from '#adapters/d1/batch';
import { runGuarded } from '#adapters/d1/guarded-batch';
import { guard } from '#adapters/d1/guards';
import { mutationStatements } from '#adapters/d1/mutation';
import { listKeyedPage } from '#adapters/d1/page';
import type { Digest } from '#core/digest';
import type { Mutation } from '#domain/events/mutation';
import type { Quota } from '#domain/quotas/quota';
import type { QuotaPage, QuotaRoom, QuotaStore } from '#domain/quotas/quota-store';

interface QuotaRow {
  id: number;
  project_id: number;
  project: string;
  owner_name: string;
  hard_bytes: number;
  used_bytes: number;
  created_at_ms: number;
  updated_at_ms: number;
}

interface RoomRow {
  hard_bytes: number;
  used_bytes: number;
  is_enforced: number;
  holds_blob: number;
}

/** As the indexes have it. */
const HARD_ORDER = 'iif(q.hard_bytes < 0, 9223372036854775807, q.hard_bytes)';

const COLUMN_OF = {
  id: 'q.id',
  creation_time: 'q.created_at_ms',
  update_time: 'q.updated_at_ms',
  'hard.storage': HARD_ORDER,
  'used.storage': 'q.used_bytes',
} as const;

const SELECT = `
  select q.id, q.project_id, p.name as project, u.username as owner_name, q.hard_bytes, q.used_bytes, q.created_at_ms,
    q.updated_at_ms
  from quotas q cross join projects p on p.id = q.project_id cross join users u on u.id = p.owner_id`;

const ROOM = `
  select q.hard_bytes, q.used_bytes,
    not exists (select 1 from properties where key = 'quota_per_project_enable' and value = 'false') as is_enforced,
    exists (select 1 from blobs b join project_blobs pb on pb.project_id = ?1 and pb.blob_id = b.id
      where b.digest = ?2) as holds_blob
  from quotas q where q.project_id = ?1`;

export class D1QuotaStore implements QuotaStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async list(projectId: number | undefined, { orderBy, isDescending, limit, offset }: QuotaPage) {
    if (projectId !== undefined) return this.#listOne(projectId, offset);
    const column = COLUMN_OF[orderBy];
    const { rows, total } = await listKeyedPage<QuotaRow>(this.#db, {
      keys: () => `select q.id id, ${column} key from quotas q`,
      bindings: [],
      isDescending,
      // Each project has one.
      total: { sql: 'select private_projects + public_projects from statistics', bindings: [] },
      select: () => SELECT,
      id: 'q.id',
      column,
      page: { limit, offset },
    });
    return { items: rows.map(toQuota), total };
  }

  async find(id: number): Promise<Quota | undefined> {
    const query = this.#db.prepare(`${SELECT} where q.id = ?`).bind(id);
    const row = await withRetries(() => query.first<QuotaRow>());
    return row ? toQuota(row) : undefined;
  }

  async room(projectId: number, digest: Digest | undefined): Promise<QuotaRoom | undefined> {
    const query = this.#db.prepare(ROOM).bind(projectId, digest ?? null);
    const row = await withRetries(() => query.first<RoomRow>());
    if (!row) return undefined;
    return {
      hardBytes: row.hard_bytes,
      usedBytes: row.used_bytes,
      isEnforced: row.is_enforced === 1,
      holdsBlob: row.holds_blob === 1,
    };
  }

  async limit(id: number, hardBytes: number, mutation: Mutation): Promise<void> {
    const statements = [
      ...mutationStatements(this.#db, mutation),
      guard(this.#db, 'QUOTA_GONE', 'exists (select 1 from quotas where id = ?)', id),
      this.#db
        .prepare('update quotas set hard_bytes = ?2, updated_at_ms = ?3 where id = ?1')
        .bind(id, hardBytes, mutation.nowMs),
    ];
    await runGuarded(this.#db, statements, { QUOTA_GONE: ['NOT_FOUND', `quota ${id} not found`] });
  }

  async #listOne(projectId: number, offset: number) {
    const query = this.#db.prepare(`${SELECT} where q.project_id = ?`).bind(projectId);
    const row = await withRetries(() => query.first<QuotaRow>());
    const items = row ? [toQuota(row)] : [];
    return { items: items.slice(offset), total: items.length };
  }
}

function toQuota(row: QuotaRow): Quota {
  return {
    id: row.id,
    project: { id: row.project_id, name: row.project, ownerName: row.owner_name },
    hardBytes: row.hard_bytes,
    usedBytes: row.used_bytes,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}
