import { Sealer } from '#adapters/crypto/sealer';
import { D1ProjectScannerStore } from '#adapters/d1/project-scanner-store';
import { D1ScannerStore } from '#adapters/d1/scanner-store';
import { HttpScannerClient } from '#adapters/scanner/http-scanner-client';
import type { Clock } from '#core/clock';
import { ProjectScannerService } from '#domain/scanners/project-scanner-service';
import { ScannerService } from '#domain/scanners/scanner-service';
import { ScannerWatch } from '#domain/scanners/scanner-watch';
import type { Settings } from '#src/config';
import type { Env } from '#src/env';

/** Scanners, and which of them a project has. */
export function createScanners({ DB: db }: Env, { secretKey = '' }: Settings, clock: Clock) {
  const client = new HttpScannerClient({ fetch: (url, init) => fetch(url, init) });
  const secrets = new Sealer({ secretKey, purpose: 'scanner credential' });
  const watch = new ScannerWatch({ client, secrets, clock });
  const scanners = new ScannerService({ scanners: new D1ScannerStore({ db }), client, watch, secrets, clock });
  const projectScanners = new ProjectScannerService({ choices: new D1ProjectScannerStore({ db }), watch, clock });
  return { scanners, projectScanners };
}
