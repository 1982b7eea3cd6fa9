// Runs the bare worker in a process of its own, under the same Miniflare and with the same persistence as `npm start`.
// Usage: node bare-worker-server.ts PORT STATE_DIRECTORY
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import process from 'node:process';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';

const [port, stateDir] = process.argv.slice(2);
const source = readFileSync(new URL('bare-worker-script.ts', import.meta.url), 'utf8');

const miniflare = new Miniflare({
  ...convertV4MiniflareOptions({
    name: 'bare-worker',
    host: '127.0.0.1',
    port: Number(port),
    modules: true,
    script: stripTypeScriptTypes(source),
    compatibilityDate: '2026-10-01',
    r2Buckets: ['BLOBS'],
  }),
  resourcePersistencePath: stateDir,
});
const origin = await miniflare.ready;
console.log(`Bare worker is ready at ${origin.origin}`);
process.on('SIGTERM', async () => {
  await miniflare.dispose();
  process.exit(0);
});
