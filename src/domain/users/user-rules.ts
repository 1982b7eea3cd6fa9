import { hasControlCharacter } from '#core/control-characters';
import { AppError } from '#core/errors';

/** `oidc` logs in with a workload's token (docs/access.md), `anonymous` is nobody. */
const RESERVED_USERNAMES: ReadonlySet<string> = new Set(['oidc', 'anonymous']);
const MAX_NAME_LENGTH = 255;
const MAX_COMMENT_LENGTH = 30;
/** `harbor:src/server/v2.0/handler/user.go`. */
const FORBIDDEN_CHARACTERS = /[,"~#%$]/;
/** What a reader does not see, or what turns the text around it; half a surrogate pair is no character at all. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/u;
/** What leaves no trace in a name: fillers, selectors of variants, the empty pattern of Braille. */
const TRACELESS = /[\p{Default_Ignorable_Code_Point}\u2800]/u;
/** Alphabets whose letters are taken for Latin ones. */
const LOOKALIKES = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}]/u;
const LATIN = /\p{Script=Latin}/u;
const EMAIL = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+$/;

/** A name as a person would take it for another's: two accounts may not share it. */
export function usernameKey(username: string): string {
  return username.normalize('NFKC').toLowerCase();
}

/** Undefined for a name an account may have, else what is wrong with it. */
function usernameProblem(username: string): string | undefined {
  if (username === '' || username.length > MAX_NAME_LENGTH) return 'username must be 1 to 255 characters long';
  if (FORBIDDEN_CHARACTERS.test(username)) return 'username contains illegal characters';
  const isUnseen = INVISIBLE.test(username) || TRACELESS.test(username);
  if (username !== username.trim() || isUnseen) return 'username contains invisible characters';
  if (username.includes(':')) return 'username contains a colon, which ends it in a login';
  if (LATIN.test(username) && LOOKALIKES.test(username)) return 'username mixes alphabets that look alike';
  if (RESERVED_USERNAMES.has(usernameKey(username))) return 'username is reserved';
  return undefined;
}

export interface UserProfile {
  readonly email: string;
  readonly realname: string;
  readonly comment: string;
}

/** BAD_REQUEST with Harbor's words. */
export function requireProfile({ email, realname, comment }: UserProfile): void {
  if (email === '' || email.length > MAX_NAME_LENGTH || !EMAIL.test(email)) {
    throw new AppError('BAD_REQUEST', { message: 'invalid email format' });
  }
  if (realname === '' || realname.length > MAX_NAME_LENGTH) {
    throw new AppError('BAD_REQUEST', { message: 'realname must be 1 to 255 characters long' });
  }
  if (FORBIDDEN_CHARACTERS.test(realname) || INVISIBLE.test(realname)) {
    throw new AppError('BAD_REQUEST', { message: 'realname contains illegal characters' });
  }
  if (comment.length > MAX_COMMENT_LENGTH) {
    throw new AppError('BAD_REQUEST', { message: 'comment length is larger than 30' });
  }
}

/** BAD_REQUEST with what is wrong. */
export function requireUsername(username: string): void {
  const problem = usernameProblem(username);
  if (problem) throw new AppError('BAD_REQUEST', { message: problem });
}

/** Passwords and secrets that a person or a client chooses (`harbor:src/lib/…/password.go`). */
export function requireStrongSecret(secret: string): void {
  if (hasControlCharacter(secret)) {
    throw new AppError('BAD_REQUEST', { message: 'the password or secret must not contain control characters' });
  }
  const isStrong = secret.length >= 8 && secret.length <= 128 && /[A-Z]/.test(secret) && /[a-z]/.test(secret);
  if (isStrong && /\d/.test(secret)) return;
  throw new AppError('BAD_REQUEST', {
    message:
      'the password or secret must be 8-128, inclusively, characters long with at least 1 uppercase letter, 1 lowercase letter and 1 number',
  });
}
