import { hasControlCharacter } from '#core/control-characters';
import { AppError } from '#core/errors';
import { isWebhookEventType, type WebhookEventType } from '#domain/webhooks/webhook-event-type';
import {
  MAX_TARGETS,
  NOTIFY_TYPES,
  type NotifyType,
  PAYLOAD_FORMATS,
  type PayloadFormat,
} from '#domain/webhooks/webhook-policy';

/** Harbor's column. */
const MAX_NAME_LENGTH = 256;
const MAX_DESCRIPTION_LENGTH = 1_024;
const MAX_AUTH_HEADER_LENGTH = 4_096;
const MIN_SECRET_LENGTH = 16;
const MAX_SECRET_LENGTH = 256;
/** Of what a client wrote, as much as an error repeats. */
const MAX_REPEATED = 64;

export function requireWebhookName(name: string): string {
  if (name === '') throw invalid('the name of a webhook policy cannot be empty');
  if (name.length > MAX_NAME_LENGTH) {
    throw invalid(`the name of a webhook policy has at most ${MAX_NAME_LENGTH} characters`);
  }
  if (hasControlCharacter(name)) throw invalid('the name of a webhook policy holds a control character');
  return name;
}

export function requireWebhookDescription(description: string): string {
  if (description.length <= MAX_DESCRIPTION_LENGTH) return description;
  throw invalid(`the description of a webhook policy has at most ${MAX_DESCRIPTION_LENGTH} characters`);
}

/** Each once. */
export function requireEventTypes(types: readonly string[]): readonly WebhookEventType[] {
  if (types.length === 0) throw invalid('empty event type');
  return [...new Set(types)].map((type) => {
    if (isWebhookEventType(type)) return type;
    throw invalid(`unsupported event type ${type.slice(0, MAX_REPEATED)}`);
  });
}

export function requireTargetCount(count: number, policy: string): void {
  const name = policy.slice(0, MAX_REPEATED);
  if (count === 0) throw invalid(`empty notification target with policy ${name}`);
  if (count > MAX_TARGETS) throw invalid(`a webhook policy has at most ${MAX_TARGETS} targets`);
}

export function requireNotifyType(type: string, policy: string): NotifyType {
  const known = NOTIFY_TYPES.find((each) => each === type);
  if (known) return known;
  const [wanted, name] = [type, policy].map((text) => text.slice(0, MAX_REPEATED));
  throw invalid(`unsupported target type ${wanted} with policy ${name}`);
}

/** The format of an `http` target, `Default` unless said; undefined for `slack`, which has none. */
export function requirePayloadFormat(type: NotifyType, format: string): PayloadFormat | undefined {
  if (type === 'slack') {
    if (format === '') return undefined;
    throw invalid('set payload format is not allowed for slack');
  }
  const known = PAYLOAD_FORMATS.find((each) => each === (format || 'Default'));
  if (known) return known;
  throw invalid(`unsupported payload format type: ${format.slice(0, MAX_REPEATED)}`);
}

/** Refuses what no header can carry, never repeating it. */
export function requireAuthHeader(value: string): string {
  if (value.length > MAX_AUTH_HEADER_LENGTH) {
    throw invalid(`auth_header has at most ${MAX_AUTH_HEADER_LENGTH} characters`);
  }
  if (value === '' || /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value)) return value;
  throw invalid('auth_header holds characters that cannot be sent');
}

/** The key of the signature; empty for none. */
export function requireSigningSecret(secret: string): string {
  if (secret === '' || (secret.length >= MIN_SECRET_LENGTH && secret.length <= MAX_SECRET_LENGTH)) return secret;
  throw invalid(`secret has ${MIN_SECRET_LENGTH} to ${MAX_SECRET_LENGTH} characters`);
}

function invalid(message: string): AppError {
  return new AppError('BAD_REQUEST', { message });
}
