import { inspect } from 'node:util';
import { startEmbeddedServer } from '#scripts/embedded/embedded-server';
import { parseFlags, type ServerOptions, usage } from '#scripts/embedded/flags';
import { StartupError } from '#scripts/embedded/startup-error';

/** `npm start`: exit code 0 after a stop, 1 when the server cannot start, 2 when the flags make no sense. */
async function main(): Promise<void> {
  const flags = parseFlags(process.argv.slice(2));
  switch (flags.kind) {
    case 'help':
      process.stdout.write(usage);
      return;
    case 'invalid':
      process.stderr.write(`${flags.message}\n\n${usage}`);
      process.exitCode = 2;
      return;
    case 'run':
      await run(flags.options);
  }
}

async function run(options: ServerOptions): Promise<void> {
  const server = await startEmbeddedServer(options, process.env);
  const stopAsked = nextSignal();
  for (const warning of server.warnings) process.stderr.write(`Warning: ${warning}\n`);
  // Programs that start the server wait for the first of these lines (embedded/launch.ts).
  process.stdout.write(`Roadstead is ready at ${server.url}\n`);
  process.stdout.write(`  log in:  docker login ${new URL(server.url).host} -u admin\n`);
  process.stdout.write(`  state:   ${server.state.root}\n`);
  await stopAsked;
  await server.stop();
}

function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve());
  });
}

try {
  await main();
} catch (error) {
  process.stderr.write(error instanceof StartupError ? `${error.message}\n` : `${inspect(error)}\n`);
  process.exitCode = 1;
}
