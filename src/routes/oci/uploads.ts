import type { Context } from 'hono';
import { parseChunkRange } from '#core/byte-range';
import { type Digest, type DigestAlgorithm, isDigestAlgorithm, parseDigest } from '#core/digest';
import { AppError, toEnvelope } from '#core/errors';
import { parseRepositoryName, type RepositoryName } from '#core/reference';
import type { Project } from '#domain/projects/project';
import type { UploadBody } from '#domain/uploads/upload-service';
import type { AppEnv } from '#routes/app-env';
import { repositoryParam } from '#routes/oci/params';

/*
 * An upload belongs to the name under which it was opened, which its `Location` keeps: it goes on when the repository gets
 * another name meanwhile.
 */

/** `POST /v2/<name>/blobs/uploads/`: opens an upload (end-4a), or mounts (end-11) or takes (end-4b) the blob at once. */
export async function startUpload(c: Context<AppEnv>): Promise<Response> {
  const name = repositoryParam(c);
  const algorithm = algorithmQuery(c);
  const { access, quotas, uploads } = c.get('services');
  const { project, repository } = await access.authorizeRepository(c.get('principal'), name, 'push');
  const mounted = await mount(c, repository, project);
  if (mounted) return created(name, mounted);
  if (c.req.query('digest') !== undefined) {
    const digest = digestQuery(c);
    const body = requestBody(c);
    await quotas.requireRoom(project.id, { sizeBytes: body.lengthBytes, digest });
    await uploads.push({ repository, projectId: project.id, digest, body });
    return created(name, digest);
  }
  await quotas.requireRoom(project.id, { sizeBytes: undefined });
  const id = uploads.start(name, algorithm);
  return progress(202, name, id.text, 0);
}

/** `GET /v2/<name>/blobs/uploads/<id>` (end-13). */
export async function uploadStatus(c: Context<AppEnv>): Promise<Response> {
  const name = repositoryParam(c);
  const id = idParam(c);
  const { access, uploads } = c.get('services');
  await access.authorizeRepository(c.get('principal'), name, 'push');
  return progress(204, name, id, await uploads.offset(id, name));
}

/** `PATCH /v2/<name>/blobs/uploads/<id>` (end-5): a chunk, or a stream. */
export async function appendToUpload(c: Context<AppEnv>): Promise<Response> {
  const name = repositoryParam(c);
  const id = idParam(c);
  const body = requestBody(c);
  const { access, quotas, uploads } = c.get('services');
  const { project } = await access.authorizeRepository(c.get('principal'), name, 'push');
  if (body.lengthBytes) await quotas.requireRoom(project.id, { sizeBytes: (body.firstByte ?? 0) + body.lengthBytes });
  const outcome = await uploads.append(id, name, body);
  return progress(outcome.kind === 'stored' ? 202 : 416, name, id, outcome.offsetBytes);
}

/** `PUT /v2/<name>/blobs/uploads/<id>?digest=` (end-6): ends an upload, with a last body or without. */
export async function finishUpload(c: Context<AppEnv>): Promise<Response> {
  const name = repositoryParam(c);
  const id = idParam(c);
  const digest = digestQuery(c);
  const body = requestBody(c);
  const { access, quotas, uploads } = c.get('services');
  const { project, repository } = await access.authorizeRepository(c.get('principal'), name, 'push');
  if (body.lengthBytes) await quotas.requireRoom(project.id, { sizeBytes: body.lengthBytes, digest });
  const outcome = await uploads.finish(id, { repository, openedUnder: name, projectId: project.id, digest, body });
  if (outcome.kind === 'refused') return progress(416, name, id, outcome.offsetBytes);
  return created(name, digest);
}

/** `DELETE /v2/<name>/blobs/uploads/<id>` (end-14). */
export async function cancelUpload(c: Context<AppEnv>): Promise<Response> {
  const name = repositoryParam(c);
  const { access, uploads } = c.get('services');
  await access.authorizeRepository(c.get('principal'), name, 'push');
  await uploads.cancel(idParam(c), name);
  return new Response(null, { status: 204 });
}

/** Links a blob from elsewhere if the query asks for it and the caller may read it there; else an upload is opened. */
async function mount(c: Context<AppEnv>, repository: RepositoryName, project: Project): Promise<Digest | undefined> {
  const digest = parseDigest(c.req.query('mount') ?? '');
  if (!digest) return undefined;
  const { access, blobs } = c.get('services');
  const principal = c.get('principal');
  const fromQuery = c.req.query('from');
  if (fromQuery === undefined) {
    const from = { anyOfProjects: await access.pullableProjects(principal) };
    return (await blobs.mount({ digest, from, projectId: project.id, repository }))?.digest;
  }
  const source = parseRepositoryName(fromQuery);
  const pullable = source.ok ? await access.pullable(principal, source.value) : undefined;
  if (!pullable) return undefined;
  const from = { repository: pullable };
  return (await blobs.mount({ digest, from, projectId: project.id, repository }))?.digest;
}

function idParam(c: Context<AppEnv>): string {
  return c.req.param('upload') ?? '';
}

function digestQuery(c: Context<AppEnv>): Digest {
  const digest = parseDigest(c.req.query('digest') ?? '');
  if (!digest) throw new AppError('DIGEST_INVALID', { message: 'the query needs a digest of a known algorithm' });
  return digest;
}

function algorithmQuery(c: Context<AppEnv>): DigestAlgorithm | undefined {
  const algorithm = c.req.query('digest-algorithm');
  if (algorithm === undefined || isDigestAlgorithm(algorithm)) return algorithm;
  throw new AppError('DIGEST_INVALID', { message: 'the digest algorithm is not supported' });
}

/** The body, as its headers describe it. SIZE_INVALID when they contradict each other. */
function requestBody(c: Context<AppEnv>): UploadBody {
  const contentLength = c.req.header('content-length');
  const contentRange = c.req.header('content-range');
  const lengthBytes = contentLength === undefined ? undefined : Number(contentLength);
  const stream = lengthBytes === 0 ? undefined : (c.req.raw.body ?? undefined);
  if (contentRange === undefined || !stream) return { stream, lengthBytes, firstByte: undefined };
  const range = parseChunkRange(contentRange);
  if (!range) throw new AppError('BLOB_UPLOAD_INVALID', { message: 'the Content-Range is malformed' });
  const rangeBytes = range.last - range.first + 1;
  if (lengthBytes !== undefined && lengthBytes !== rangeBytes) throw new AppError('SIZE_INVALID');
  return { stream, lengthBytes: rangeBytes, firstByte: range.first, isUnsized: lengthBytes === undefined };
}

function created(repository: RepositoryName, digest: Digest): Response {
  const location = `/v2/${repository}/blobs/${digest}`;
  const headers = { location, 'docker-content-digest': digest, 'content-length': '0' };
  return new Response(null, { status: 201, headers });
}

/**
 * Where an upload stands. A 416 says so too, with the error in the body: it tells the client where to go on. `Range` is
 * inclusive, so an empty upload and one of a single byte look the same, as everywhere.
 */
function progress(status: 202 | 204 | 416, repository: RepositoryName, id: string, offsetBytes: number): Response {
  const headers = {
    location: `/v2/${repository}/blobs/uploads/${id}`,
    range: `0-${Math.max(0, offsetBytes - 1)}`,
    'docker-upload-uuid': id,
  };
  if (status === 416) return Response.json(toEnvelope(new AppError('RANGE_INVALID')), { status, headers });
  return new Response(null, { status, headers: status === 202 ? { ...headers, 'content-length': '0' } : headers });
}
