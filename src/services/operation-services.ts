import { Sealer } from '#adapters/crypto/sealer';
import { D1RegistryStore } from '#adapters/d1/registry-store';
import { D1ScheduleStore } from '#adapters/d1/schedule-store';
import { HttpRegistryClient } from '#adapters/registry/http-registry-client';
import type { Clock } from '#core/clock';
import { RegistryService } from '#domain/registries/registry-service';
import { ScheduleService } from '#domain/schedules/schedule-service';
import type { Settings } from '#src/config';
import type { Env } from '#src/env';

/** Work between registries, and work that comes again. */
export function createOperations({ DB: db }: Env, { secretKey = '' }: Settings, clock: Clock) {
  const registries = new RegistryService({
    registries: new D1RegistryStore({ db }),
    client: new HttpRegistryClient({ fetch }),
    secrets: new Sealer({ secretKey, purpose: 'registry secret' }),
    clock,
  });
  const schedules = new ScheduleService({ schedules: new D1ScheduleStore({ db }) });
  return { registries, schedules };
}
