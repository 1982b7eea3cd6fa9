import { D1MigrationStore } from '#adapters/d1/migration-store';
import { meterBucket } from '#adapters/metering/metered-bucket';
import { MeteredDatabase } from '#adapters/metering/metered-database';
import { meterNamespace } from '#adapters/metering/metered-namespace';
import { meterQueue } from '#adapters/metering/metered-queue';
import { OperationMeter } from '#adapters/metering/operation-meter';
import { platformBackground } from '#adapters/platform-background';
import { TcpLogReceiver } from '#adapters/syslog/tcp-log-receiver';
import { type Clock, systemClock } from '#core/clock';
import { loginsDisabledMessage } from '#domain/access/missing-secrets';
import type { ScryptParameters } from '#domain/access/password';
import type { LogReceiver } from '#domain/audit/log-receiver';
import { HealthService } from '#domain/system/health-service';
import { missingSecrets, parseSettings, type Settings } from '#src/config';
import type { Env } from '#src/env';
import { createAccess } from '#src/services/access-services';
import { createGarbageJobs } from '#src/services/garbage-services';
import { createJobService, createJobs } from '#src/services/job-services';
import { createOperations } from '#src/services/operation-services';
import { createRegistry } from '#src/services/registry-services';
import { createRetention } from '#src/services/retention-services';
import { createScanners } from '#src/services/scanner-services';
import { createSearch } from '#src/services/search-services';
import { createWebhooks } from '#src/services/webhook-services';

/** Everything handlers and consumers may call. Built once an isolate; this file and its folder alone construct adapters. */
export type Services = ReturnType<typeof createServices>;

/** What only tests change. */
export interface ServiceOptions {
  readonly clock?: Clock;
  /** What hashing a password costs. */
  readonly passwordCost?: ScryptParameters;
  /** Whom the audit log is forwarded to. */
  readonly logReceiver?: LogReceiver;
}

export function createServices(
  bindings: Env,
  { clock = systemClock, passwordCost, logReceiver = new TcpLogReceiver() }: ServiceOptions = {},
) {
  const settings = parseSettings(bindings);
  const meter = new OperationMeter();
  const env = meterBindings(bindings, meter);
  const access = createAccess(env, settings, { clock, logReceiver, ...(passwordCost && { passwordCost }) });
  const { aliases, configuration, projects } = access;
  const jobs = createJobService(env, { meter, clock });
  const { webhookPolicies, webhookDispatcher, deliveryJob } = createWebhooks(env, { settings, configuration, clock });
  const registry = createRegistry(env, { settings, clock, meter, aliases, jobs, subscriber: webhookDispatcher });
  const background = meter.follow(platformBackground);
  const { retention, retentionJob } = createRetention(env, { ...registry, configuration, jobs, background, clock });
  const garbageJobs = createGarbageJobs(env, { ...registry, configuration, retention, background, clock });
  return {
    settings,
    clock,
    meter,
    health: createHealth(env, settings, clock),
    ...access,
    ...registry,
    ...createSearch(env, { projects, repositories: registry.repositories }),
    ...createOperations(env, settings, { ...access, events: registry.events, logReceiver, meter, clock }),
    ...createJobs(env, {
      jobs,
      handlers: { WEBHOOK: deliveryJob, SLACK: deliveryJob, RETENTION: retentionJob, ...garbageJobs },
      launches: { RETENTION: (schedule, launchKey) => retention.runScheduled(schedule, launchKey) },
      meter,
      clock,
    }),
    webhookPolicies,
    retention,
    ...createScanners(env, settings, clock),
  };
}

/** The same bindings, with every billed operation counted. */
function meterBindings(env: Env, meter: OperationMeter): Env {
  return {
    ...env,
    DB: new MeteredDatabase({ db: env.DB, meter }),
    BLOBS: meterBucket(env.BLOBS, meter),
    UPLOAD_SESSION: meterNamespace(env.UPLOAD_SESSION, meter),
    REPOSITORY_LOCK: meterNamespace(env.REPOSITORY_LOCK, meter),
    LOGIN_THROTTLE: meterNamespace(env.LOGIN_THROTTLE, meter),
    EVENTS: meterQueue(env.EVENTS, meter),
    JOBS: meterQueue(env.JOBS, meter),
  };
}

function createHealth(env: Env, settings: Settings, clock: Clock) {
  const missing = missingSecrets(settings);
  const loginProblem = missing.length > 0 ? loginsDisabledMessage(missing) : undefined;
  if (loginProblem) console.warn(JSON.stringify({ level: 'warning', message: loginProblem }));
  const migrations = new D1MigrationStore({ db: env.DB });
  return new HealthService({ migrations, probeStorage: () => env.BLOBS.head('health-probe'), loginProblem, clock });
}
