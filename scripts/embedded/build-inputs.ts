import { createHash, type Hash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the built worker and its configuration are made of. Of node_modules there are too many files: npm's own list of
 * what it has installed, with the digest of each package, stands for them.
 */
const INPUTS = [
  'src/**/*',
  'migrations/*.sql',
  'scripts/embedded/{build-worker,wrangler-config}.ts',
  'package.json',
  'tsconfig.json',
  'wrangler.toml',
  '.dev.vars*',
  '.env*',
  'node_modules/.package-lock.json',
];

/** Variables by which wrangler reads its configuration otherwise. */
const VARIABLES = /^(?:CLOUDFLARE|WRANGLER)_/;

/** A name for what is built of these inputs: the same for the same ones, another as soon as a byte of them is another. */
export function buildKey(projectRoot: string, environment: NodeJS.ProcessEnv): string {
  const hash = createHash('sha256');
  // The configuration holds paths.
  add(hash, projectRoot);
  add(hash, process.version);
  for (const name of Object.keys(environment)
    .filter((each) => VARIABLES.test(each))
    .sort()) {
    add(hash, `${name}=${environment[name]}`);
  }
  for (const file of globSync(INPUTS, { cwd: projectRoot, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()) {
    add(hash, file);
    if (existsSync(file)) add(hash, readFileSync(file));
  }
  return hash.digest('hex').slice(0, 32);
}

/** With its length, so that no two lists of parts are hashed alike. */
function add(hash: Hash, part: string | Buffer): void {
  hash.update(`${Buffer.byteLength(part)}:`).update(part);
}
