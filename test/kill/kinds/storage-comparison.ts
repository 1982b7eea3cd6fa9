import type { ApiClient } from '#test/kill/api-client';
import type { KillKind, StoppedState } from '#test/kill/kill-kind';
import { pushSmallImages } from '#test/kill/small-images';
import { objectKeys, requireObjects } from '#test/kill/stored-keys';
import type { TaskState } from '#test/kill/task-states';

const REPOSITORY_NAME = 'library/kill-comparison';
/** Objects of an intent of long ago that no row names: 40 slices. */
const ORPHANS = 20_000;
/** Objects a slice deletes before it commits; a slice that was cut off in between does not count them again. */
const PAGE = 500;
const WEEK_MS = 7 * 24 * 60 * 60_000;

const PREFIX = 'blobs/000000000-kill-';
const SEED = `
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
  INSERT INTO _mf_objects (key, blob_id, version, size, etag, uploaded, checksums, http_metadata, custom_metadata)
  SELECT '${PREFIX}' || ?2 || '/' || printf('%06d', i), NULL, printf('%032x', i), 0, printf('%032x', i), ?3, '{}', '{}', '{}' FROM n`;
const LIVE = `SELECT b.object_key AS key FROM blobs b JOIN artifact_blobs ab ON ab.blob_id = b.id
  JOIN artifacts a ON a.id = ab.artifact_id JOIN repositories r ON r.id = a.repository_id JOIN projects p ON p.id = r.project_id
  WHERE p.name || '/' || r.name = '${REPOSITORY_NAME}'`;

/** Objects that no row names go; those of an image beside them stay. */
export class StorageComparison implements KillKind {
  readonly vendorType = 'STORAGE_COMPARISON';
  #rounds = 0;

  async prepare(api: ApiClient): Promise<void> {
    this.#rounds++;
    await pushSmallImages(api, REPOSITORY_NAME, ['live']);
  }

  seed(state: StoppedState): void {
    state.changeBucket((database) => database.prepare(SEED).run(ORPHANS, this.#rounds, Date.now() - WEEK_MS));
  }

  async begin(api: ApiClient): Promise<void> {
    const request = { schedule: { type: 'Manual' }, parameters: { dry_run: false } };
    await api.send('POST', '/system/storage-comparison/schedule', request);
  }

  verify(state: StoppedState, [task]: readonly TaskState[]): string {
    const objects = objectKeys(state);
    const left = [...objects].filter((key) => key.startsWith(PREFIX));
    if (left.length > 0) throw new Error(`${left.length} of ${ORPHANS} are left: ${left.slice(0, 5)}`);
    const live = requireObjects(state, LIVE, objects);
    const orphans = Number(task?.results['orphans']);
    if (!(orphans <= ORPHANS && orphans >= ORPHANS - PAGE)) throw new Error(`${orphans} orphans by its own count`);
    return `${ORPHANS} unknown objects gone, ${orphans} by its own count; the ${live} of an image left`;
  }
}
