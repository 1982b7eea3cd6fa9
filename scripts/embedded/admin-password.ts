import { ScryptHasher } from '#adapters/crypto/scrypt-hasher';
import { systemClock } from '#core/clock';
import { defaultAdminPassword } from '#scripts/embedded/secrets';

interface Database {
  prepare(query: string): { first<T>(column: string): Promise<T | null> };
}

/** There is no other way: the environment's counts for the first login alone. */
const changeIt = 'change it through PUT /api/v2.0/users/1/password';

/**
 * What the person at the terminal should know about the administrator's password. The environment's counts until
 * somebody has logged in; from then on it is the one in the database.
 */
export async function adminPasswordWarnings(
  database: Database,
  environmentPassword: string | undefined,
): Promise<readonly string[]> {
  const stored = await database.prepare('select password_hash from users where id = 1').first<string>('password_hash');
  const hasher = new ScryptHasher({ clock: systemClock });
  const isPassword = async (password: string) =>
    stored === null
      ? password === (environmentPassword || defaultAdminPassword)
      : (await hasher.verify(password, stored)) !== 'wrong';
  const given = environmentPassword || undefined;
  const isIgnored = given !== undefined && !(await isPassword(given));
  // A comparison takes a fifth of a second at each start: the right password tells of itself whether it is the default.
  const isGiven = given !== undefined && !isIgnored;
  const isDefault = isGiven ? given === defaultAdminPassword : await isPassword(defaultAdminPassword);
  const warnings: string[] = [];
  if (isDefault) {
    const remedy = stored === null ? 'set ROADSTEAD_ADMIN_PASSWORD before the first login' : changeIt;
    warnings.push(`admin has the well-known default password; ${remedy}.`);
  }
  if (isIgnored) {
    warnings.push(
      `ROADSTEAD_ADMIN_PASSWORD is ignored, as admin has another password since the first login; ${changeIt}.`,
    );
  }
  return warnings;
}
