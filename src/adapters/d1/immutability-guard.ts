import { guard } from '#adapters/d1/guards';
import { type Judgement, NO_RULES } from '#domain/immutability/judgement';

/** The enabled rules of the project `projectId`, as `RulesInForce`. */
export function rulesInForce(projectId: string): string {
  return `(select json_group_array(selectors) from (
    select selectors from immutable_rules where project_id = ${projectId} and is_disabled = 0 order by id))`;
}

const PROJECT = '(select project_id from repositories where id = ?1)';
const ARE_THOSE = `${rulesInForce(PROJECT)} = ?2`;
const IS_NONE = `not exists (select 1 from immutable_rules where project_id = ${PROJECT} and is_disabled = 0)`;

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
  if (!judgement) return [];
  const isNone = judgement.rules === NO_RULES;
  const bindings = isNone ? [repositoryId] : [repositoryId, judgement.rules];
  return [guard(db, 'RULES_CHANGED', isNone ? IS_NONE : ARE_THOSE, ...bindings)];
}
