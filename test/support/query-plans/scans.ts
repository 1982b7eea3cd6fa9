/** A table, or an index of it, that a plan goes through from one end. */
export interface Scan {
  readonly table: string;
  readonly index: string | undefined;
}

const SCAN = /^SCAN (?<name>\w+)(?: USING (?:COVERING )?INDEX (?<index>\w+))?$/;
/** The trigram indexes, without a word to look for. */
const WHOLE_VIRTUAL_TABLE = /^SCAN (?<name>\w+) VIRTUAL TABLE INDEX 0:$/;
const SOURCE = /\b(?:from|join|update|into)\s+(?<table>\w+)(?:\s+(?:as\s+)?(?<alias>\w+))?/gi;

/** The scans of `tables` among the details of an EXPLAIN QUERY PLAN of the text; a scan of a subquery is none. */
export function scansOf(sql: string, details: readonly string[], tables: ReadonlySet<string>): readonly Scan[] {
  const named = tablesByName(sql, tables);
  return details.flatMap((detail) => {
    const groups = (SCAN.exec(detail) ?? WHOLE_VIRTUAL_TABLE.exec(detail))?.groups;
    return (named.get(groups?.['name'] ?? '') ?? []).map((table) => ({ table, index: groups?.['index'] }));
  });
}

/**
 * The tables of a text by what it calls them: a plan names the alias alone. One that means a table here and a subquery
 * there is taken for the table; give the subquery another.
 */
function tablesByName(sql: string, tables: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, Set<string>>();
  for (const { groups } of sql.matchAll(SOURCE)) {
    const table = groups?.['table'] ?? '';
    if (!tables.has(table)) continue;
    for (const name of [table, groups?.['alias'] ?? table]) named.set(name, (named.get(name) ?? new Set()).add(table));
  }
  return new Map([...named].map(([name, meant]) => [name, [...meant]]));
}
