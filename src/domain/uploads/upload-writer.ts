import { AppError } from '#core/errors';
import type { Append, AppendOutcome, AppendPorts } from '#domain/uploads/append';
import { drain } from '#domain/uploads/byte-source';
import { WriterRun } from '#domain/uploads/writer-run';

/** Appends bodies of any length to uploads in any state, one writer at a time. */
export class UploadWriter {
  readonly #deps: AppendPorts;

  constructor(deps: AppendPorts) {
    this.#deps = deps;
  }

  async append(append: Append): Promise<AppendOutcome> {
    const claim = await this.#deps.sessions.claim(append.id.text, append.firstByte);
    if (claim.kind === 'gone') throw new AppError('BLOB_UPLOAD_UNKNOWN');
    if (claim.kind === 'refused') {
      if (append.rest) await drain(append.rest);
      return claim;
    }
    const run = new WriterRun(this.#deps, append, claim);
    try {
      return { kind: 'stored', offsetBytes: await run.write() };
    } catch (error) {
      await run.release();
      throw error;
    }
  }
}
