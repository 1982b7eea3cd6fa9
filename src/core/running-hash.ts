import { createHash } from 'node:crypto';
import { SHA256 } from '@stablelib/sha256';
import { SHA512 } from '@stablelib/sha512';
import { type Digest, type DigestAlgorithm, digestFromHex } from '#core/digest';

/** A hash that is fed bytes as they pass. Its digest may be asked for at any time, and more bytes may follow. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  digest(): Digest;
}

/** A running hash whose state outlives the request. */
export interface SaveableHash extends RunningHash {
  save(): SavedHash;
}

/** The state of a {@link SaveableHash}, as JSON. */
export interface SavedHash {
  readonly algorithm: DigestAlgorithm;
  /** The chaining value: 8 words of SHA-256, or the 8 high and then the 8 low words of SHA-512. */
  readonly words: readonly number[];
  /** Bytes that do not fill a block yet, in hex. */
  readonly pendingHex: string;
  readonly hashedBytes: number;
}

/** The platform's own hash, about 1.4 GB/s; its state cannot leave the isolate. */
export function nativeHash(algorithm: DigestAlgorithm): RunningHash {
  const hash = createHash(algorithm);
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => digestFromHex(algorithm, hash.copy().digest('hex')),
  };
}

/** A hash in JavaScript, about 140 MB/s, that starts anew or where `saved` left off. */
export function saveableHash(algorithm: DigestAlgorithm): SaveableHash {
  return algorithm === 'sha256' ? saveableSha256(new SHA256()) : saveableSha512(new SHA512());
}

export function restoreHash(saved: SavedHash): SaveableHash {
  const { words, hashedBytes: bytesHashed } = saved;
  const pending = Buffer.from(saved.pendingHex, 'hex');
  const tail = { buffer: pending, bufferLength: pending.length, bytesHashed };
  return saved.algorithm === 'sha256'
    ? saveableSha256(new SHA256().restoreState({ state: Int32Array.from(words), ...tail }))
    : saveableSha512(
        new SHA512().restoreState({
          stateHi: Int32Array.from(words.slice(0, 8)),
          stateLo: Int32Array.from(words.slice(8)),
          ...tail,
        }),
      );
}

function saveableSha256(hash: SHA256): SaveableHash {
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => finish('sha256', new SHA256().restoreState(hash.saveState())),
    save: () => {
      const { state, ...tail } = hash.saveState();
      return { algorithm: 'sha256', words: [...state], ...savedTail(tail) };
    },
  };
}

function saveableSha512(hash: SHA512): SaveableHash {
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => finish('sha512', new SHA512().restoreState(hash.saveState())),
    save: () => {
      const { stateHi, stateLo, ...tail } = hash.saveState();
      return { algorithm: 'sha512', words: [...stateHi, ...stateLo], ...savedTail(tail) };
    },
  };
}

function savedTail(tail: { buffer: Uint8Array | undefined; bufferLength: number; bytesHashed: number }) {
  const pending = tail.buffer?.subarray(0, tail.bufferLength) ?? new Uint8Array(0);
  return { pendingHex: Buffer.from(pending).toString('hex'), hashedBytes: tail.bytesHashed };
}

function finish(algorithm: DigestAlgorithm, copy: SHA256 | SHA512): Digest {
  return digestFromHex(algorithm, Buffer.from(copy.digest()).toString('hex'));
}
