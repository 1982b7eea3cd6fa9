import { err, ok, type Result } from '#core/result';

/**
 * One place of a pattern, with what follows it. Each is a place in the text and knows its own continuation, so that a
 * pattern has no more of them than characters.
 */
export type Place = { readonly id: number } & (
  | { readonly kind: 'end' }
  | { readonly kind: 'slash'; readonly next: Place }
  | { readonly kind: 'character'; readonly codePoint: number; readonly next: Place }
  | { readonly kind: 'any'; readonly next: Place }
  | { readonly kind: 'class'; readonly ranges: readonly Range[]; readonly isNegated: boolean; readonly next: Place }
  | { readonly kind: 'star'; readonly next: Place }
  | {
      readonly kind: 'alternatives';
      readonly options: readonly Place[];
      /** Whether one of the options stands for no character at all. */
      readonly isOptional: boolean;
      readonly next: Place;
    }
);

/** The first and last code point of a range, both in it. */
type Range = readonly [number, number];

export interface Pattern {
  readonly start: Place;
  /** How many places there are; their ids are below. */
  readonly size: number;
}

/** Stars and alternatives of a pattern: each multiplies what has to be looked at. */
const MAX_BRANCHES = 32;

const STAR = '*';
const ESCAPE = '\\';

class Unreadable extends Error {}

/**
 * Reads a pattern of `bmatcuk/doublestar` v1.3.4, the one in Harbor's selectors. What that library finds out while it
 * matches (an open bracket, an empty class) is an error here at once; so are the two spellings it has no meaning for:
 * a class that is not closed within its alternative, and alternatives with a `/` behind other text of the segment.
 */
export function readPattern(text: string): Result<Pattern, string> {
  let size = 0;
  const nextId = () => size++;
  const end: Place = { id: nextId(), kind: 'end' };
  let branches = 0;
  const branch = () => {
    if (++branches > MAX_BRANCHES) throw new Unreadable(`the pattern has more than ${MAX_BRANCHES} of * and {`);
  };
  try {
    const start = readSequence([...text], end, { nextId, branch, isAtStart: true });
    return ok({ start, size });
  } catch (error) {
    if (error instanceof Unreadable) return err(error.message);
    throw error;
  }
}

interface Reading {
  readonly nextId: () => number;
  /** To be called for each star and each set of alternatives. */
  readonly branch: () => void;
  /** Whether nothing stands between the text and the `/` or the beginning in front of it. */
  readonly isAtStart: boolean;
}

type Draft = (next: Place) => Place;

/** The text as places, the last of which is followed by `after`. */
function readSequence(text: readonly string[], after: Place, reading: Reading): Place {
  const drafts: Draft[] = [];
  let isAtStart = reading.isAtStart;
  for (let at = 0; at < text.length; ) {
    const { draft, length } = readTerm(text, at, { ...reading, isAtStart });
    isAtStart = text[at] === '/';
    drafts.push(draft);
    at += length;
  }
  return drafts.reduceRight((next, draft) => draft(next), after);
}

function readTerm(text: readonly string[], at: number, reading: Reading): { draft: Draft; length: number } {
  const { nextId } = reading;
  const first = text[at] ?? '';
  switch (first) {
    case '/':
      return { draft: (next) => ({ id: nextId(), kind: 'slash', next }), length: 1 };
    case '?':
      return { draft: (next) => ({ id: nextId(), kind: 'any', next }), length: 1 };
    case STAR:
      reading.branch();
      return { draft: (next) => ({ id: nextId(), kind: 'star', next }), length: 1 };
    case '[': {
      const members = classMembers(text, at + 1);
      const { ranges, isNegated } = readClass(members);
      return {
        draft: (next) => ({ id: nextId(), kind: 'class', ranges, isNegated, next }),
        length: members.length + 2,
      };
    }
    case '{':
      return readAlternatives(text, at, reading);
    case ESCAPE: {
      const escaped = text[at + 1];
      if (escaped === undefined) throw new Unreadable('the pattern ends within an escape');
      return { draft: character(escaped, nextId), length: 2 };
    }
    default:
      return { draft: character(first, nextId), length: 1 };
  }
}

function character(text: string, nextId: () => number): Draft {
  const codePoint = text.codePointAt(0) ?? 0;
  return (next) => ({ id: nextId(), kind: 'character', codePoint, next });
}

/** What stands between the brackets. A `]` right behind a backslash does not close them. */
function classMembers(text: readonly string[], from: number): readonly string[] {
  for (let at = from; at < text.length; at++) {
    if (text[at] === ']' && (at === from || text[at - 1] !== ESCAPE)) return text.slice(from, at);
  }
  throw new Unreadable('the pattern has a [ that is not closed');
}

function readClass(members: readonly string[]): { ranges: readonly Range[]; isNegated: boolean } {
  if (members.length === 0) throw new Unreadable('the pattern has an empty [ ]');
  const isNegated = members[0] === '^';
  const ranges: Range[] = [];
  for (let at = isNegated ? 1 : 0; at < members.length; ) {
    const low = readMember(members, at);
    at += low.length;
    if (members[at] !== '-') {
      ranges.push([low.codePoint, low.codePoint]);
      continue;
    }
    const high = readMember(members, at + 1);
    at += 1 + high.length;
    ranges.push([low.codePoint, high.codePoint]);
  }
  return { ranges, isNegated };
}

function readMember(members: readonly string[], at: number): { codePoint: number; length: number } {
  const isEscaped = members[at] === ESCAPE;
  const member = isEscaped ? members[at + 1] : members[at];
  if (member === undefined || (member === '-' && !isEscaped)) {
    throw new Unreadable('the pattern has a [ ] with a range that cannot be read');
  }
  return { codePoint: member.codePointAt(0) ?? 0, length: isEscaped ? 2 : 1 };
}

function readAlternatives(text: readonly string[], at: number, reading: Reading): { draft: Draft; length: number } {
  reading.branch();
  const { options, length } = splitAlternatives(text, at + 1);
  if (!reading.isAtStart && options.some((option) => option.includes('/'))) {
    throw new Unreadable('the pattern has a { } with a / in it behind other text: begin the segment with the {');
  }
  const isOptional = options.some(isEmptyText);
  const draft: Draft = (next) => ({
    id: reading.nextId(),
    kind: 'alternatives',
    options: options.map((option) => readSequence(option, next, reading)),
    isOptional,
    next,
  });
  return { draft, length: length + 1 };
}

/** Splits `a,b}` at the commas of its own level; a bracket means nothing here. */
function splitAlternatives(text: readonly string[], from: number): { options: (readonly string[])[]; length: number } {
  const options: (readonly string[])[] = [];
  let depth = 1;
  let start = from;
  for (let at = from; at < text.length; at++) {
    const rune = text[at];
    if (rune === ESCAPE) at++;
    else if (rune === '{') depth++;
    else if (rune === ',' && depth === 1) {
      options.push(text.slice(start, at));
      start = at + 1;
    } else if (rune === '}' && --depth === 0) {
      options.push(text.slice(start, at));
      return { options, length: at + 1 - from };
    }
  }
  throw new Unreadable('the pattern has a { that is not closed');
}

/** Whether the text alone stands for no character: nothing, `*`, `**`, or alternatives that may and the same again. */
function isEmptyText(text: readonly string[]): boolean {
  if (text.length <= 2 && text.every((rune) => rune === STAR)) return true;
  if (text[0] !== '{') return false;
  const { options, length } = splitAlternatives(text, 1);
  return isEmptyText(text.slice(1 + length)) && options.some(isEmptyText);
}
