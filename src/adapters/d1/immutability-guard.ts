import { guard } from '#adapters/d1/guards';
import type { Judgement } from '#domain/immutability/judgement';

/** The enabled rules of the project `projectId`, as `RulesInForce`. A project without any costs a look into the index. */
export function rulesInForce(projectId: string): string {
  return `(select json_group_array(selectors) from (
    select selectors from immutable_rules where project_id = ${projectId} and is_disabled = 0 order by id))`;
}

const ARE_THOSE = `${rulesInForce('(select project_id from repositories where id = ?1)')} = ?2`;

/**
 * Aborts the batch with RULES_CHANGED unless the rules by which a deed was judged are those of the project that the
 * repository is in. The rules themselves are compared, and not when they changed: nothing has to keep a version, and a
 * project without rules pays for none. A deed that is about no tag is not judged.
 */
export function guardJudgement(
  db: D1Database,
  repositoryId: number,
  judgement: Judgement | undefined,
): D1PreparedStatement[] {
  return judgement ? [guard(db, 'RULES_CHANGED', ARE_THOSE, repositoryId, judgement.rules)] : [];
}
