import { accessSync, constants } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** Where `scripts/install-tools.sh` puts what it builds, and what the suites may keep between runs. */
export const TOOLS_DIRECTORY = resolve(import.meta.dirname, '../../..', '.tools');

const BUILT_TOOL = 'scripts/install-tools.sh';

/** How to get each tool the suites run; `.ci/run` does all of it. */
const INSTALLATION = {
  dockerd: 'apt-get install docker.io',
  docker: 'apt-get install docker.io',
  podman: 'apt-get install podman',
  buildah: 'apt-get install buildah',
  skopeo: 'apt-get install skopeo',
  debootstrap: 'apt-get install debootstrap',
  tar: 'apt-get install tar',
  go: 'https://go.dev/doc/install',
  openssl: 'apt-get install openssl',
  slapd: 'apt-get install slapd',
  ldapadd: 'apt-get install ldap-utils',
  ldapsearch: 'apt-get install ldap-utils',
  chromium: 'apt-get install chromium',
  crane: BUILT_TOOL,
  oras: BUILT_TOOL,
  regctl: BUILT_TOOL,
  helm: BUILT_TOOL,
  conformance: BUILT_TOOL,
  schemathesis: BUILT_TOOL,
} as const;

export type Tool = keyof typeof INSTALLATION;

/** The path of a tool on PATH or in `.tools/bin`; throws an error that says how to install it. */
export function toolPath(tool: Tool): string {
  const found = searchPath()
    .map((directory) => join(directory, tool))
    .find(isExecutable);
  if (found === undefined) throw new Error(`missing tool ${tool}: ${INSTALLATION[tool]} (or see .ci/run)`);
  return found;
}

/** Throws one error that names every tool that is missing. */
export function requireTools(tools: readonly Tool[]): void {
  const missing = tools.flatMap((tool) => {
    try {
      toolPath(tool);
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
  if (missing.length > 0) throw new Error(missing.join('\n'));
}

/** PATH with `.tools/bin` in front, for tools that start other tools. */
export function searchPath(): readonly string[] {
  const { PATH = '' } = process.env;
  return [join(TOOLS_DIRECTORY, 'bin'), ...PATH.split(delimiter).filter(Boolean)];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
