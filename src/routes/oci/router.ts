import { type Context, Hono } from 'hono';
import { AppError } from '#core/errors';
import type { AppEnv } from '#routes/app-env';
import { deleteBlob, getBlob, headBlob } from '#routes/oci/blobs';
import { listCatalog, listReferrers, listTags } from '#routes/oci/listings';
import { deleteManifest, getManifest, headManifest, putManifest } from '#routes/oci/manifests';
import { underPresentName } from '#routes/oci/present-name';
import { appendToUpload, cancelUpload, finishUpload, startUpload, uploadStatus } from '#routes/oci/uploads';

const pullBlob = underPresentName(getBlob);
const lookAtManifest = underPresentName(headManifest);
const pullManifest = underPresentName(getManifest);

/** Any text, even one that is no name: a line feed in it must be answered like any other wrong character. */
const NAME = ':name{[\\s\\S]+}';

/**
 * `/v2`: the OCI distribution-spec v1.1.1, with the additions of its main branch.
 *
 * A repository name may hold slashes and segments called `blobs`, `manifests` or `uploads`, so every pattern is told
 * apart by how the path ends. HEAD requests reach the handlers of GET, which tell them apart where it matters.
 */
export function ociRoutes(): Hono<AppEnv> {
  const v2 = new Hono<AppEnv>();

  v2.get('/v2', ping);
  v2.get('/v2/_catalog', listCatalog);

  v2.get(`/v2/${NAME}/tags/list`, underPresentName(listTags));
  v2.get(`/v2/${NAME}/referrers/:digest`, listReferrers);

  v2.get(`/v2/${NAME}/blobs/:digest`, (c) => (c.req.method === 'HEAD' ? headBlob(c) : pullBlob(c)));
  v2.delete(`/v2/${NAME}/blobs/:digest`, underPresentName(deleteBlob));

  v2.get(`/v2/${NAME}/manifests/:reference`, (c) => (c.req.method === 'HEAD' ? lookAtManifest(c) : pullManifest(c)));
  v2.put(`/v2/${NAME}/manifests/:reference`, underPresentName(putManifest));
  v2.delete(`/v2/${NAME}/manifests/:reference`, underPresentName(deleteManifest));

  v2.post(`/v2/${NAME}/blobs/uploads/`, underPresentName(startUpload));
  v2.post(`/v2/${NAME}/blobs/uploads`, underPresentName(startUpload));
  v2.get(`/v2/${NAME}/blobs/uploads/:upload`, uploadStatus);
  v2.patch(`/v2/${NAME}/blobs/uploads/:upload`, appendToUpload);
  v2.put(`/v2/${NAME}/blobs/uploads/:upload`, underPresentName(finishUpload));
  v2.delete(`/v2/${NAME}/blobs/uploads/:upload`, cancelUpload);

  for (const path of KNOWN_PATHS) {
    v2.all(path, () => {
      throw new AppError('UNSUPPORTED');
    });
  }
  return v2;
}

/** `GET /v2/` (end-1): whether the registry is here and the caller known. */
function ping(c: Context<AppEnv>): Response {
  c.get('services').access.authorizePing(c.get('principal'));
  return c.json({});
}

/** Paths that exist for some method; any other method is 405. */
const KNOWN_PATHS = [
  '/v2',
  '/v2/_catalog',
  `/v2/${NAME}/tags/list`,
  `/v2/${NAME}/referrers/:digest`,
  `/v2/${NAME}/blobs/uploads/:upload?`,
  `/v2/${NAME}/blobs/:digest`,
  `/v2/${NAME}/manifests/:reference`,
];
