import type { Clock } from '#core/clock';
import type { RepositoryName } from '#core/reference';
import type { BlobStorage, MultipartStorage } from '#domain/blobs/blob-storage';
import type { UploadBuffers } from '#domain/uploads/buffer-pool';
import type { ObjectAssembler } from '#domain/uploads/object-assembler';
import type { UploadId } from '#domain/uploads/upload-id';
import type { UploadSessions } from '#domain/uploads/upload-sessions';

/** Bytes to append to an upload. */
export interface Append {
  readonly id: UploadId;
  readonly repository: RepositoryName;
  /** What has been read of the body already. */
  readonly head: Uint8Array;
  /** Called once the head has been copied; its memory may then be used for something else. */
  readonly onHeadRead: () => void;
  /** The rest of it, if there is more. */
  readonly rest?: ReadableStream<Uint8Array> | undefined;
  /** Length of the body in bytes, if the client said. */
  readonly lengthBytes?: number | undefined;
  /** Where the client says the body begins; a client that says so is sending chunks. */
  readonly firstByte?: number | undefined;
  /** Whether nothing will follow. */
  readonly isLast: boolean;
}

export type AppendOutcome =
  | { readonly kind: 'stored'; readonly offsetBytes: number }
  | { readonly kind: 'refused'; readonly offsetBytes: number };

/** What appending works with. */
export interface AppendPorts {
  readonly storage: BlobStorage;
  readonly multipart: MultipartStorage;
  readonly sessions: UploadSessions;
  readonly assembler: ObjectAssembler;
  readonly buffers: UploadBuffers;
  readonly clock: Clock;
}
