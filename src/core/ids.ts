/** A new random identifier (UUID version 4, RFC 9562 §5.4). */
export function newId(): string {
  return crypto.randomUUID();
}
