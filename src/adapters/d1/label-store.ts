import { withRetries } from '#adapters/d1/batch';
import { conditions, containing } from '#adapters/d1/conditions';
import { type Refusals, runGuarded } from '#adapters/d1/guarded-batch';
import { guard, guardProject } from '#adapters/d1/guards';
import { type LabelRow, toLabel } from '#adapters/d1/label-rows';
import { mutationStatements } from '#adapters/d1/mutation';
import { listPage } from '#adapters/d1/page';
import { AppError } from '#core/errors';
import type { Mutation } from '#domain/events/mutation';
import type { Label, LabelDraft } from '#domain/labels/label';
import {
  type LabelFilter,
  type LabelledArtifact,
  type LabelPage,
  type LabelStore,
  MAX_LABELS_OF_ARTIFACT,
  MAX_LABELS_OF_SCOPE,
} from '#domain/labels/label-store';

const SELECT_LABEL = `select l.id, l.name, l.description, l.color, l.project_id, l.created_at_ms, l.updated_at_ms
  from labels l`;

const COLUMN_OF = {
  id: 'l.id',
  name: 'l.name',
  creation_time: 'l.created_at_ms',
  update_time: 'l.updated_at_ms',
} as const;

/** Condition of an artifact and its label: the artifact is there, in the project. */
const ARTIFACT_THERE = `exists (select 1 from artifacts a join repositories r on r.id = a.repository_id
  where a.id = ? and r.project_id = ?)`;

export class D1LabelStore implements LabelStore {
  readonly #db: D1Database;

  constructor(deps: { readonly db: D1Database }) {
    this.#db = deps.db;
  }

  async find(labelId: number): Promise<Label | undefined> {
    const query = this.#db.prepare(`${SELECT_LABEL} where l.id = ?`).bind(labelId);
    const row = await withRetries(() => query.first<LabelRow>());
    return row ? toLabel(row) : undefined;
  }

  async list({ projectId, nameContains, query }: LabelFilter, page: LabelPage) {
    const where = conditions(['l.project_id = ?1'], [projectId ?? 0])
      .add(containing('l.name'), nameContains)
      .matching('l.id', query.id)
      .matching('l.name', query.name)
      .matching('l.description', query.description)
      .matching('l.color', query.color)
      .matching('l.created_at_ms', query.creation_time)
      .matching('l.updated_at_ms', query.update_time);
    const order = { column: COLUMN_OF[page.orderBy], isDescending: page.isDescending, tieBreaker: 'l.id' };
    const { rows, total } = await listPage<LabelRow>(this.#db, { select: SELECT_LABEL, where, order, page });
    return { items: rows.map(toLabel), total };
  }

  async insert(draft: LabelDraft, projectId: number | undefined, mutation: Mutation): Promise<number> {
    const { name, description, color } = draft;
    const scope = projectId ?? 0;
    await this.#run(draft, [
      ...mutationStatements(this.#db, mutation),
      ...(projectId === undefined ? [] : [guardProject(this.#db, projectId)]),
      this.#guardName(name, scope, 0),
      guard(
        this.#db,
        'TOO_MANY_LABELS',
        '(select count(*) from labels where project_id = ?) < ?',
        scope,
        MAX_LABELS_OF_SCOPE,
      ),
      this.#db
        .prepare(
          `insert into labels (name, description, color, project_id, created_at_ms, updated_at_ms)
             values (?1, ?2, ?3, ?4, ?5, ?5)`,
        )
        .bind(name, description, color, scope, mutation.nowMs),
    ]);
    const query = this.#db.prepare('select id from labels where project_id = ? and name = ?').bind(scope, name);
    const id = await withRetries(() => query.first<number>('id'));
    if (id === null) throw new AppError('CONFLICT', { message: `label ${name} was deleted as it was created` });
    return id;
  }

  async update(label: Label, draft: LabelDraft, mutation: Mutation): Promise<void> {
    await this.#run(draft, [
      ...mutationStatements(this.#db, mutation),
      this.#guardLabel(label),
      this.#guardName(draft.name, label.projectId ?? 0, label.id),
      this.#db
        .prepare('update labels set name = ?, description = ?, color = ?, updated_at_ms = ? where id = ?')
        .bind(draft.name, draft.description, draft.color, mutation.nowMs, label.id),
    ]);
  }

  async delete(label: Label, mutation: Mutation): Promise<void> {
    await this.#run(label, [
      ...mutationStatements(this.#db, mutation),
      this.#guardLabel(label),
      // Which artifacts carry it goes with the row.
      this.#db.prepare('delete from labels where id = ?').bind(label.id),
    ]);
  }

  async attach(labelId: number, artifact: LabelledArtifact, mutation: Mutation): Promise<void> {
    const { id, projectId } = artifact;
    const statements = [
      ...mutationStatements(this.#db, mutation),
      guard(this.#db, 'ARTIFACT_GONE', ARTIFACT_THERE, id, projectId),
      guard(
        this.#db,
        'LABEL_GONE',
        'exists (select 1 from labels where id = ? and project_id in (0, ?))',
        labelId,
        projectId,
      ),
      guard(
        this.#db,
        'LABEL_ATTACHED',
        'not exists (select 1 from artifact_labels where artifact_id = ? and label_id = ?)',
        id,
        labelId,
      ),
      guard(
        this.#db,
        'TOO_MANY_LABELS',
        '(select count(*) from artifact_labels where artifact_id = ?) < ?',
        id,
        MAX_LABELS_OF_ARTIFACT,
      ),
      this.#db.prepare('insert into artifact_labels (artifact_id, label_id) values (?, ?)').bind(id, labelId),
    ];
    await runGuarded(this.#db, statements, attachmentRefusals(labelId, artifact));
  }

  async detach(labelId: number, artifact: LabelledArtifact, mutation: Mutation): Promise<void> {
    const { id, projectId } = artifact;
    const statements = [
      ...mutationStatements(this.#db, mutation),
      guard(this.#db, 'ARTIFACT_GONE', ARTIFACT_THERE, id, projectId),
      guard(
        this.#db,
        'LABEL_NOT_ATTACHED',
        'exists (select 1 from artifact_labels where artifact_id = ? and label_id = ?)',
        id,
        labelId,
      ),
      this.#db.prepare('delete from artifact_labels where artifact_id = ? and label_id = ?').bind(id, labelId),
    ];
    await runGuarded(this.#db, statements, attachmentRefusals(labelId, artifact));
  }

  #guardLabel({ id }: Label): D1PreparedStatement {
    return guard(this.#db, 'LABEL_GONE', 'exists (select 1 from labels where id = ?)', id);
  }

  #guardName(name: string, scope: number, ownId: number): D1PreparedStatement {
    return guard(
      this.#db,
      'LABEL_TAKEN',
      'not exists (select 1 from labels where project_id = ? and name = ? and id <> ?)',
      scope,
      name,
      ownId,
    );
  }

  #run(draft: LabelDraft, statements: D1PreparedStatement[]): Promise<void> {
    return runGuarded(this.#db, statements, refusalsOf(draft));
  }
}

function refusalsOf({ name }: LabelDraft): Refusals {
  return {
    LABEL_TAKEN: ['CONFLICT', `label ${name} already exists`],
    LABEL_GONE: ['NOT_FOUND', `label ${name} not found`],
    TOO_MANY_LABELS: ['PRECONDITION', `the registry, and each project, has at most ${MAX_LABELS_OF_SCOPE} labels`],
    PROJECT_GONE: ['NOT_FOUND', 'project not found'],
  };
}

function attachmentRefusals(labelId: number, { id, projectId }: LabelledArtifact): Refusals {
  return {
    ARTIFACT_GONE: ['NOT_FOUND', 'artifact not found'],
    LABEL_GONE: ['NOT_FOUND', `project id ${projectId}, label ${labelId} not found`],
    LABEL_ATTACHED: ['CONFLICT', `label ${labelId} is already added to the artifact ${id}`],
    LABEL_NOT_ATTACHED: ['NOT_FOUND', `reference with label ${labelId} and artifact ${id} not found`],
    TOO_MANY_LABELS: ['PRECONDITION', `an artifact has at most ${MAX_LABELS_OF_ARTIFACT} labels`],
  };
}
