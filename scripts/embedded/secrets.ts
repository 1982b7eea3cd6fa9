import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { StartupError } from '#scripts/embedded/startup-error';

/** Known to everybody, and so for one machine only. */
export const defaultAdminPassword = 'Harbor12345';

// The same bounds as src/config.ts: a wrong value is refused here, before anything is served.
const minPasswordLength = 8;
const minSecretKeyLength = 32;
const generatedKeyBytes = 48;

export interface ServerSecrets {
  readonly adminPassword: string;
  readonly secretKey: string;
}

/** Takes the secrets from the environment; the key is otherwise made once and kept at `keyPath`, for its owner alone. */
export function loadSecrets(environment: NodeJS.ProcessEnv, keyPath: string): ServerSecrets {
  const adminPassword = environment['ROADSTEAD_ADMIN_PASSWORD'] || defaultAdminPassword;
  if (adminPassword.length < minPasswordLength) {
    throw new StartupError(`ROADSTEAD_ADMIN_PASSWORD must have ${minPasswordLength} characters or more`);
  }
  const secretKey = environment['ROADSTEAD_SECRET_KEY'] || readOrMakeKey(keyPath);
  if (secretKey.length < minSecretKeyLength) {
    throw new StartupError(`ROADSTEAD_SECRET_KEY (or ${keyPath}) must have ${minSecretKeyLength} characters or more`);
  }
  return { adminPassword, secretKey };
}

function readOrMakeKey(path: string): string {
  try {
    // `wx` fails when the file exists, so a key is never overwritten.
    const key = randomBytes(generatedKeyBytes).toString('base64url');
    writeFileSync(path, `${key}\n`, { flag: 'wx', mode: 0o600, flush: true });
    return key;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    return readFileSync(path, 'utf8').trim();
  }
}
