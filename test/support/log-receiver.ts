import type { LogReceiver } from '#domain/audit/log-receiver';

/** A receiver that remembers what it was sent, and is down when a test says so. */
export class FakeLogReceiver implements LogReceiver {
  readonly messages: string[] = [];
  isUp = true;
  /** Runs before messages are taken. */
  before: () => Promise<void> = async () => undefined;

  async isThere(): Promise<boolean> {
    return this.isUp;
  }

  async send(_: unknown, messages: readonly string[]): Promise<void> {
    if (!this.isUp) throw new Error('nobody listens');
    await this.before();
    this.messages.push(...messages);
  }

  /** What the messages tell, in their order. */
  get told(): Record<string, unknown>[] {
    return this.messages.map(
      (message) => JSON.parse(message.slice(message.indexOf('] ') + 2)) as Record<string, unknown>,
    );
  }
}
