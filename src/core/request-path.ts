/** A path with each run of slashes made one (`harbor:src/server/middleware/mergeslash`). */
export function mergeSlashes(path: string): string {
  return path.replace(/\/{2,}/g, '/');
}

/** The one path of all that name the same: without doubled slashes, and without a last one. */
export function routingPath(path: string): string {
  return mergeSlashes(path).replace(/(?<=.)\/$/, '');
}

/** Whether Go's `url.ParseQuery` reads it: every `%` escapes something, and no semicolon separates anything. */
export function isQueryReadable(query: string): boolean {
  return !query.includes(';') && areEscapesComplete(query);
}

export function areEscapesComplete(text: string): boolean {
  return !/%(?![0-9A-Fa-f]{2})/.test(text);
}
