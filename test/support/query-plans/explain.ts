/** Statements explained in one round trip. */
const EXPLAINED_AT_ONCE = 50;

export interface Plan {
  readonly sql: string;
  /** Such as `SEARCH tags USING INDEX tags_artifact (artifact_id=?)`. */
  readonly details: readonly string[];
}

/** How the database would run each of the texts. D1 keeps no statistics, so what is bound does not matter. */
export async function explain(db: D1Database, texts: readonly string[]): Promise<readonly Plan[]> {
  const plans: Plan[] = [];
  for (let from = 0; from < texts.length; from += EXPLAINED_AT_ONCE) {
    const some = texts.slice(from, from + EXPLAINED_AT_ONCE);
    const results = await db.batch<{ detail: string }>(
      some.map((sql) => db.prepare(`explain query plan ${sql}`).bind(...unknownValues(sql))),
    );
    for (const [index, { results: rows }] of results.entries()) {
      plans.push({ sql: some[index] ?? '', details: rows.map(({ detail }) => detail) });
    }
  }
  return plans;
}

/** As many as the text has parameters: `?N` is the N-th, and `?` the one after the greatest so far (sqlite.org/lang_expr.html). */
function unknownValues(sql: string): readonly null[] {
  let count = 0;
  for (const [text, digits] of sql.matchAll(/'[^']*'|--.*|\?(\d*)/g)) {
    if (text.startsWith('?')) count = digits ? Math.max(count, Number(digits)) : count + 1;
  }
  return Array.from({ length: count }, () => null);
}
