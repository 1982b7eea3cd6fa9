import { runBatch, withRetries } from '#adapters/d1/batch';
import { auditPulls } from '#adapters/d1/pull-entries';
import { type DomainEvent, domainEventSchema, type Pull, type PulledEvent } from '#domain/events/event';
import type { EventStore } from '#domain/events/event-store';

/** Delay after a resend: two minutes, doubling up to about an hour. */
const BACKOFF = `60000 * (1 << min(attempts + 1, 6))`;

export class D1EventStore implements EventStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async takeDue(nowMs: number, limit: number): Promise<readonly DomainEvent[]> {
    const query = this.#db
      .prepare(
        `update outbox set attempts = attempts + 1, due_at_ms = ?1 + ${BACKOFF}
         where event_id in (select event_id from outbox where due_at_ms <= ?1 order by due_at_ms limit ?2)
         returning body`,
      )
      .bind(nowMs, limit);
    const { results } = await withRetries(() => query.all<{ body: string }>());
    return results.map((row) => domainEventSchema.parse(JSON.parse(row.body)));
  }

  async confirm(eventIds: readonly string[]): Promise<void> {
    const query = this.#db
      .prepare('delete from outbox where event_id in (select value from json_each(?))')
      .bind(JSON.stringify(eventIds));
    await withRetries(() => query.run());
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

  async bury(letter: Parameters<EventStore['bury']>[0]): Promise<void> {
    const query = this.#db
      .prepare('insert into dead_letters (message_id, queue, body, at_ms) values (?, ?, ?, ?) on conflict do nothing')
      .bind(letter.messageId, letter.queue, JSON.stringify(letter.body), letter.nowMs);
    await withRetries(() => query.run());
  }

  async forgetBuriedBefore(atMs: number): Promise<void> {
    const oldest = 'select message_id from dead_letters where at_ms < ? order by at_ms limit 1000';
    const query = this.#db.prepare(`delete from dead_letters where message_id in (${oldest})`).bind(atMs);
    await withRetries(() => query.run());
  }

  async forgetConsumedBefore(atMs: number): Promise<void> {
    await withRetries(() => this.#db.prepare('delete from consumed_events where at_ms < ?').bind(atMs).run());
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
        `update artifacts set pulled_at_ms = d.at_ms from (
           select ${pulled('repositoryId')} as repository_id, ${pulled('digest')} as digest, max(${pulled('atMs')}) as at_ms
           from json_each(?2) d group by 1, 2
         ) d where artifacts.repository_id = d.repository_id and artifacts.digest = d.digest and ${once}`,
      )
      .bind(eventId, json),
    db
      .prepare(
        `update tags set pulled_at_ms = d.at_ms from (
           select ${pulled('repositoryId')} as repository_id, ${pulled('tag')} as name, max(${pulled('atMs')}) as at_ms
           from json_each(?2) d where ${pulled('tag')} is not null group by 1, 2
         ) d where tags.repository_id = d.repository_id and tags.name = d.name and ${once}`,
      )
      .bind(eventId, json),
  ];
}
