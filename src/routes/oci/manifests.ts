import type { Context } from 'hono';
import { AppError } from '#core/errors';
import { MAX_MANIFEST_BYTES } from '#core/manifest';
import { parseTag, type TagName } from '#core/reference';
import type { StoredManifest } from '#domain/manifests/stored-manifest';
import type { AppEnv } from '#routes/app-env';
import { boundedBody, isNotModified, serveBody } from '#routes/oci/body';
import { referenceParam, repositoryParam } from '#routes/oci/params';

/** Harbor's own replication asks with this agent; its pulls are not counted. */
const INTERNAL_AGENT = 'harbor-registry-client';

/** `HEAD /v2/<name>/manifests/<reference>` (end-3). */
export async function headManifest(c: Context<AppEnv>): Promise<Response> {
  const name = repositoryParam(c);
  const reference = referenceParam(c);
  const { access, manifests } = c.get('services');
  const place = await access.authorizeRepository(c.get('principal'), name, 'pull');
  const { repository } = place;
  const isPusher = await access.canPush(c.get('principal'), place);
  const manifest = await (isPusher
    ? manifests.statForPush(repository, reference)
    : manifests.stat(repository, reference));
  const headers = { ...manifestHeaders(manifest), 'content-length': String(manifest.sizeBytes) };
  return new Response(null, { headers });
}

/** `GET /v2/<name>/manifests/<reference>` (end-3): the bytes as they were pushed. */
export async function getManifest(c: Context<AppEnv>): Promise<Response> {
  const name = repositoryParam(c);
  const reference = referenceParam(c);
  const { access, manifests, pulls } = c.get('services');
  const { repository } = await access.authorizeRepository(c.get('principal'), name, 'pull');
  const manifest = await manifests.stat(repository, reference);
  const headers = manifestHeaders(manifest);
  if (isNotModified(c, manifest.digest)) return new Response(null, { status: 304, headers });
  const bytes = await manifests.read(repository, manifest);
  if (c.req.header('user-agent') !== INTERNAL_AGENT) {
    const { projectId, repositoryId, digest } = manifest;
    const tag = reference.kind === 'tag' ? { tag: reference.tag } : {};
    pulls.record({ repository, projectId, repositoryId, digest, ...tag }, c.get('actor'));
  }
  return serveBody(bytes, bytes.length, { headers });
}

/** `PUT /v2/<name>/manifests/<reference>` (end-7a), with `?tag=` repeated for more tags (end-7b). */
export async function putManifest(c: Context<AppEnv>): Promise<Response> {
  const name = repositoryParam(c);
  const reference = referenceParam(c);
  const { access, manifests } = c.get('services');
  const { project, repository } = await access.authorizeRepository(c.get('principal'), name, 'push');
  const tags = tagParameters(c);
  const contentType = c.req.header('content-type') ?? '';
  const bytes = await boundedBody(c.req.raw, MAX_MANIFEST_BYTES);
  const actor = c.get('actor');
  const pushed = await manifests.put({ project, repository, reference, tags, contentType, bytes, actor });
  const headers = new Headers({
    'content-length': '0',
    'docker-content-digest': pushed.digest,
    location: `/v2/${name}/manifests/${reference.kind === 'tag' ? reference.tag : pushed.digest}`,
  });
  if (pushed.subject) headers.set('oci-subject', pushed.subject);
  for (const tag of tags) headers.append('oci-tag', tag);
  return new Response(null, { status: 201, headers });
}

/** `DELETE /v2/<name>/manifests/<reference>` (end-9): a digest goes with its tags, a tag goes alone. */
export async function deleteManifest(c: Context<AppEnv>): Promise<Response> {
  const name = repositoryParam(c);
  const reference = referenceParam(c);
  const { access, manifests, tags } = c.get('services');
  const { repository } = await access.authorizeRepository(c.get('principal'), name, 'delete');
  if (reference.kind === 'tag') await tags.delete(repository, reference.tag, c.get('actor'));
  else await manifests.delete({ repository, digest: reference.digest, mayBeChild: true, actor: c.get('actor') });
  return new Response(null, { status: 202, headers: { 'content-length': '0' } });
}

function tagParameters(c: Context<AppEnv>): readonly TagName[] {
  return (c.req.queries('tag') ?? []).map((text) => {
    const tag = parseTag(text);
    if (tag) return tag;
    throw new AppError('MANIFEST_INVALID', { message: 'invalid tag', detail: { tag: text.slice(0, 128) } });
  });
}

function manifestHeaders(manifest: StoredManifest): Record<string, string> {
  return {
    'cache-control': 'private, no-cache',
    'content-type': manifest.mediaType,
    'docker-content-digest': manifest.digest,
    etag: `"${manifest.digest}"`,
  };
}
