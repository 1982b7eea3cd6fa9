/** Part of a repository's full name, `<project>/<repository>`: not empty, and of characters that names have. */
export type NamePart = string & { readonly __brand: 'NamePart' };

const NAME_PART = /^[a-z0-9._/-]{1,255}$/;

/** Names are lower case, and so is what is sought in them. Undefined for a text that no name holds. */
export function parseNamePart(text: string): NamePart | undefined {
  const lower = text.toLowerCase();
  return NAME_PART.test(lower) ? (lower as NamePart) : undefined;
}

/** A part that reaches over the slash behind the project, which is its first: how one name ends and the other begins. */
export interface SpanningPart {
  readonly projectSuffix: string;
  readonly repositoryPrefix: string;
}

/** How a part may reach over the slash behind the project; undefined for one without a slash. */
export function spanOf(part: NamePart): SpanningPart | undefined {
  const slash = part.indexOf('/');
  return slash < 0 ? undefined : { projectSuffix: part.slice(0, slash), repositoryPrefix: part.slice(slash + 1) };
}

/** The range of the names that begin with a text. */
export function rangeOfPrefix(prefix: string): { readonly from: string; readonly before: string } {
  return { from: prefix, before: `${prefix}~` };
}
