import {
  type ArtifactRow,
  type AttachedLabelRow,
  type PartRows,
  type ReferenceRow,
  type ShownAccessoryRow,
  type TagRow,
  toArtifact,
} from '#adapters/d1/artifact-rows';
import { runBatch } from '#adapters/d1/batch';
import { SIGNATURE_TYPES } from '#domain/artifacts/accessory';
import type { Artifact, ArtifactParts } from '#domain/artifacts/artifact';

/** Tags and accessories that are shown with each artifact; lists of their own have the rest. */
const MAX_TAGS = 1_000;
const MAX_ACCESSORIES = 100;
/** Indexes whose signatures an artifact inherits, and signatures of each. */
const MAX_PARENTS = 20;
const MAX_INHERITED = 20;
/** Of each part, on a page: a thousand artifacts may have ten million children, and an isolate has 128 MB. */
const MAX_ROWS = 20_000;
/** What references say on a page beside their digests, in characters; those that come later say nothing. */
const MAX_SAID = 2_000_000;

const TAGS = `
  select t.id, t.artifact_id, t.name, t.pushed_at_ms, t.pulled_at_ms
  from json_each(?1) shown
  cross join tags t on t.id in (select x.id from tags x where x.artifact_id = shown.value order by x.name limit ${MAX_TAGS})
  order by t.name limit ${MAX_ROWS}`;

const said = (column: string) => `iif(ar.said <= ${MAX_SAID}, ar.${column}, null) as ${column}`;

const REFERENCES = `
  select ar.parent_id, ar.child_digest, child.id as child_id, ${['platform', 'annotations', 'urls'].map(said).join(', ')}
  from (
    select shown.*, sum(coalesce(length(platform), 0) + coalesce(length(annotations), 0) + coalesce(length(urls), 0))
      over (order by parent_id, position rows unbounded preceding) as said
    from (select * from artifact_references where parent_id in (select value from json_each(?1))
      order by parent_id, position limit ${MAX_ROWS}) shown) ar
  left join artifacts child on child.repository_id = ar.repository_id and child.digest = ar.child_digest
  order by ar.parent_id, ar.position`;

const LABELS = `
  select al.artifact_id, l.id, l.name, l.description, l.color, l.project_id, l.created_at_ms, l.updated_at_ms
  from artifact_labels al join labels l on l.id = al.label_id
  where al.artifact_id in (select value from json_each(?1)) order by l.id limit ${MAX_ROWS}`;

const SIGNATURES = `(${SIGNATURE_TYPES.map((type) => `'${type}'`).join(', ')})`;

/** Ids of what is about the artifact `subject`. */
const accessoriesOf = (subject: string) => `
  select x.id from artifacts x where x.repository_id = ${subject}.repository_id
    and x.accessory_of_digest = ${subject}.digest and x.accessory_type is not null`;

export const ACCESSORY = `a.id, a.accessory_type as type, a.digest, a.size_bytes, a.pushed_at_ms,
    s.digest as subject_digest, s.id as subject_id`;

const ACCESSORIES = `
  select ${ACCESSORY}, s.id as artifact_id
  from json_each(?1) shown
  cross join artifacts s on s.id = shown.value
  cross join artifacts a on a.id in (${accessoriesOf('s')} order by x.id limit ${MAX_ACCESSORIES})
  order by a.id limit ${MAX_ROWS}`;

/** A signature on an index covers its children (`harbor:src/controller/artifact/controller.go`). */
const INHERITED_ACCESSORIES = `
  select ${ACCESSORY}, child.id as artifact_id
  from json_each(?1) shown
  cross join artifacts child on child.id = shown.value
  cross join artifacts s on s.id in (select ar.parent_id from artifact_references ar
    where ar.repository_id = child.repository_id and ar.child_digest = child.digest limit ${MAX_PARENTS})
  cross join artifacts a on a.id in (
    ${accessoriesOf('s')} and x.accessory_type in ${SIGNATURES} order by x.id limit ${MAX_INHERITED})
  where not exists (${accessoriesOf('child')} and x.accessory_type in ${SIGNATURES})
  order by a.id limit ${MAX_ROWS}`;

/** The artifacts with what is wanted beside them, for a whole page at once. */
export async function withParts(
  db: D1Database,
  rows: readonly ArtifactRow[],
  wanted: ArtifactParts,
): Promise<readonly Artifact[]> {
  if (rows.length === 0) return [];
  const ids = JSON.stringify(rows.map((row) => row.id));
  const queries = Object.entries({
    references: REFERENCES,
    ...(wanted.tags && { tags: TAGS }),
    ...(wanted.labels && { labels: LABELS }),
    ...(wanted.accessories && { accessories: ACCESSORIES }),
    ...(wanted.inheritedAccessories && { inheritedAccessories: INHERITED_ACCESSORIES }),
  });
  const answers = await runBatch(
    db,
    queries.map(([, sql]) => db.prepare(sql).bind(ids)),
  );
  const found = new Map(queries.map(([part], index) => [part, answers[index]?.results ?? []]));
  const of = <Row>(part: keyof PartRows, idOf: (row: Row) => number) =>
    Map.groupBy((found.get(part) ?? []) as Row[], idOf);
  const parts: PartRows = {
    references: of('references', (row: ReferenceRow) => row.parent_id),
    tags: of('tags', (row: TagRow) => row.artifact_id),
    labels: of('labels', (row: AttachedLabelRow) => row.artifact_id),
    accessories: of('accessories', (row: ShownAccessoryRow) => row.artifact_id),
    inheritedAccessories: of('inheritedAccessories', (row: ShownAccessoryRow) => row.artifact_id),
  };
  return rows.map((row) => toArtifact(row, parts));
}
