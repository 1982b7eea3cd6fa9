import type { Context } from 'hono';
import type { Digest } from '#core/digest';
import { AppError } from '#core/errors';
import type { AppEnv } from '#routes/app-env';

/** Whether the client holds this content already (RFC 9110 §13.1.2). */
export function isNotModified(c: Context<AppEnv>, digest: Digest): boolean {
  const header = c.req.header('if-none-match');
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${digest}"`);
}

/**
 * The `Range` to go by: none when `If-Range` names another content than this one, which is then served whole (RFC 9110
 * §13.1.5). Only a strong tag can match; a date never does, as blobs have none.
 */
export function rangeHeader(c: Context<AppEnv>, digest: Digest): string | undefined {
  const condition = c.req.header('if-range');
  return condition === undefined || condition.trim() === `"${digest}"` ? c.req.header('range') : undefined;
}

/** An answer whose length is said up front, however its body arrives. */
export function serveBody(
  body: Uint8Array | ReadableStream<Uint8Array>,
  sizeBytes: number,
  init: { readonly status?: number; readonly headers: Record<string, string> },
): Response {
  return new Response(body as BodyInit, {
    ...init,
    headers: { ...init.headers, 'content-length': String(sizeBytes) },
  });
}

/**
 * A request's whole body, which may hold at most `maxBytes`; REQUEST_ENTITY_TOO_LARGE otherwise, and SIZE_INVALID when it
 * breaks off.
 */
export async function boundedBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new AppError('REQUEST_ENTITY_TOO_LARGE', { detail: { maximum: maxBytes } });
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of untilBroken(request.body)) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return concat(chunks, sizeBytes);
}

async function* untilBroken(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  try {
    yield* body ?? [];
  } catch (error) {
    throw new AppError('SIZE_INVALID', { message: 'the body broke off', cause: error });
  }
}

function concat(chunks: readonly Uint8Array[], sizeBytes: number): Uint8Array {
  const [first] = chunks;
  if (first && chunks.length === 1) return first;
  const bytes = new Uint8Array(sizeBytes);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
