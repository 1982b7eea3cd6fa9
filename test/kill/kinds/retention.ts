import type { ApiClient } from '#test/kill/api-client';
import type { KillKind, StoppedState } from '#test/kill/kill-kind';
import { pushSmallImages } from '#test/kill/small-images';
import type { TaskState } from '#test/kill/task-states';

const PROJECT = 'kill-retention';
const SEEDED = 5_000;
const KEPT = 10;
const HOUR_MS = 3_600_000;

const REPOSITORY = `(SELECT r.id FROM repositories r JOIN projects p ON p.id = r.project_id
  WHERE p.name = '${PROJECT}' AND r.name = 'app')`;
const COUNTING = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)';
/** `?1` how many, `?2` the round, `?3` a time. */
const DIGEST = `'sha256:' || printf('%032x%032x', ?2 + 4096, i)`;
const SEED = [
  `${COUNTING} INSERT INTO blobs (digest, size_bytes, object_key, touched_at_ms, created_at_ms)
   SELECT ${DIGEST}, 500, 'blobs/0-retention-' || ?2 || '/' || i, ?3, ?3 FROM n`,
  `${COUNTING} INSERT INTO artifacts (repository_id, project_id, digest, manifest_blob_id, manifest_media_type,
     manifest_size_bytes, config_media_type, artifact_type, size_bytes, type, extra_attributes, pushed_at_ms)
   SELECT a.repository_id, a.project_id, b.digest, b.id, a.manifest_media_type, 500, a.config_media_type, a.artifact_type, 500,
     a.type, a.extra_attributes, ?3 + i
   FROM n JOIN blobs b ON b.digest = ${DIGEST} CROSS JOIN (SELECT * FROM artifacts WHERE repository_id = ${REPOSITORY} LIMIT 1) a`,
  `${COUNTING} INSERT INTO tags (repository_id, artifact_id, name, pushed_at_ms)
   SELECT a.repository_id, a.id, 'round-' || ?2 || '-' || i, a.pushed_at_ms
   FROM n JOIN artifacts a ON a.repository_id = ${REPOSITORY} AND a.digest = ${DIGEST}`,
];

const COUNTS = `SELECT
  (SELECT count(*) FROM artifacts WHERE repository_id = ${REPOSITORY}) AS kept,
  (SELECT count(*) FROM artifact_trash WHERE repository_id = ${REPOSITORY}) AS trashed,
  (SELECT count(*) FROM audit_log WHERE operation = 'delete' AND resource_type = 'artifact' AND resource LIKE '${PROJECT}/app@%') AS told`;

interface Counts {
  readonly kept: number;
  readonly trashed: number;
  readonly told: number;
}

/** Of a repository of some thousand tags the ten newest stay. */
export class Retention implements KillKind {
  readonly vendorType = 'RETENTION';
  #policy = '';
  #rounds = 0;
  #before: Counts = { kept: 0, trashed: 0, told: 0 };

  async prepare(api: ApiClient): Promise<void> {
    this.#rounds++;
    if (this.#rounds > 1) return;
    await api.send('POST', '/projects', { project_name: PROJECT, metadata: { public: 'false' } });
    await pushSmallImages(api, `${PROJECT}/app`, ['model']);
    const { project_id: ref } = await api.get<{ project_id: number }>(`/projects/${PROJECT}`);
    const location = await api.send('POST', '/retentions', {
      algorithm: 'or',
      scope: { level: 'project', ref },
      trigger: { kind: 'Schedule', settings: { cron: '' } },
      rules: [
        {
          action: 'retain',
          template: 'latestPushedK',
          params: { latestPushedK: KEPT },
          tag_selectors: [{ kind: 'doublestar', decoration: 'matches', pattern: '**', extras: '{"untagged":true}' }],
          scope_selectors: { repository: [{ kind: 'doublestar', decoration: 'repoMatches', pattern: '**' }] },
        },
      ],
    });
    this.#policy = location.slice(location.indexOf('/retentions/'));
  }

  seed(state: StoppedState): void {
    const atMs = Date.now() - 24 * HOUR_MS;
    this.#before = state.change((database) => {
      for (const sql of SEED)
        database.prepare(sql).run(...(sql.includes('?3') ? [SEEDED, this.#rounds, atMs] : [SEEDED, this.#rounds]));
      return database.prepare(COUNTS).get() as unknown as Counts;
    });
  }

  async begin(api: ApiClient): Promise<void> {
    await api.send('POST', `${this.#policy}/executions`, { dry_run: false });
  }

  verify(state: StoppedState, tasks: readonly TaskState[]): string {
    const { kept, trashed, told } = state.change((database) => database.prepare(COUNTS).get() as unknown as Counts);
    const gone = this.#before.kept - KEPT;
    if (kept !== KEPT) throw new Error(`${kept} artifacts are left, not ${KEPT}`);
    if (trashed - this.#before.trashed !== gone)
      throw new Error(`${trashed - this.#before.trashed} in the trash, not ${gone}`);
    if (told - this.#before.told !== gone) throw new Error(`${told - this.#before.told} audit rows, not ${gone}`);
    const { total, retained } = tasks.at(-1)?.results ?? {};
    if (total !== this.#before.kept || retained !== KEPT)
      throw new Error(`by its own count it kept ${retained} of ${total}`);
    return `${gone} artifacts in the trash, each with one entry in the audit log; the ${KEPT} newest left, by its own count too`;
  }
}
