type Json = Readonly<Record<string, unknown>>;

/** The keywords of OpenAPI and JSON Schema under which the schema of a whole value stands, not a part of one. */
const VALUE_KEYWORDS: ReadonlySet<string> = new Set(['schema', 'items', 'additionalProperties']);

/**
 * A document whose schemas leave no room for properties they do not name, so that an answer that says more than the
 * document is noticed. Named schemas are closed where they are used: inside `allOf` they are a part of something.
 */
export function closed(document: Json): Json {
  return walk(document, false) as Json;
}

function walk(node: unknown, isValue: boolean, areChildrenValues = false): unknown {
  if (Array.isArray(node)) return node.map((item) => walk(item, false));
  if (node === null || typeof node !== 'object') return node;
  const entries = Object.entries(node).map(
    ([key, child]) =>
      [
        key,
        walk(child, areChildrenValues || VALUE_KEYWORDS.has(key), key === 'properties' && !areChildrenValues),
      ] as const,
  );
  const copy = Object.fromEntries(entries);
  const isObject = ['$ref', 'properties', 'allOf'].some((keyword) => keyword in copy);
  return isValue && isObject && !('additionalProperties' in copy) ? { ...copy, unevaluatedProperties: false } : copy;
}
