import { UploadSessionObject } from '#durable/upload-session';
import { consume } from '#queues/consumer';
import { runLogged } from '#queues/invocation-log';
import { tick } from '#queues/tick';
import { createApp, servicesFor } from '#src/app';
import type { Env } from '#src/env';

export { LoginThrottle } from '#durable/login-throttle';
export { RepositoryLock } from '#durable/repository-lock';

/** The upload's object, with what its alarm needs to remove the bytes of an upload that was given up. */
export class UploadSession extends UploadSessionObject<Env> {
  protected override leftovers() {
    return servicesFor(this.env).uploadLeftovers;
  }
}

const app = createApp();

export default {
  fetch: app.fetch,
  queue(batch, env) {
    const services = servicesFor(env);
    const invocation = { kind: 'queue', queue: batch.queue, messages: batch.messages.length } as const;
    return runLogged(services, invocation, () => consume(batch, services));
  },
  scheduled(_controller, env) {
    const services = servicesFor(env);
    return runLogged(services, { kind: 'cron' }, () => tick(services));
  },
} satisfies ExportedHandler<Env>;
