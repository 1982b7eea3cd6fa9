import { ScryptHasher } from '#adapters/crypto/scrypt-hasher';
import { systemClock } from '#core/clock';
import { defaultAdminPassword } from '#scripts/embedded/secrets';

interface Database {
  prepare(query: string): { first<T>(column: string): Promise<T | null> };
}

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
  if (await isPassword(defaultAdminPassword)) {
    return ['admin has the well-known default password; set ROADSTEAD_ADMIN_PASSWORD before the first login.'];
  }
  if (environmentPassword && !(await isPassword(environmentPassword))) {
    return ['ROADSTEAD_ADMIN_PASSWORD is ignored: admin has logged in before and keeps the password of that time.'];
  }
  return [];
}
