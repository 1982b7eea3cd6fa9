import type { Context } from 'hono';
import { parseRange } from '#core/byte-range';
import { AppError, toEnvelope } from '#core/errors';
import type { Blob } from '#domain/blobs/blob';
import type { AppEnv } from '#routes/app-env';
import { isNotModified, rangeHeader, serveBody } from '#routes/oci/body';
import { digestParam, repositoryParam } from '#routes/oci/params';

/** Content never changes under its digest; only its reader's rights do, so no shared cache may keep it. */
const CACHE_CONTROL = 'private, max-age=31536000, immutable';

/** `HEAD /v2/<name>/blobs/<digest>` (end-2). */
export async function headBlob(c: Context<AppEnv>): Promise<Response> {
  const name = repositoryParam(c);
  const digest = digestParam(c);
  const { access, blobs } = c.get('services');
  const place = await access.authorizeRepository(c.get('principal'), name, 'pull');
  const { repository } = place;
  const isPusher = await access.canPush(c.get('principal'), place);
  const blob = await (isPusher ? blobs.statForPush(repository, digest) : blobs.stat(repository, digest));
  return new Response(null, { headers: { ...blobHeaders(blob), 'content-length': String(blob.sizeBytes) } });
}

/** `GET /v2/<name>/blobs/<digest>` (end-2), whole or a range of it. */
export async function getBlob(c: Context<AppEnv>): Promise<Response> {
  const name = repositoryParam(c);
  const digest = digestParam(c);
  const { access, blobs } = c.get('services');
  const { repository } = await access.authorizeRepository(c.get('principal'), name, 'pull');
  const blob = await blobs.stat(repository, digest);
  const headers = blobHeaders(blob);
  if (isNotModified(c, digest)) return new Response(null, { status: 304, headers });
  const request = parseRange(rangeHeader(c, digest), blob.sizeBytes);
  if (request.kind === 'unsatisfiable') return rangeNotSatisfiable(blob);
  const range = request.kind === 'part' ? request.range : undefined;
  const body = await blobs.read(repository, blob, range);
  if (!range) return serveBody(body, blob.sizeBytes, { headers });
  const contentRange = `bytes ${range.first}-${range.last}/${blob.sizeBytes}`;
  const partHeaders = { ...headers, 'content-range': contentRange };
  return serveBody(body, range.last - range.first + 1, { status: 206, headers: partHeaders });
}

/** `DELETE /v2/<name>/blobs/<digest>` (end-10): removes the repository's link. */
export async function deleteBlob(c: Context<AppEnv>): Promise<Response> {
  const name = repositoryParam(c);
  const digest = digestParam(c);
  const { access, blobs } = c.get('services');
  const { repository } = await access.authorizeRepository(c.get('principal'), name, 'delete');
  await blobs.unlink(repository, digest);
  return new Response(null, { status: 202, headers: { 'content-length': '0' } });
}

/** Says how long the blob is, as a 416 must (RFC 9110 §15.5.17). */
function rangeNotSatisfiable({ sizeBytes }: Blob): Response {
  const error = new AppError('RANGE_INVALID', { detail: { size: sizeBytes } });
  return Response.json(toEnvelope(error), {
    status: error.status,
    headers: { 'content-range': `bytes */${sizeBytes}` },
  });
}

/** The type is octet-stream always: any other may be compressed on the way and lose its length. */
function blobHeaders(blob: Blob): Record<string, string> {
  return {
    'accept-ranges': 'bytes',
    'cache-control': CACHE_CONTROL,
    'content-type': 'application/octet-stream',
    'docker-content-digest': blob.digest,
    etag: `"${blob.digest}"`,
  };
}
