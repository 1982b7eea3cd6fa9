/** One entry of a directory, with the attributes that were asked for. */
export class LdapEntry {
  readonly dn: string;
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(dn: string, attributes: Iterable<readonly [string, readonly string[]]>) {
    this.dn = dn;
    this.#values = new Map(Array.from(attributes, ([name, values]) => [plainName(name), values]));
  }

  /** Trimmed, without empty ones; attribute names have no case (RFC 4512 §2.5). OpenLDAP keeps leading spaces. */
  values(attribute: string): readonly string[] {
    const values = this.#values.get(attribute.toLowerCase()) ?? [];
    return values.map((value) => value.trim()).filter((value) => value !== '');
  }
}

/** Active Directory answers many values as `memberOf;range=0-1499`. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/;range=\d+-[\d*]+$/, '');
}
