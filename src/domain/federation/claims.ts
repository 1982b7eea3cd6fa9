/** What a workload's token says, once its signature has been verified. */
export type Claims = Readonly<Record<string, unknown>>;

/** Longest claim value that is compared, in characters; a longer one fits no pattern. */
const MAX_VALUE_LENGTH = 1_024;
/** Values of one array claim that are compared. */
const MAX_VALUES = 100;
const MAX_POINTER_DEPTH = 8;

/**
 * The texts a condition compares: a text claim itself, a number or a truth value as JSON writes it, of an array each
 * such member, of an object nothing. A name that begins with `/` is a JSON pointer (RFC 6901), for nested claims such
 * as `/kubernetes.io/namespace`; any other name is that of a claim at the top, dots and all.
 */
export function claimTexts(claims: Claims, name: string): readonly string[] {
  const value = name.startsWith('/') ? follow(claims, name) : member(claims, name);
  const values: readonly unknown[] = Array.isArray(value) ? value.slice(0, MAX_VALUES) : [value];
  return values.flatMap((one) => {
    const text = scalarText(one);
    return text === undefined || text.length > MAX_VALUE_LENGTH ? [] : [text];
  });
}

/** The claim at the top that a name is about, or begins with. */
export function topClaim(name: string): string {
  return name.startsWith('/') ? (stepsOf(name)[0] ?? '') : name;
}

function follow(claims: Claims, pointer: string): unknown {
  const steps = stepsOf(pointer);
  if (steps.length > MAX_POINTER_DEPTH) return undefined;
  return steps.reduce<unknown>((value, step) => member(value, step), claims);
}

function stepsOf(pointer: string): readonly string[] {
  const steps = pointer.slice(1).split('/');
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
