import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { KillKind } from '#test/kill/kill-kind';
import { type KillOutcome, runKillRound } from '#test/kill/kill-round';
import { Delivery } from '#test/kill/kinds/delivery';
import { GarbageCollection } from '#test/kill/kinds/garbage-collection';
import { PurgeAuditLog } from '#test/kill/kinds/purge-audit-log';
import { Retention } from '#test/kill/kinds/retention';
import { Receiver } from '#test/kill/receiver';
import { killDocument } from '#test/kill/report-document';
import { freePort } from '#test/support/suites/free-port';
import { Report, StepFailed } from '#test/support/suites/report';
import { withScratchDirectory } from '#test/support/suites/scratch-directory';

const DOCUMENT = resolve(import.meta.dirname, '../../docs/kill-test.md');
/** A kind that a kill did not hit in the middle comes again in the next round. */
const MAX_ROUNDS = 4;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { kinds: { type: 'string' }, write: { type: 'boolean', default: false } } });
  const wanted = values.kinds?.split(',');
  const receiver = await Receiver.start();
  const kinds: readonly KillKind[] = [
    new GarbageCollection(),
    new Retention(),
    new PurgeAuditLog(),
    new Delivery('http', receiver),
    new Delivery('slack', receiver),
  ];
  const report = new Report();
  const outcomes: KillOutcome[] = [];
  await withScratchDirectory('kill', async (directory) => {
    const server = {
      stateDirectory: join(directory, 'state'),
      logFile: join(directory, 'server.log'),
      port: await freePort(),
    };
    let left = kinds.filter(({ vendorType }) => wanted?.includes(vendorType) ?? true);
    for (let round = 1; left.length > 0 && round <= MAX_ROUNDS; round++) {
      outcomes.push(...(await runRound({ server, report, label: `round ${round}` }, left)));
      const hit = new Set(outcomes.filter(({ wasHit }) => wasHit).map(({ vendorType }) => vendorType));
      left = left.filter(({ vendorType }) => !hit.has(vendorType));
    }
    await report.check('each kind was hit in the middle of its work', async () => {
      if (left.length > 0) throw new Error(`not hit: ${left.map(({ vendorType }) => vendorType).join(', ')}`);
    });
  });
  receiver.stop();
  const text = killDocument(outcomes.filter(({ wasHit }) => wasHit));
  console.log(text);
  if (values.write) writeFileSync(DOCUMENT, text);
  report.finish();
}

/** A round that breaks off has been reported. */
async function runRound(
  deps: Parameters<typeof runKillRound>[0],
  kinds: readonly KillKind[],
): Promise<readonly KillOutcome[]> {
  try {
    return await runKillRound(deps, kinds);
  } catch (error) {
    if (error instanceof StepFailed) return [];
    throw error;
  }
}

await main();
