import { runBatch, withRetries } from '#adapters/d1/batch';
import { type GuardCode, GuardFailed, guard } from '#adapters/d1/guards';
import { launchAllStatements } from '#adapters/d1/launch-batch';
import { outboxStatement } from '#adapters/d1/mutation';
import { auditPulls } from '#adapters/d1/pull-entries';
import {
  type DomainEvent,
  domainEventSchema,
  type Pull,
  type PulledEvent,
  type RecordedEvent,
} from '#domain/events/event';
import type { Consumption, EventStore, Letter, OutboxEntry } from '#domain/events/event-store';
import type { Launch } from '#domain/jobs/launch';

/** Delay after a resend: two minutes, doubling up to about an hour. */
const BACKOFF = `60000 * (1 << min(attempts + 1, 6))`;

/** Of whatever is in the outbox; rows have no larger. */
const MAX_POSITION = Number.MAX_SAFE_INTEGER;

/** Runs begun by one batch that has nothing else to do. */
const LAUNCHES_PER_BATCH = 100;

/** What a batch fails with whose events or policies were read too long ago; nothing has happened, and they are read again. */
const OVERTAKEN: readonly GuardCode[] = ['EVENTS_CONSUMED', 'WEBHOOK_CHANGED'];

interface OutboxRow {
  readonly position: number;
  readonly event_id: string;
  readonly body: string;
}

export class D1EventStore implements EventStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async takeDue(nowMs: number, limit: number): Promise<readonly DomainEvent[]> {
    const query = this.#db
      .prepare(
        `update outbox set attempts = attempts + 1, due_at_ms = ?1 + ${BACKOFF}
         where position in (select position from outbox where due_at_ms <= ?1 order by due_at_ms limit ?2)
         returning body`,
      )
      .bind(nowMs, limit);
    const { results } = await withRetries(() => query.all<{ body: string }>());
    // What nobody understands stays until the outbox is drained, and says nothing that a message must.
    return results.flatMap((row) => domainEventSchema.safeParse(parsed(row.body)).data ?? []);
  }

  async append(event: RecordedEvent, nowMs: number): Promise<boolean> {
    const isWanted = 'exists (select 1 from webhook_policies where project_id = ?)';
    const query = this.#db.prepare(`select ${isWanted} as wanted`).bind(event.projectId ?? 0);
    if ((await withRetries(() => query.first<number>('wanted'))) !== 1) return false;
    await withRetries(() => outboxStatement(this.#db, nowMs, event).run());
    return true;
  }

  async takeFirst(limit: number): Promise<readonly OutboxEntry[]> {
    const [, first] = await runBatch(this.#db, [
      this.#db
        .prepare(
          `delete from outbox
           where position <= coalesce((select position from outbox order by position limit 1 offset ?1), ${MAX_POSITION})
             and case when json_valid(body) then not exists (
               select 1 from webhook_policies w where w.project_id = outbox.body ->> '$.projectId') else 0 end`,
        )
        .bind(limit - 1),
      this.#db.prepare('select position, event_id, body from outbox order by position limit ?').bind(limit),
    ]);
    return ((first?.results ?? []) as OutboxRow[]).map(toEntry);
  }

  async consume({ entries, launches, letters, nowMs }: Consumption): Promise<readonly number[] | undefined> {
    const keys = JSON.stringify(entries.map(({ position, eventId }) => [position, eventId]));
    const taken = `from outbox o join json_each(?1) k on o.position = k.value ->> 0 and o.event_id = k.value ->> 1`;
    const statements = [
      guard(this.#db, 'EVENTS_CONSUMED', `(select count(*) ${taken}) = ?2`, keys, entries.length),
      ...this.#guardPolicies(launches),
      this.#db.prepare(`delete from outbox where position in (select o.position ${taken})`).bind(keys),
      ...letters.map((letter) => this.#letterStatement(letter, nowMs)),
    ];
    try {
      return await this.#launchWith(statements, launches);
    } catch (error) {
      if (error instanceof GuardFailed && OVERTAKEN.includes(error.code)) return undefined;
      throw error;
    }
  }

  async consumed(eventIds: readonly string[]): Promise<ReadonlySet<string>> {
    const query = this.#db
      .prepare('select event_id from consumed_events where event_id in (select value from json_each(?))')
      .bind(JSON.stringify(eventIds));
    const { results } = await withRetries(() => query.all<{ event_id: string }>());
    return new Set(results.map(({ event_id }) => event_id));
  }

  async launch(launches: readonly Launch[]): Promise<readonly number[]> {
    const taskIds: number[] = [];
    for (let start = 0; start < launches.length; start += LAUNCHES_PER_BATCH) {
      taskIds.push(...(await this.#launchWith([], launches.slice(start, start + LAUNCHES_PER_BATCH))));
    }
    return taskIds;
  }

  async recordPulls(events: readonly PulledEvent[], nowMs: number): Promise<void> {
    await runBatch(
      this.#db,
      events.flatMap((event) => [
        ...pullStatements(this.#db, event.id, event.pulls),
        auditPulls(this.#db, event.id, event.pulls),
        this.#db
          .prepare('insert into consumed_events (event_id, at_ms) values (?, ?) on conflict do nothing')
          .bind(event.id, nowMs),
      ]),
    );
  }

  async bury(letter: Letter, nowMs: number): Promise<void> {
    await withRetries(() => this.#letterStatement(letter, nowMs).run());
  }

  async forgetBuriedBefore(atMs: number): Promise<void> {
    const oldest = 'select message_id from dead_letters where at_ms < ? order by at_ms limit 1000';
    const query = this.#db.prepare(`delete from dead_letters where message_id in (${oldest})`).bind(atMs);
    await withRetries(() => query.run());
  }

  async forgetConsumedBefore(atMs: number): Promise<void> {
    await withRetries(() => this.#db.prepare('delete from consumed_events where at_ms < ?').bind(atMs).run());
  }

  /** Runs statements and launches in one batch; answers the tasks that may run. */
  async #launchWith(statements: readonly D1PreparedStatement[], launches: readonly Launch[]): Promise<number[]> {
    const results = await runBatch(this.#db, [...statements, ...launchAllStatements(this.#db, launches)]);
    const woken = launches.length > 0 ? (results.at(-1)?.results ?? []) : [];
    return (woken as { id: number }[]).map(({ id }) => id);
  }

  /** A policy that was corrected after it was read must not have deliveries to where it went before. */
  #guardPolicies(launches: readonly Launch[]): readonly D1PreparedStatement[] {
    const policies = new Map(
      launches.flatMap(({ vendorId, policyUpdatedAtMs: atMs }) =>
        atMs === undefined ? [] : [[vendorId, atMs] as const],
      ),
    );
    if (policies.size === 0) return [];
    const unchanged = `select count(*) from json_each(?1) k cross join webhook_policies w on w.id = k.value ->> 0
      where w.updated_at_ms = k.value ->> 1`;
    return [guard(this.#db, 'WEBHOOK_CHANGED', `(${unchanged}) = ?2`, JSON.stringify([...policies]), policies.size)];
  }

  #letterStatement({ messageId, queue, body }: Letter, nowMs: number): D1PreparedStatement {
    return this.#db
      .prepare('insert into dead_letters (message_id, queue, body, at_ms) values (?, ?, ?, ?) on conflict do nothing')
      .bind(messageId, queue, JSON.stringify(body), nowMs);
  }
}

function toEntry({ position, event_id: eventId, body }: OutboxRow): OutboxEntry {
  const event = domainEventSchema.safeParse(parsed(body)).data;
  // Pulls are not recorded, so one here is nothing anybody wrote.
  return { position, eventId, body, event: event?.kind === 'artifacts-pulled' ? undefined : event };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Each statement does nothing once the event has been consumed, so that a repetition counts nothing twice. */
function pullStatements(db: D1Database, eventId: string, pulls: readonly Pull[]): D1PreparedStatement[] {
  const once = 'not exists (select 1 from consumed_events where event_id = ?1)';
  const json = JSON.stringify(pulls);
  const pulled = (field: string) => `d.value ->> '$.${field}'`;
  return [
    db
      .prepare(
        `update repositories set pull_count = pull_count + d.pulls from (
           select ${pulled('repositoryId')} as id, sum(${pulled('count')}) as pulls from json_each(?2) d group by 1
         ) d where repositories.id = d.id and ${once}`,
      )
      .bind(eventId, json),
    db
      .prepare(
        `update artifacts set pulled_at_ms = max(coalesce(artifacts.pulled_at_ms, 0), d.at_ms) from (
           select ${pulled('repositoryId')} as repository_id, ${pulled('digest')} as digest, max(${pulled('atMs')}) as at_ms
           from json_each(?2) d group by 1, 2
         ) d where artifacts.repository_id = d.repository_id and artifacts.digest = d.digest and ${once}`,
      )
      .bind(eventId, json),
    db
      .prepare(
        `update tags set pulled_at_ms = max(coalesce(tags.pulled_at_ms, 0), d.at_ms) from (
           select ${pulled('repositoryId')} as repository_id, ${pulled('tag')} as name, max(${pulled('atMs')}) as at_ms
           from json_each(?2) d where ${pulled('tag')} is not null group by 1, 2
         ) d where tags.repository_id = d.repository_id and tags.name = d.name and ${once}`,
      )
      .bind(eventId, json),
  ];
}
