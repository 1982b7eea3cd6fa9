import { type Pattern, type Place, readPattern } from '#core/doublestar-pattern';
import { ok, type Result } from '#core/result';

/** Tells whether a path-like text matches the pattern it was made from. */
export type PathMatcher = (text: string) => boolean;

/** Characters of a pattern. A name of 255 characters against the worst one takes a few milliseconds. */
const MAX_PATTERN_LENGTH = 256;

/**
 * A pattern of Harbor's selectors, which are those of `bmatcuk/doublestar` v1.3.4: `*` and `?` stay within a segment,
 * `**` as a whole segment is any number of them, `{a,b}` is either, `[a-z]` and `[^a-z]` are one character, `\` takes
 * the next one literally. The verdicts are that library's to the letter, also where it is peculiar (`*{,x}` needs the
 * x, `{a,a/b}` does not match `a`), because the same rule must keep and delete here what it does in Harbor.
 *
 * Unlike the library it never backtracks: each place of the pattern meets each place of the text once.
 */
export function compilePattern(text: string): Result<PathMatcher, string> {
  if (text.length > MAX_PATTERN_LENGTH) return tooLong();
  const pattern = readPattern(text);
  if (!pattern.ok) return pattern;
  return ok((name) => new Match(pattern.value, name).matches());
}

function tooLong(): Result<never, string> {
  return { ok: false, error: `the pattern is longer than ${MAX_PATTERN_LENGTH} characters` };
}

/**
 * What a pattern makes of one segment: null does not match; else the places behind the `/` where the next segment goes
 * on. None means that the pattern ends with this segment, unless another alternative goes on.
 */
type Continuations = readonly Place[] | null;

const ENDS: readonly Place[] = [];

/** One text against one pattern. */
class Match {
  readonly #pattern: Pattern;
  readonly #segments: readonly Segment[];
  readonly #ofRest: (boolean | undefined)[];

  constructor(pattern: Pattern, text: string) {
    this.#pattern = pattern;
    this.#segments = text.split('/').map((segment) => new Segment(segment, pattern.size));
    this.#ofRest = new Array(pattern.size * this.#segments.length);
  }

  matches(): boolean {
    return this.#rest(this.#pattern.start, 0);
  }

  /** Whether the segments from `index` on match the pattern from `place` on. */
  #rest(place: Place, index: number): boolean {
    const key = index * this.#pattern.size + place.id;
    this.#ofRest[key] ??= this.#findRest(place, index);
    return this.#ofRest[key];
  }

  #findRest(place: Place, index: number): boolean {
    const behind = behindDoublestar(place);
    if (behind?.kind === 'end') return true;
    if (behind?.kind === 'slash') {
      return this.#segments.some((_, at) => at >= index && this.#rest(behind.next, at));
    }
    const continuations = this.#segments[index]?.match(place, 0);
    if (!continuations) return false;
    const isLast = index === this.#segments.length - 1;
    return isLast ? continuations.length === 0 : continuations.some((next) => this.#rest(next, index + 1));
  }
}

/** One segment of a text, and what is known of it so far. */
class Segment {
  readonly #runes: readonly number[];
  readonly #size: number;
  readonly #known: (Continuations | undefined)[];

  constructor(text: string, size: number) {
    this.#runes = Array.from(text, (rune) => rune.codePointAt(0) ?? 0);
    this.#size = size;
    this.#known = new Array(size * this.#runes.length);
  }

  /** The characters from `at` on against the pattern from `place` to its next `/`. */
  match(place: Place, at: number): Continuations {
    const key = at * this.#size + place.id;
    const known = this.#known[key];
    if (known !== undefined) return known;
    const found = this.#find(place, at);
    this.#known[key] = found;
    return found;
  }

  #find(from: Place, start: number): Continuations {
    let place = from;
    for (let at = start; ; at++) {
      const rune = this.#runes[at];
      if (rune === undefined) return atSegmentEnd(place);
      if (place.kind === 'star') return this.#star(place, at);
      if (place.kind === 'alternatives') return this.#alternatives(place.options, at);
      if (place.kind === 'end' || place.kind === 'slash' || !isOne(place, rune)) return null;
      place = place.next;
    }
  }

  /** A star takes as little as it can, and leaves at least one character to what follows it. */
  #star(star: Place & { kind: 'star' }, start: number): Continuations {
    const { next } = star;
    if (next.kind === 'end') return ENDS;
    if (next.kind === 'slash') return [next.next];
    let found: Continuations = null;
    let at = start;
    for (; at < this.#runes.length && found === null; at++) {
      const known = this.#known[at * this.#size + star.id];
      found = known === undefined ? this.match(next, at) : known;
      if (known === null) break;
    }
    // What a star finds from one character on, it also finds from those before it.
    for (let passed = start; passed < at; passed++) this.#known[passed * this.#size + star.id] = found;
    return found;
  }

  #alternatives(options: readonly Place[], at: number): Continuations {
    const found = options.map((option) => this.match(option, at)).filter((each) => each !== null);
    if (found.length === 0) return null;
    return found.length === 1 ? (found[0] ?? null) : [...new Set(found.flat())];
  }
}

/** What follows a segment that is `**` and nothing else; undefined for any other. */
function behindDoublestar(place: Place): Place | undefined {
  return place.kind === 'star' && place.next.kind === 'star' ? place.next.next : undefined;
}

/** The characters of the segment are used up. */
function atSegmentEnd(place: Place): Continuations {
  const end = skipEmpty(place);
  if (end?.kind === 'end') return ENDS;
  return end?.kind === 'slash' ? [end.next] : null;
}

/** Steps over what may stand for no character (`isEmptyText` of the pattern's reader, on places). */
function skipEmpty(place: Place): Place | undefined {
  switch (place.kind) {
    case 'end':
    case 'slash':
      return place;
    case 'star': {
      const behind = place.next.kind === 'star' ? place.next.next : place.next;
      return behind.kind === 'end' || behind.kind === 'slash' ? behind : undefined;
    }
    case 'alternatives':
      return place.isOptional ? skipEmpty(place.next) : undefined;
    default:
      return undefined;
  }
}

function isOne(place: Place, rune: number): boolean {
  switch (place.kind) {
    case 'any':
      return true;
    case 'character':
      return place.codePoint === rune;
    case 'class':
      return place.ranges.some(([low, high]) => low <= rune && rune <= high) !== place.isNegated;
    default:
      return false;
  }
}
