import { Sealer } from '#adapters/crypto/sealer';
import { D1AuditStore } from '#adapters/d1/audit-store';
import { D1ForwardingStore } from '#adapters/d1/forwarding-store';
import { D1RegistryStore } from '#adapters/d1/registry-store';
import { D1RobotExpiryStore } from '#adapters/d1/robot-expiry-store';
import type { OperationMeter } from '#adapters/metering/operation-meter';
import { platformBackground } from '#adapters/platform-background';
import { HttpRegistryClient } from '#adapters/registry/http-registry-client';
import type { Clock } from '#core/clock';
import { AuditService } from '#domain/audit/audit-service';
import { FailureRecorder } from '#domain/audit/failure-recorder';
import { ForwardingService } from '#domain/audit/forwarding-service';
import type { LogReceiver } from '#domain/audit/log-receiver';
import type { ConfigurationService } from '#domain/configuration/configuration-service';
import type { EventService } from '#domain/events/event-service';
import type { ProjectService } from '#domain/projects/project-service';
import { QuotaAlarm } from '#domain/quotas/quota-alarm';
import { RegistryService } from '#domain/registries/registry-service';
import { RobotExpiryService } from '#domain/robots/robot-expiry-service';
import type { Settings } from '#src/config';
import type { Env } from '#src/env';

interface OperationParts {
  readonly projects: ProjectService;
  readonly configuration: ConfigurationService;
  readonly events: EventService;
  readonly logReceiver: LogReceiver;
  readonly meter: OperationMeter;
  readonly clock: Clock;
}

/** Other registries, and what is known of all deeds. */
export function createOperations(
  { DB: db }: Env,
  { secretKey = '', externalUrl }: Settings,
  { projects, configuration, events, logReceiver, meter, clock }: OperationParts,
) {
  const registries = new RegistryService({
    registries: new D1RegistryStore({ db }),
    client: new HttpRegistryClient({ fetch }),
    secrets: new Sealer({ secretKey, purpose: 'registry secret' }),
    clock,
  });
  const entries = new D1AuditStore({ db });
  const audit = new AuditService({ entries, clock });
  const background = meter.follow(platformBackground);
  const failures = new FailureRecorder({ entries, projects, background, clock });
  const forwarding = new ForwardingService({
    store: new D1ForwardingStore({ db }),
    receiver: logReceiver,
    configuration,
    background,
    clock,
    hostname: externalUrl === undefined ? undefined : new URL(externalUrl).hostname,
  });
  const expiries = new D1RobotExpiryStore({ db });
  const robotExpiry = new RobotExpiryService({ expiries, configuration, events, clock });
  const quotaAlarm = new QuotaAlarm({ events, projects, background, clock });
  return { audit, failures, forwarding, quotaAlarm, registries, robotExpiry };
}
