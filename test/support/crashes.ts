import type { Interceptor } from '#test/support/intercepted-bindings';

/** What a call of a dead isolate rejects with. */
class Crashed extends Error {
  override readonly name = 'Crashed';
}

/** Where an isolate dies: just before its n-th binding call, or just after, with the effect done and the answer lost. */
export interface CrashPoint {
  readonly call: number;
  readonly when: 'before' | 'after';
}

export interface CrashingIsolate {
  readonly intercept: Interceptor;
  /** Binding calls so far, as `BINDING.method`. */
  readonly calls: readonly string[];
}

/** An isolate that dies at `point` and never answers again; without a point it lives and counts its calls. */
export function crashingIsolate(point?: CrashPoint): CrashingIsolate {
  const calls: string[] = [];
  let isDead = false;
  async function intercept({ binding, method }: Parameters<Interceptor>[0], invoke: Parameters<Interceptor>[1]) {
    if (isDead) throw new Crashed();
    calls.push(`${binding}.${method}`);
    const isLast = calls.length === point?.call;
    if (isLast) isDead = true;
    if (isLast && point.when === 'before') throw new Crashed();
    const answer = await invoke();
    if (isDead) throw new Crashed();
    return answer;
  }
  return { intercept, calls };
}
