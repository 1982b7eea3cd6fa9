import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** The import table of docs/architecture.md: who may import whom. Everything not named is denied. */
const MAY_IMPORT: Readonly<Record<string, (from: Module, to: Module) => boolean>> = {
  core: (_, to) => to.ring === 'core',
  domain: (from, to) =>
    to.ring === 'core' || (to.ring === 'domain' && (to.feature === from.feature || !to.path.endsWith('-store.ts'))),
  adapters: (from, to) =>
    to.ring === 'core' || to.ring === 'domain' || (to.ring === 'adapters' && to.feature === from.feature),
  durable: (_, to) => ['core', 'domain', 'durable'].includes(to.ring),
  queues: (_, to) => ['core', 'domain', 'queues'].includes(to.ring) || to.path === 'src/services.ts',
  routes: (_, to) =>
    ['core', 'domain', 'routes'].includes(to.ring) || ['src/services.ts', 'src/env.ts'].includes(to.path),
  'services.ts': (_, to) => to.ring !== 'routes' && to.ring !== 'queues',
  services: (_, to) => !['routes', 'queues', 'services.ts', 'app.ts', 'index.ts'].includes(to.ring),
  'config.ts': (_, to) => to.ring === 'core',
  'env.ts': () => false,
  'app.ts': () => true,
  'index.ts': () => true,
};

interface Module {
  readonly path: string;
  readonly ring: string;
  readonly feature: string;
  readonly source: string;
  readonly imports: readonly string[];
}

const modules = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => toModule(`src/${path.replaceAll('\\', '/')}`));
const byPath = new Map(modules.map((module) => [module.path, module]));

function toModule(path: string): Module {
  const source = readFileSync(path, 'utf8');
  const [, ring = '', feature = ''] = path.split('/');
  const specifiers = [...source.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'|^import '([^']+)'/gm)];
  const imports = specifiers.map((match) => match[1] ?? match[2] ?? '');
  return { path, ring, feature, source, imports };
}

/** `#core/digest` → `src/core/digest.ts`; undefined for packages. */
function resolve(specifier: string): string | undefined {
  if (!specifier.startsWith('#')) return undefined;
  const path = specifier.slice(1).replace(/^src\//, '');
  return `src/${path}.ts`;
}

function importedModules(module: Module): readonly Module[] {
  return module.imports.flatMap((specifier) => {
    const path = resolve(specifier);
    const found = path === undefined ? undefined : byPath.get(path);
    return found ? [found] : [];
  });
}

describe('the house', () => {
  it('keeps its import table', () => {
    const violations = modules.flatMap((module) =>
      importedModules(module)
        .filter((imported) => !MAY_IMPORT[module.ring]?.(module, imported))
        .map((imported) => `${module.path} → ${imported.path}`),
    );
    expect(violations).toEqual([]);
  });

  it('has no path that climbs', () => {
    const climbing = modules.filter((module) => module.imports.some((specifier) => specifier.startsWith('..')));
    expect(climbing.map((module) => module.path)).toEqual([]);
  });

  it('has no import cycle', () => {
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (module: Module, trail: readonly string[]) => {
      if (trail.includes(module.path)) cycles.push([...trail, module.path].join(' → '));
      if (done.has(module.path) || trail.includes(module.path)) return;
      for (const imported of importedModules(module)) visit(imported, [...trail, module.path]);
      done.add(module.path);
    };
    for (const module of modules) visit(module, []);
    expect(cycles).toEqual([]);
  });

  it('reads the time in one place', () => {
    const readers = modules.filter((module) => /\bDate\.now\(|\bnew Date\(\)/.test(module.source));
    expect(readers.map((module) => module.path)).toEqual(['src/core/clock.ts']);
  });

  it('knows the HTTP framework in its entry ring alone', () => {
    const strangers = modules.filter(
      (module) =>
        !['routes', 'app.ts'].includes(module.ring) &&
        module.imports.some((name) => /^(@hono\/|hono(\/|$))/.test(name)),
    );
    expect(strangers.map((module) => module.path)).toEqual([]);
  });

  it('constructs adapters in the composition root alone', () => {
    const builders = modules.filter(
      (module) =>
        !['adapters', 'services', 'services.ts'].includes(module.ring) && /from '#adapters\//.test(module.source),
    );
    expect(builders.map((module) => module.path)).toEqual([]);
  });

  it('lets its tests ask the app where answers are compared with the document', () => {
    const past = readdirSync('test/integration', { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.test.ts'))
      .filter((path) => readFileSync(`test/integration/${path}`, 'utf8').includes("from '#src/app'"));
    expect(past).toEqual([]);
  });
});
