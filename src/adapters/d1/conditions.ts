/** The `where` of a listing, and what its parameters are bound to. */
export class Conditions {
  readonly #terms: string[];
  readonly bindings: unknown[];

  constructor(terms: readonly string[], bindings: readonly unknown[]) {
    this.#terms = [...terms];
    this.bindings = [...bindings];
  }

  /** Adds a term about a value, unless there is none. */
  add(term: (parameter: string) => string, value: unknown): this {
    if (value !== undefined) this.#terms.push(term(`?${this.bindings.push(value)}`));
    return this;
  }

  get sql(): string {
    return this.#terms.join(' and ') || 'true';
  }
}

/** Begins with fixed terms; `?1`… of theirs stand for `bindings`. */
export function conditions(terms: readonly string[], bindings: readonly unknown[] = []): Conditions {
  return new Conditions(terms, bindings);
}

/** The term of a text found anywhere in `sql`, in whatever case; a pattern of LIKE may have 50 bytes in D1. */
export function containing(sql: string): (parameter: string) => string {
  return (parameter) => `instr(lower(${sql}), lower(${parameter})) > 0`;
}
