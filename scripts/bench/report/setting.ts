import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { wrkVersion } from '#scripts/bench/client/request-rate';
import { dockerRegistryVersion } from '#scripts/bench/peers/docker-registry';

/** What was run, on what: all that bears on the figures, in a line. */
export function settingMarkdown(commandLine: string, runs: number): string {
  const processors = cpus();
  const parts = [
    ['command', `\`${commandLine}\`, median of ${runs} runs that take turns`],
    ['machine', `${processors.length} × ${processors[0]?.model.trim()}, ${(totalmem() / 1024 ** 3).toFixed(0)} GiB`],
    ['kernel', `${process.platform} ${release()}`],
    ['node', process.version],
    ['miniflare', packageVersion('miniflare')],
    ['workerd', packageVersion('workerd')],
    ['docker-registry', dockerRegistryVersion() ?? 'not installed'],
    ['load generator', wrkVersion() ?? 'built in (wrk is not installed)'],
  ];
  const date = new Date().toISOString().slice(0, 10);
  return `*${date}: ${parts.map(([name, value]) => `${name} ${value}`).join('; ')}.*`;
}

function packageVersion(name: string): string {
  const file = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
