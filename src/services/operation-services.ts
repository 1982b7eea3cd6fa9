import { Sealer } from '#adapters/crypto/sealer';
import { D1AuditStore } from '#adapters/d1/audit-store';
import { D1RegistryStore } from '#adapters/d1/registry-store';
import type { OperationMeter } from '#adapters/metering/operation-meter';
import { platformBackground } from '#adapters/platform-background';
import { HttpRegistryClient } from '#adapters/registry/http-registry-client';
import type { Clock } from '#core/clock';
import { AuditService } from '#domain/audit/audit-service';
import { FailureRecorder } from '#domain/audit/failure-recorder';
import type { ProjectService } from '#domain/projects/project-service';
import { RegistryService } from '#domain/registries/registry-service';
import type { Settings } from '#src/config';
import type { Env } from '#src/env';

interface OperationParts {
  readonly projects: ProjectService;
  readonly meter: OperationMeter;
  readonly clock: Clock;
}

/** Other registries, and what is known of all deeds. */
export function createOperations(
  { DB: db }: Env,
  { secretKey = '' }: Settings,
  { projects, meter, clock }: OperationParts,
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
  return { audit, failures, registries };
}
