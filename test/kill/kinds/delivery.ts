import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '#test/kill/api-client';
import type { KillKind, StoppedState } from '#test/kill/kill-kind';
import type { Received, Receiver } from '#test/kill/receiver';
import { pushSmallImages } from '#test/kill/small-images';
import type { TaskState } from '#test/kill/task-states';

const DELIVERIES = 3;
const LAUNCH_LIMIT_MS = 60_000;

/** Deliveries of a webhook policy, the first of which the receiver has and does not answer when the kill comes. */
export class Delivery implements KillKind {
  readonly vendorType: string;
  readonly #type: 'http' | 'slack';
  readonly #project: string;
  readonly #path: string;
  readonly #receiver: Receiver;
  #rounds = 0;
  #before = 0;

  constructor(type: 'http' | 'slack', receiver: Receiver) {
    this.vendorType = type === 'http' ? 'WEBHOOK' : 'SLACK';
    this.#type = type;
    this.#project = `kill-${type}`;
    this.#path = `/${type}`;
    this.#receiver = receiver;
  }

  async prepare(api: ApiClient): Promise<void> {
    this.#rounds++;
    if (this.#rounds > 1) return;
    await api.send('POST', '/projects', { project_name: this.#project, metadata: { public: 'false' } });
    await api.send('POST', `/projects/${this.#project}/webhook/policies`, {
      name: 'killed',
      enabled: true,
      event_types: ['PUSH_ARTIFACT'],
      targets: [{ type: this.#type, address: `${this.#receiver.url}${this.#path}`, skip_cert_verify: false }],
    });
  }

  seed(_state: StoppedState): void {
    this.#receiver.isHolding = true;
    this.#before = this.#receiver.at(this.#path).length;
  }

  async begin(api: ApiClient): Promise<void> {
    const tags = Array.from({ length: DELIVERIES }, (_, index) => `round-${this.#rounds}-${index}`);
    await pushSmallImages(api, `${this.#project}/app`, tags);
    await this.#untilLaunched(api);
  }

  isUnderWay(): boolean {
    return this.#receiver.isHoldingAt(this.#path);
  }

  killed(): void {
    this.#receiver.isHolding = false;
  }

  verify(_state: StoppedState, tasks: readonly TaskState[]): string {
    const received = this.#received();
    const [cutOff] = received;
    if (tasks.length !== DELIVERIES) throw new Error(`${tasks.length} deliveries for ${DELIVERIES} pushes`);
    const inOrder = [...new Map(received.map((each) => [each.deliveryId, each])).keys()];
    const expected = tasks.map(({ jobId }) => jobId);
    if (String(inOrder) !== String(expected)) throw new Error(`received ${inOrder}, expected ${expected}`);
    for (const { deliveryId, body } of received) {
      if (received.some((each) => each.deliveryId === deliveryId && each.body !== body)) {
        throw new Error(`two bodies under the id ${deliveryId}`);
      }
    }
    const again = received.filter(({ deliveryId }) => deliveryId === cutOff?.deliveryId).length;
    if (received.length !== DELIVERIES + again - 1) throw new Error('more than the delivery cut off came again');
    return `${DELIVERIES} deliveries in their order; the one that was cut off came ${again} times, under one id with one body`;
  }

  #received(): readonly Received[] {
    return this.#receiver.at(this.#path).slice(this.#before);
  }

  /** Events come by a queue. */
  async #untilLaunched(api: ApiClient): Promise<void> {
    const deadlineMs = performance.now() + LAUNCH_LIMIT_MS;
    for (;;) {
      const queues = await api.get<{ job_type: string; count: number }[]>('/jobservice/queues');
      const waiting = queues.find(({ job_type: type }) => type === this.vendorType)?.count ?? 0;
      if (waiting >= DELIVERIES) return;
      if (performance.now() > deadlineMs)
        throw new Error(`${waiting} of ${DELIVERIES} deliveries of ${this.vendorType} wait`);
      await sleep(100);
    }
  }
}
