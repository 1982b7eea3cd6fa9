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

/** SQLite counts a parameter without a number from the largest one before it (sqlite.org/lang_expr.html §3). */
function unknownValues(sql: string): readonly null[] {
  const withoutTexts = sql.replaceAll(/'[^']*'/g, '');
  const count = [...withoutTexts.matchAll(/\?(\d*)/g)].reduce(
    (largest, [, digits]) => (digits ? Math.max(largest, Number(digits)) : largest + 1),
    0,
  );
  return Array.from({ length: count }, () => null);
}
