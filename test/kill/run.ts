import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { KillKind } from '#test/kill/kill-kind';
import { type KillOutcome, runKillRound } from '#test/kill/kill-round';
import { Delivery } from '#test/kill/kinds/delivery';
import { GarbageCollection } from '#test/kill/kinds/garbage-collection';
import { PurgeAuditLog } from '#test/kill/kinds/purge-audit-log';
import { Retention } from '#test/kill/kinds/retention';
import { StorageComparison } from '#test/kill/kinds/storage-comparison';
import { Receiver } from '#test/kill/receiver';
import { killDocument } from '#test/kill/report-document';
import { freePort } from '#test/support/suites/free-port';
import { Report, StepFailed } from '#test/support/suites/report';
import type { ServerOptions } from '#test/support/suites/roadstead-server';
import { withScratchDirectory } from '#test/support/suites/scratch-directory';

const DOCUMENT = resolve(import.meta.dirname, '../../docs/kill-test.md');
/** A kind that a kill did not hit in the middle comes again in the next round. */
const MAX_ROUNDS = 4;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { kinds: { type: 'string' }, write: { type: 'boolean', default: false } } });
  const names = values.kinds?.split(',');
  const receiver = await Receiver.start();
  const kinds: readonly KillKind[] = [
    new GarbageCollection(),
    new StorageComparison(),
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
    const wanted = kinds.filter(({ vendorType }) => names?.includes(vendorType) ?? true);
    outcomes.push(...(await runRounds({ server, report }, wanted)));
  });
  receiver.stop();
  const text = killDocument(outcomes);
  console.log(text);
  if (values.write) writeFileSync(DOCUMENT, text);
  report.finish();
}

/** Answers what became of each kind when it was hit in the middle. */
async function runRounds(
  { server, report }: { readonly server: ServerOptions; readonly report: Report },
  kinds: readonly KillKind[],
): Promise<readonly KillOutcome[]> {
  const hits: KillOutcome[] = [];
  let left = kinds;
  try {
    for (let round = 1; left.length > 0 && round <= MAX_ROUNDS; round++) {
      const outcomes = await runKillRound({ server, report, label: `round ${round}` }, left);
      hits.push(...outcomes.filter(({ wasHit }) => wasHit));
      left = left.filter(({ vendorType }) => !hits.some((hit) => hit.vendorType === vendorType));
    }
  } catch (error) {
    // What broke off has been reported.
    if (!(error instanceof StepFailed)) throw error;
  }
  await report.check('each kind was hit in the middle of its work', async () => {
    if (left.length > 0) throw new Error(`not hit: ${left.map(({ vendorType }) => vendorType).join(', ')}`);
  });
  return hits;
}

await main();
