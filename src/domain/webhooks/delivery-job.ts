import type { Clock } from '#core/clock';
import { AppError } from '#core/errors';
import type { SecretBox } from '#domain/configuration/secret-box';
import { JobFailure, type JobHandler } from '#domain/jobs/job-handler';
import type { JobSlice } from '#domain/jobs/job-slice';
import type { Task } from '#domain/jobs/task';
import { type AddressRules, targetAddressProblem } from '#domain/webhooks/target-address';
import type { WebhookAnswer, WebhookClient } from '#domain/webhooks/webhook-client';
import { type Delivery, deliverySchema } from '#domain/webhooks/webhook-delivery';
import { signatureOf } from '#domain/webhooks/webhook-signature';

/** Names a delivery to its receiver, the same however often it is sent. Requests that carry it are refused here: a loop. */
export const DELIVERY_HEADER = 'x-roadstead-delivery';

/** What is older than this, in milliseconds, is told nobody: a target that was down for long catches up with what is of use. */
const MAX_WAIT_MS = 24 * 60 * 60_000;
const UNREADABLE = 'its secrets cannot be read, set them again';

export interface DeliveryJobDeps {
  readonly client: WebhookClient;
  readonly secrets: SecretBox;
  readonly addresses: AddressRules;
  readonly clock: Clock;
}

/** Sends one delivery, in one slice. Cut off after it was sent it is sent again, under the same id. */
export class DeliveryJob implements JobHandler {
  readonly #deps: DeliveryJobDeps;

  constructor(deps: DeliveryJobDeps) {
    this.#deps = deps;
  }

  async runSlice(slice: JobSlice): Promise<void> {
    const { createdAtMs } = slice.task;
    if (this.#deps.clock.nowMs() - createdAtMs > MAX_WAIT_MS) throw new JobFailure('it has waited longer than a day');
    const delivery = deliveryOf(slice.task);
    const problem = targetAddressProblem(delivery.address, this.#deps.addresses);
    if (problem !== undefined) throw new JobFailure(problem);
    const headers = await this.#headers(delivery, slice.task.jobId);
    const tries = slice.task.failures + 1;
    slice.log(`Sending ${delivery.eventType} as delivery ${slice.task.jobId}, try ${tries}.`);
    const answer = await this.#deps.client.send({ address: delivery.address, headers, body: delivery.body });
    if (!('status' in answer)) throw passing(noAnswer(answer.problem, delivery));
    slice.log(`Answered ${answer.status}${answer.excerpt === '' ? '' : `: ${answer.excerpt}`}`);
    if (answer.status < 200 || answer.status > 299) throw passing(refusal(answer.status));
    await slice.save(slice.done({ status: answer.status, tries }));
  }

  async #headers(delivery: Delivery, deliveryId: string): Promise<Record<string, string>> {
    const [authHeader, secret] = await Promise.all([
      this.#opened(delivery.sealedAuthHeader),
      this.#opened(delivery.sealedSecret),
    ]);
    const timestamp = Math.floor(this.#deps.clock.nowMs() / 1_000);
    const signed = { deliveryId, timestamp, body: delivery.body };
    return {
      'content-type': delivery.contentType,
      'user-agent': 'Roadstead',
      [DELIVERY_HEADER]: deliveryId,
      'x-roadstead-event': delivery.eventType,
      'x-roadstead-timestamp': String(timestamp),
      ...(authHeader !== undefined && { authorization: authHeader }),
      ...(secret !== undefined && { 'x-roadstead-signature': signatureOf(signed, secret) }),
    };
  }

  async #opened(sealed: string | undefined): Promise<string | undefined> {
    if (sealed === undefined) return undefined;
    const text = await this.#deps.secrets.open(sealed);
    if (text === undefined) throw new JobFailure(UNREADABLE);
    return text;
  }
}

/** How often a delivery was sent, the try that is under way included. */
export function triesOf({ status, failures, results }: Task): number {
  const { tries } = results;
  return typeof tries === 'number' ? tries : failures + (status === 'Running' ? 1 : 0);
}

function deliveryOf({ parameters }: Task): Delivery {
  const parsed = deliverySchema.safeParse(parameters);
  if (parsed.success) return parsed.data;
  throw new JobFailure('the delivery is not readable');
}

/** A failure that another try may mend. */
function passing(message: string): AppError {
  return new AppError('SERVICE_UNAVAILABLE', { message });
}

function refusal(status: number): string {
  return status >= 300 && status < 400
    ? `the target answered ${status}: redirects are not followed, the policy must name the final address`
    : `the target answered ${status}`;
}

function noAnswer(
  problem: Extract<WebhookAnswer, { problem: string }>['problem'],
  { address, skipsCertificateCheck }: Delivery,
): string {
  if (problem === 'timeout') return 'the target did not answer in time';
  const hint = '; certificates are always checked here, and skip_cert_verify cannot change that';
  return `the target cannot be reached${skipsCertificateCheck && address.startsWith('https:') ? hint : ''}`;
}
