import { describe, expect, it, vi } from 'vitest';
import type { Scanner, ScannerConnection } from '#domain/scanners/scanner';
import type { ScannerLook } from '#domain/scanners/scanner-client';
import { ScannerWatch } from '#domain/scanners/scanner-watch';

const HEALTHY: ScannerLook = {
  metadata: { adapter: { name: 'a', vendor: 'b', version: 'c' }, capabilities: [], properties: {} },
};
const OPEN: Scanner = {
  uuid: 'u',
  name: 'open',
  description: '',
  url: 'http://scanner.test',
  auth: '',
  isDisabled: false,
  isDefault: false,
  skipsCertificateCheck: false,
  usesInternalAddress: false,
  sealedCredential: undefined,
  createdAtMs: 0,
  updatedAtMs: 0,
};

/** Adapters that answer as they are told to, under a clock that is moved. */
function watchOver(answer: (connection: ScannerConnection, signal: AbortSignal) => Promise<ScannerLook>) {
  let nowMs = 0;
  const look = vi.fn(answer);
  const open = async (sealed: string) => (sealed === 'unreadable' ? undefined : `opened ${sealed}`);
  const watch = new ScannerWatch({
    client: { look },
    secrets: { seal: async (text) => text, open },
    clock: { nowMs: () => nowMs },
  });
  const advance = (ms: number) => {
    nowMs += ms;
  };
  return { watch, look, advance };
}

function scanners(count: number): readonly Scanner[] {
  return Array.from({ length: count }, (_, index) => ({ ...OPEN, uuid: `u${index}`, url: `http://${index}.test` }));
}

describe('ScannerWatch', () => {
  it('remembers what an adapter said for 10 seconds, be it good or bad', async () => {
    const { watch, look, advance } = watchOver(async () => ({ problem: 'it answers 500' }));
    expect(await watch.look(OPEN)).toEqual({ problem: 'it answers 500' });
    advance(9_999);
    await watch.watch(OPEN);
    expect(look).toHaveBeenCalledTimes(1);
    advance(1);
    await watch.look(OPEN);
    expect(look).toHaveBeenCalledTimes(2);
  });

  it('asks anew when the scanner has been changed', async () => {
    const { watch, look } = watchOver(async () => HEALTHY);
    await watch.look(OPEN);
    await watch.look({ ...OPEN, url: 'http://elsewhere.test' });
    await watch.look({ ...OPEN, auth: 'Bearer', sealedCredential: 'token' });
    expect(look.mock.calls.map(([{ url, credential }]) => [url, credential])).toEqual([
      ['http://scanner.test', ''],
      ['http://elsewhere.test', ''],
      ['http://scanner.test', 'opened token'],
    ]);
  });

  it('asks nobody with a credential that cannot be read', async () => {
    const { watch, look } = watchOver(async () => HEALTHY);
    const { problem } = await watch.look({ ...OPEN, auth: 'Basic', sealedCredential: 'unreadable' });
    expect(problem).toContain('credential');
    expect(look).not.toHaveBeenCalled();
  });

  it('looks at many, six at once, and at no more than thirty', async () => {
    let waiting = 0;
    let most = 0;
    const { watch, look } = watchOver(async () => {
      most = Math.max(most, ++waiting);
      await new Promise((resolve) => setImmediate(resolve));
      waiting--;
      return HEALTHY;
    });
    const watched = await watch.watchAll(scanners(40));
    expect(most).toBe(6);
    expect(look).toHaveBeenCalledTimes(30);
    expect(watched.map((one) => one.look !== undefined)).toEqual(Array.from({ length: 40 }, (_, i) => i < 30));
    expect((await watch.watchAll(scanners(40))).every((one) => one.look)).toBe(true);
    expect(look).toHaveBeenCalledTimes(40);
  });

  it('waits for a list no longer than it may, and takes those whose turn did not come for unknown', async () => {
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      const controller = new AbortController();
      // The list's own limit, which is the longer one.
      if (ms > 5_000) setImmediate(() => controller.abort());
      return controller.signal;
    });
    const { watch, look } = watchOver(
      (_, signal) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve({ problem: 'it cannot be reached' }))),
    );
    const watched = await watch.watchAll(scanners(8));
    expect(watched.map((one) => one.look)).toEqual(Array.from({ length: 8 }, () => undefined));
    expect(look).toHaveBeenCalledTimes(6);
    vi.restoreAllMocks();
  });
});
