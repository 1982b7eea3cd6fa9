import { hasControlCharacter } from '#core/control-characters';

/** Longest name of a label, in bytes of UTF-8, as in Harbor. */
const MAX_NAME_BYTES = 128;
/** Longest description, in characters. */
const MAX_DESCRIPTION_LENGTH = 1_024;
/** Longest color, in characters: Harbor's column. Clients write `#rrggbb`; nobody checks it. */
const MAX_COLOR_LENGTH = 16;

/** What somebody who may change a label decides. */
export interface LabelDraft {
  readonly name: string;
  readonly description: string;
  readonly color: string;
}

/** A mark for artifacts: of the whole registry, or of one project's. */
export interface Label extends LabelDraft {
  readonly id: number;
  /** Undefined for a label of the whole registry. */
  readonly projectId: number | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What is wrong with the draft of a label; undefined when nothing is (`harbor:src/pkg/label/model/model.go`, Valid). */
export function labelProblem({ name, description, color }: LabelDraft): string | undefined {
  if (name === '') return 'the name of a label cannot be empty';
  if (new TextEncoder().encode(name).length > MAX_NAME_BYTES) {
    return `the name of a label has at most ${MAX_NAME_BYTES} bytes`;
  }
  if (hasControlCharacter(name)) return 'the name of a label holds a control character';
  if (description.length > MAX_DESCRIPTION_LENGTH) {
    return `the description of a label has at most ${MAX_DESCRIPTION_LENGTH} characters`;
  }
  if (color.length > MAX_COLOR_LENGTH || hasControlCharacter(color)) {
    return `the color of a label has at most ${MAX_COLOR_LENGTH} characters, such as #0065ab`;
  }
  return undefined;
}
