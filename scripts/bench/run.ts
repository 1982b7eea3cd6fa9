// `npm run bench`: Roadstead beside a bare worker and Debian's docker-registry, on this machine, in one run.

import { chooseMeasurements } from '#scripts/bench/catalogue';
import type { Measurement } from '#scripts/bench/measurement';
import { type Options, parseOptions, USAGE } from '#scripts/bench/options';
import { stopPeersOnInterrupt } from '#scripts/bench/peers/start-peer';
import { writeFigures } from '#scripts/bench/report/document';
import { type Section, sectionMarkdown, targetsMarkdown } from '#scripts/bench/report/markdown';
import { settingMarkdown } from '#scripts/bench/report/setting';
import { secondsOf } from '#scripts/bench/statistics';

const args = process.argv.slice(2);
let options: Options;
let measurements: readonly Measurement[];
try {
  options = parseOptions(args);
  measurements = chooseMeasurements(options.only);
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  process.exit(2);
}

stopPeersOnInterrupt();
const sections: Section[] = [];
for (const measurement of measurements) {
  const seconds = await secondsOf(async () => {
    sections.push({ measurement, findings: await measurement.run(options) });
  });
  console.log(`${sections.slice(-1).map(sectionMarkdown).join('')}\n\n(${seconds.toFixed(0)} s)\n`);
}

const targets = sections.flatMap(({ findings }) => findings.targets);
const setting = settingMarkdown(
  ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
  options.scale.runs,
);
console.log(`${targetsMarkdown(targets)}\n\n${setting}`);
if (options.writesDocument) {
  const written = (section: Section) => `${sectionMarkdown(section)}\n\n${setting}`;
  writeFigures(new Map(sections.map((section) => [section.measurement.name, written(section)])));
}
if (targets.some(({ isRequired, holds }) => isRequired && !holds)) process.exitCode = 1;
