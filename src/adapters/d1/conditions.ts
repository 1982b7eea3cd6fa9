import type { ConditionBy, RangeCondition } from '#core/listing-filter';

type Scalar = string | number | boolean;

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
    return value === undefined ? this : this.and(term(this.bind(value)));
  }

  /** Adds a term whose values have been bound, unless there is none. */
  and(term: string | undefined): this {
    if (term !== undefined) this.#terms.push(term);
    return this;
  }

  /** Binds a value; answers the parameter that stands for it. */
  bind(value: unknown): string {
    return `?${this.bindings.push(value)}`;
  }

  /** Adds what a `q=` asks of the value in `sql`, unless it asks nothing; text is compared to text, numbers to numbers. */
  matching(
    sql: string,
    condition: ConditionBy<'exact' | 'fuzzy' | 'any-of', Scalar> | RangeCondition | undefined,
  ): this {
    switch (condition?.match) {
      case 'exact':
        return this.add((parameter) => `${sql} = ${parameter}`, toBound(condition.value));
      case 'fuzzy':
        return this.add(containing(sql), condition.value);
      case 'range':
        return this.add((parameter) => `${sql} >= ${parameter}`, condition.min).add(
          (parameter) => `${sql} <= ${parameter}`,
          condition.max,
        );
      case 'any-of':
        return this.add(oneOf(sql), JSON.stringify(condition.values.map(toBound)));
      default:
        return this;
    }
  }

  /** Adds that a row has every one of the values; `has` is the term of its having the one that is in the given column. */
  havingAll(has: (column: string) => string, condition: ConditionBy<'all-of', Scalar> | undefined): this {
    const term = (parameter: string) =>
      `not exists (select 1 from json_each(${parameter}) as wanted where not (${has('wanted.value')}))`;
    return this.add(term, condition && JSON.stringify(condition.values.map(toBound)));
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

/** The term of a value that is in the JSON array bound to the parameter. */
function oneOf(sql: string): (parameter: string) => string {
  return (parameter) => `${sql} in (select value from json_each(${parameter}))`;
}

/** SQLite keeps flags as 0 and 1. */
function toBound(value: Scalar): string | number {
  return typeof value === 'boolean' ? Number(value) : value;
}
