import type { Digest } from '#core/digest';
import { AppError } from '#core/errors';
import type { TagName } from '#core/reference';

/** No limit, in place of a number of bytes. */
const UNLIMITED = -1;

/** The largest limit there can be, in bytes: 1024 TiB (`harbor:src/pkg/quota/types/resources.go`). */
const MAX_HARD_BYTES = 1024 * 1024 ** 4;

/** How much a project may hold and holds, in bytes of its distinct blobs. */
export interface QuotaUsage {
  /** {@link UNLIMITED} or more than 0. */
  readonly hardBytes: number;
  readonly usedBytes: number;
}

export interface Quota extends QuotaUsage {
  readonly id: number;
  readonly project: { readonly id: number; readonly name: string; readonly ownerName: string };
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/**
 * The limit that Harbor's resource list asks for (`harbor:src/lib/quota_storage_limit.go`). BAD_REQUEST for another
 * resource than `storage`, for 0, and for more than 1024 TiB.
 */
export function parseHardLimit(hard: Readonly<Record<string, number>>): number {
  const stranger = Object.keys(hard).find((name) => name !== 'storage');
  if (stranger !== undefined) throw badLimit(`resource ${stranger.slice(0, 64)} not support`);
  const { storage } = hard;
  if (storage === undefined) throw badLimit('resource storage not found');
  if (storage <= 0 && storage !== UNLIMITED) {
    throw badLimit(`invalid non-positive value for quota limit, value=${storage}`);
  }
  if (storage > MAX_HARD_BYTES) {
    throw badLimit(`exceeded 1024TB, which is ${MAX_HARD_BYTES} Bytes, value=${storage}`);
  }
  return storage;
}

export function fits({ hardBytes, usedBytes }: QuotaUsage, addedBytes: number): boolean {
  return hardBytes === UNLIMITED || usedBytes + addedBytes <= hardBytes;
}

/** The artifact whose push a quota refused, by a tag it would have got. */
export interface RefusedArtifact {
  readonly digest: Digest;
  readonly tag?: TagName | undefined;
}

/** DENIED in Harbor's words, which clients show to people (`harbor:src/pkg/quota/errors.go`). */
export class QuotaExceeded extends AppError {
  /** Undefined where it was no manifest that was refused. */
  readonly artifact: RefusedArtifact | undefined;
  readonly #usage: QuotaUsage;
  readonly #addedBytes: number;

  constructor(usage: QuotaUsage, addedBytes: number, artifact?: RefusedArtifact) {
    const { hardBytes, usedBytes } = usage;
    const [added, used, hard] = [addedBytes, usedBytes, hardBytes].map(formatBytes);
    super('DENIED', {
      message:
        `adding ${added} of storage resource, which when updated to current usage of ${used} ` +
        `will exceed the configured upper limit of ${hard}.`,
    });
    this.artifact = artifact;
    this.#usage = usage;
    this.#addedBytes = addedBytes;
  }

  /** The same, told by who knows what was pushed. */
  of(artifact: RefusedArtifact): QuotaExceeded {
    return new QuotaExceeded(this.#usage, this.#addedBytes, artifact);
  }
}

/** `850.0 MiB of 1.0 GiB`. */
export function describeUsage({ hardBytes, usedBytes }: QuotaUsage): string {
  return `${formatBytes(usedBytes)} of ${formatBytes(hardBytes)}`;
}

/** Whole bytes below 1 KiB, else one decimal of the largest unit that gives at least 1. */
function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  let unit = 0;
  let divisor = 1024;
  for (; bytes / divisor >= 1024; divisor *= 1024) unit++;
  return `${oneDecimal(bytes / divisor)} ${UNITS[unit]}iB`;
}

const UNITS = 'KMGTPE';

/** As Go rounds: of two neighbours as near as each other, the even one. */
function oneDecimal(value: number): string {
  const tenths = Math.round(value * 10);
  const isTie = (value * 10) % 1 === 0.5;
  return ((isTie && tenths % 2 === 1 ? tenths - 1 : tenths) / 10).toFixed(1);
}

function badLimit(message: string): AppError {
  return new AppError('BAD_REQUEST', { message });
}
