import type { Env } from '#src/env';

/** D1 takes no larger value (developers.cloudflare.com/d1/platform/limits); the local one does. */
const MAX_VALUE_BYTES = 2_000_000;

/** A call of a binding that bills, fails and can be cut off. */
interface BindingCall {
  readonly binding: 'DB' | 'BLOBS' | 'EVENTS' | 'JOBS' | 'UPLOAD_SESSION' | 'REPOSITORY_LOCK' | 'LOGIN_THROTTLE';
  readonly method: string;
  readonly args: readonly unknown[];
}

/** Stands between the code and a binding: may refuse the call, make it, or lose its answer. */
export type Interceptor = (call: BindingCall, invoke: () => Promise<unknown>) => Promise<unknown>;

/** An environment whose every binding call goes through `intercept`. */
export function interceptBindings(env: Env, intercept: Interceptor): Env {
  const objects = (binding: 'UPLOAD_SESSION' | 'REPOSITORY_LOCK' | 'LOGIN_THROTTLE') =>
    proxy(env[binding], (method, _args, invoke) => {
      const isStub = method === 'get' || method === 'getByName';
      if (!isStub) return invoke();
      return proxy(invoke() as object, (name, callArgs, call) =>
        intercept({ binding, method: name, args: callArgs }, call as () => Promise<unknown>),
      );
    });
  const queue = (binding: 'EVENTS' | 'JOBS') =>
    proxy(env[binding], (method, args, invoke) =>
      intercept({ binding, method, args }, invoke as () => Promise<unknown>),
    );
  return {
    ...env,
    DB: interceptDatabase(env.DB, intercept),
    BLOBS: interceptBucket(env.BLOBS, intercept),
    EVENTS: queue('EVENTS'),
    JOBS: queue('JOBS'),
    UPLOAD_SESSION: objects('UPLOAD_SESSION'),
    REPOSITORY_LOCK: objects('REPOSITORY_LOCK'),
    LOGIN_THROTTLE: objects('LOGIN_THROTTLE'),
  };
}

type Handler = (method: string, args: readonly unknown[], invoke: () => unknown) => unknown;

/** Every method call of `target` goes through `handle`. */
function proxy<T extends object>(target: T, handle: Handler): T {
  return new Proxy(target, {
    get(object, property) {
      const value: unknown = Reflect.get(object, property);
      if (typeof value !== 'function' || typeof property !== 'string') return value;
      return (...args: unknown[]) => handle(property, args, () => Reflect.apply(value, object, args));
    },
  });
}

function interceptBucket(bucket: R2Bucket, intercept: Interceptor): R2Bucket {
  const through = (method: string, args: readonly unknown[], invoke: () => unknown) =>
    intercept({ binding: 'BLOBS', method, args }, invoke as () => Promise<unknown>);
  const upload = (target: R2MultipartUpload) => proxy(target, through);
  return proxy(bucket, (method, args, invoke) => {
    if (method === 'resumeMultipartUpload') return upload(invoke() as R2MultipartUpload);
    const answer = through(method, args, invoke);
    return method === 'createMultipartUpload' ? answer.then((made) => upload(made as R2MultipartUpload)) : answer;
  });
}

function withinLimit(value: unknown): unknown {
  const isTooLarge = typeof value === 'string' && new TextEncoder().encode(value).length > MAX_VALUE_BYTES;
  if (isTooLarge) throw new Error('D1_ERROR: string or blob too big: SQLITE_TOOBIG');
  return value;
}

const originals = new WeakMap<object, D1PreparedStatement>();

function interceptDatabase(db: D1Database, intercept: Interceptor): D1Database {
  const statement = (target: D1PreparedStatement): D1PreparedStatement => {
    const wrapped = proxy(target, (method, args, invoke) =>
      method === 'bind'
        ? statement(target.bind(...args.map(withinLimit)))
        : intercept({ binding: 'DB', method, args }, invoke as () => Promise<unknown>),
    );
    originals.set(wrapped, target);
    return wrapped;
  };
  return proxy(db, (method, args, invoke) => {
    if (method === 'prepare') return statement(db.prepare(args[0] as string));
    if (method !== 'batch') return invoke();
    const statements = (args[0] as D1PreparedStatement[]).map((wrapped) => originals.get(wrapped) ?? wrapped);
    return intercept({ binding: 'DB', method, args }, () => db.batch(statements));
  });
}
