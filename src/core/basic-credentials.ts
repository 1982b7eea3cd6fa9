/** Name and password as an `Authorization` header has them (RFC 7617 §2.1, in UTF-8). */
export function basicCredentials(username: string, password: string): string {
  return basicAuthorization(`${username}:${password}`);
}

/** As {@link basicCredentials}, of the two with the colon between them. */
export function basicAuthorization(userPass: string): string {
  const bytes = new TextEncoder().encode(userPass);
  return `Basic ${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`;
}
