import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { FULL_SCALE, QUICK_SCALE, type Scale } from '#scripts/bench/scale';

export const USAGE = `npm run bench -- [options]
  --only NAME[,NAME]  run these measurements alone
  --runs N            runs of each contestant (default ${FULL_SCALE.runs})
  --quick             small sizes and one run, under 3 minutes; not for comparison
  --dir DIR           where every peer keeps its state (default: the system's temporary directory)
  --write             put the tables into docs/benchmarks.md; not together with --quick
`;

export interface Options {
  readonly only: readonly string[] | undefined;
  readonly scale: Scale;
  readonly isQuick: boolean;
  readonly directory: string;
  readonly writesDocument: boolean;
}

/** Reads the command line; throws an error meant for the person who typed it. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      runs: { type: 'string' },
      quick: { type: 'boolean', default: false },
      dir: { type: 'string', default: tmpdir() },
      write: { type: 'boolean', default: false },
    },
  });
  if (values.write && values.quick) {
    throw new Error('--write records figures to compare with: leave --quick out');
  }
  const scale = values.quick ? QUICK_SCALE : FULL_SCALE;
  return {
    only: values.only?.split(','),
    scale: values.runs === undefined ? scale : { ...scale, runs: parseRuns(values.runs) },
    isQuick: values.quick,
    directory: values.dir,
    writesDocument: values.write,
  };
}

function parseRuns(text: string): number {
  const runs = Number(text);
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs takes a whole number, 1 or more');
  return runs;
}
