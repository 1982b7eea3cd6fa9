import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { send } from '#scripts/bench/client/http';

export interface RateRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly connections: number;
  readonly seconds: number;
}

/** First line of `wrk --version`, or undefined when it is not installed. */
export function wrkVersion(): string | undefined {
  const { error, stdout } = spawnSync('wrk', ['--version'], { encoding: 'utf8' });
  return error === undefined ? stdout.split('\n')[0] : undefined;
}

/** GETs one URL as fast as the server answers; requests a second. Any answer but a 2xx or 3xx is an error. */
export function requestRate(request: RateRequest): Promise<number> {
  return wrkVersion() === undefined ? rateByThisProcess(request) : rateByWrk(request);
}

async function rateByWrk({ url, headers, connections, seconds }: RateRequest): Promise<number> {
  const headerArgs = Object.entries(headers).flatMap(([name, value]) => (value ? ['-H', `${name}: ${value}`] : []));
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, ...headerArgs, url];
  const { stdout } = await promisify(execFile)('wrk', args);
  const failures = /^\s*Non-2xx or 3xx responses: (\d+)$/m.exec(stdout)?.[1];
  if (failures !== undefined) throw new Error(`${failures} requests to ${url} failed:\n${stdout}`);
  return Number(/^Requests\/sec:\s+([\d.]+)$/m.exec(stdout)?.[1]);
}

async function rateByThisProcess({ url, headers, connections, seconds }: RateRequest): Promise<number> {
  const endsMs = performance.now() + seconds * 1000;
  let count = 0;
  const connection = async () => {
    for (; performance.now() < endsMs; count++) await send({ method: 'GET', url, headers, expect: 200 });
  };
  await Promise.all(Array.from({ length: connections }, connection));
  return count / seconds;
}
