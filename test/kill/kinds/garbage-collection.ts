import { contentOf, digestOf } from '#test/crash/content';
import { RegistryClient } from '#test/crash/registry-client';
import type { ApiClient } from '#test/kill/api-client';
import type { KillKind, StoppedState } from '#test/kill/kill-kind';
import { pushSmallImages } from '#test/kill/small-images';
import { objectKeys, requireObjects, rowKeys } from '#test/kill/stored-keys';
import type { TaskState } from '#test/kill/task-states';

const REPOSITORY_NAME = 'library/kill-garbage';
/** Blobs that were uploaded and never named by a manifest, and rows of more. */
const UPLOADED = 200;
const SEEDED = 20_000;
const HOUR_MS = 3_600_000;

const REPOSITORY = `(SELECT r.id FROM repositories r JOIN projects p ON p.id = r.project_id
  WHERE p.name || '/' || r.name = '${REPOSITORY_NAME}')`;
const COUNTING = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)';
const DIGEST = `'sha256:' || printf('%032x%032x', ?2 + 8192, i)`;
const SEED_BLOBS = `${COUNTING} INSERT INTO blobs (digest, size_bytes, object_key, touched_at_ms, created_at_ms)
  SELECT ${DIGEST}, 1000, 'blobs/0-garbage-' || ?2 || '/' || i, ?3, ?3 FROM n`;
const SEED_LINKS = `${COUNTING} INSERT INTO repository_blobs (repository_id, blob_id, linked_at_ms)
  SELECT ${REPOSITORY}, b.id, ?3 FROM n JOIN blobs b ON b.digest = ${DIGEST}`;
const GARBAGE = `SELECT b.object_key AS key FROM repository_blobs rb JOIN blobs b ON b.id = rb.blob_id
  WHERE rb.repository_id = ${REPOSITORY} AND NOT EXISTS (SELECT 1 FROM artifact_blobs ab WHERE ab.blob_id = b.id)`;
const LIVE = `SELECT b.object_key AS key FROM blobs b JOIN artifacts a ON a.manifest_blob_id = b.id
  WHERE a.repository_id = ${REPOSITORY} UNION SELECT b.object_key FROM blobs b JOIN artifact_blobs ab ON ab.blob_id = b.id
  WHERE ab.repository_id = ${REPOSITORY}`;

/** Blobs that no manifest names go, with their objects; those of an image beside them stay. */
export class GarbageCollection implements KillKind {
  readonly vendorType = 'GARBAGE_COLLECTION';
  #rounds = 0;
  #garbage: readonly string[] = [];

  async prepare(api: ApiClient): Promise<void> {
    this.#rounds++;
    await pushSmallImages(api, REPOSITORY_NAME, ['live']);
    const client = await RegistryClient.connect(api.registry, [`repository:${REPOSITORY_NAME}:pull,push`]);
    for (let index = 0; index < UPLOADED; index++) {
      const body = contentOf(this.#rounds * 100_000 + index, 1_000);
      const path = `/v2/${REPOSITORY_NAME}/blobs/uploads/?digest=${digestOf(body)}`;
      const { status } = await client.send('POST', path, { body });
      if (status !== 201) throw new Error(`POST ${path}: status ${status}`);
    }
    client.close();
  }

  /** All of it older than the window of the run, which leaves alone what the other kinds do meanwhile. */
  seed(state: StoppedState): void {
    const atMs = Date.now() - 3 * HOUR_MS;
    this.#garbage = state.change((database) => {
      database.prepare(SEED_BLOBS).run(SEEDED, this.#rounds, atMs);
      database.prepare(SEED_LINKS).run(SEEDED, this.#rounds, atMs);
      database.exec(`UPDATE repository_blobs SET linked_at_ms = ${atMs} WHERE repository_id = ${REPOSITORY}`);
      database.exec(`UPDATE blobs SET touched_at_ms = ${atMs} WHERE object_key IN (${GARBAGE})`);
      return database
        .prepare(GARBAGE)
        .all()
        .map(({ key }) => String(key));
    });
  }

  async begin(api: ApiClient): Promise<void> {
    const parameters = { delete_untagged: false, dry_run: false, time_window_hours: 1, workers: 1 };
    await api.send('POST', '/system/gc/schedule', { schedule: { type: 'Manual' }, parameters });
  }

  verify(state: StoppedState, [task]: readonly TaskState[]): string {
    const objects = objectKeys(state);
    const rows = new Set(rowKeys(state, 'SELECT object_key AS key FROM blobs'));
    const left = this.#garbage.filter((key) => rows.has(key) || objects.has(key));
    if (left.length > 0) throw new Error(`${left.length} of ${this.#garbage.length} are left: ${left.slice(0, 5)}`);
    const live = requireObjects(state, LIVE, objects);
    const { purgedBlobs } = task?.results ?? {};
    if (purgedBlobs !== this.#garbage.length)
      throw new Error(`${purgedBlobs} blobs by its own count, of ${this.#garbage.length}`);
    return `${this.#garbage.length} blobs gone, by its own count too, and their objects; the ${live} of an image left`;
  }
}
