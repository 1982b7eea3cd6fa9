import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { useMemoryDisk } from './test/support/memory-disk.ts';
import { NotesReporter } from './test/support/notes-reporter.ts';
import { RecordingReporter } from './test/support/recording/recording-reporter.ts';

useMemoryDisk(process.env);

const migrations = await readD1Migrations('./migrations');

/** What `npm run test:heavy` goes through whole; `npm test` takes samples of it, or leaves it out (docs/test-coverage.md). */
const isHeavy = process.env['ROADSTEAD_HEAVY'] === '1';
const SAMPLED = [
  'test/integration/adapters/d1/kept-counts.test.ts',
  'test/integration/crashes/**/*.test.ts',
  'test/integration/domain/artifacts/artifact-copy-service.test.ts',
  'test/integration/gc-model/**/*.test.ts',
  'test/integration/uploads/chunkings.test.ts',
];
const LEFT_OUT = ['test/server/audit-forwarding.test.ts', 'test/server/restarts.test.ts'];

/** The slow properties search longer when asked to: `ROADSTEAD_PROPERTY_RUNS=500 npm test`. */
const propertyRuns = Number(process.env['ROADSTEAD_PROPERTY_RUNS'] ?? (isHeavy ? 15 : 2));
/** Of the calls at which an isolate may die, each one, or every fourth. */
const crashStride = isHeavy ? 1 : 4;

/** Nothing is measured here; a busy machine must not fail a test. In milliseconds. */
const SLOW_MACHINE = { testTimeout: 60_000, hookTimeout: 60_000 };

/**
 * Brought into workerd as a file each, as modules are asked for one by one: zod alone is a hundred. Of itty-durable the
 * source maps name sources that it does not bring, which confuses the loader. ldapts cannot be bundled: it is one file.
 */
const BUNDLED_PACKAGES = [
  '@cfworker/json-schema',
  '@hono/zod-openapi',
  '@stablelib/sha256',
  '@stablelib/sha512',
  'fast-check',
  'hono',
  'hono/body-limit',
  'hono/cookie',
  'hono/html',
  'hono/http-exception',
  'hono/route',
  'hono/utils/url',
  'itty-durable',
  'jose',
  'modern-tar',
  'openid-client',
  'picomatch/posix',
  'yaml',
  'zod',
];

export default defineConfig({
  test: {
    // The request log of a test that passed tells nobody anything.
    silent: 'passed-only',
    // The default leaves a core to watch mode; of two cores that is half.
    maxWorkers: '100%',
    reporters: ['default', new NotesReporter(), ...(isHeavy ? [] : [new RecordingReporter()])],
    projects: [
      {
        // Pure code, on Node.
        test: {
          name: 'unit',
          // A process for each file, with its modules, would take three times as long as the tests.
          isolate: false,
          ...SLOW_MACHINE,
          include: isHeavy ? [] : ['test/unit/**/*.test.ts', 'test/architecture.test.ts'],
        },
      },
      {
        // What runs around the worker, on Node: `npm start` itself, as a process.
        test: {
          name: 'server',
          ...SLOW_MACHINE,
          include: isHeavy ? LEFT_OUT : ['test/server/**/*.test.ts'],
          exclude: isHeavy ? [] : LEFT_OUT,
        },
      },
      {
        // What touches a binding, inside workerd with the bindings of wrangler.toml.
        plugins: [
          cloudflareTest({
            main: './src/index.ts',
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                TEST_MIGRATIONS: migrations,
                TEST_PROPERTY_RUNS: propertyRuns,
                TEST_CRASH_STRIDE: crashStride,
                ROADSTEAD_ADMIN_PASSWORD: 'Harbor12345',
                ROADSTEAD_SECRET_KEY: 'a secret key for the tests, long enough',
              },
            },
          }),
        ],
        test: {
          name: 'workers',
          // An isolate and a database for each file would take longer than the tests themselves.
          isolate: false,
          ...SLOW_MACHINE,
          deps: { optimizer: { ssr: { enabled: true, include: BUNDLED_PACKAGES } } },
          include: isHeavy ? SAMPLED : ['test/integration/**/*.test.ts', 'test/api/**/*.test.ts'],
          setupFiles: [
            'test/support/begin-anew.ts',
            'test/support/request-log.ts',
            'test/support/query-plans/check-plans.ts',
            'test/support/recording/hand-over-record.ts',
          ],
        },
      },
    ],
  },
});
