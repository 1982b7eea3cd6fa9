import type { Context } from 'hono';
import { MEDIA_TYPES } from '#core/media-types';
import { MAX_LISTING_PAGE, nextLink, parseListingPage } from '#core/pagination';
import type { AppEnv } from '#routes/app-env';
import { digestParam, repositoryParam } from '#routes/oci/params';

/** `GET /v2/<name>/tags/list?n=&last=` (end-8). */
export async function listTags(c: Context<AppEnv>): Promise<Response> {
  const name = repositoryParam(c);
  const page = parseListingPage(c.req.query('n'), c.req.query('last'));
  const { access, tags: service } = c.get('services');
  const { repository } = await access.authorizeRepository(c.get('principal'), name, 'pull');
  const { tags, hasMore } = await service.list(repository, page);
  if (hasMore) linkNext(c, { n: String(page.limit), last: tags.at(-1) ?? '' });
  return c.json({ name: repository, tags });
}

/** `GET /v2/_catalog?n=&last=`: not in the OCI specification, but in every client. */
export async function listCatalog(c: Context<AppEnv>): Promise<Response> {
  const page = parseListingPage(c.req.query('n'), c.req.query('last'));
  const { access, catalog } = c.get('services');
  access.authorizeCatalog(c.get('principal'));
  const { repositories, hasMore } = await catalog.list(page);
  if (hasMore) linkNext(c, { n: String(page.limit), last: repositories.at(-1) ?? '' });
  return c.json({ repositories });
}

/** `GET /v2/<name>/referrers/<digest>?artifactType=` (end-12): an index, empty when there is nothing to say. */
export async function listReferrers(c: Context<AppEnv>): Promise<Response> {
  const name = repositoryParam(c);
  const subject = digestParam(c);
  const artifactType = c.req.query('artifactType') || undefined;
  const { limit, last } = parseListingPage(c.req.query('n') ?? String(MAX_LISTING_PAGE), c.req.query('last'));
  const { access, referrers: service } = c.get('services');
  const { repository } = await access.authorizeRepository(c.get('principal'), name, 'pull');
  const { referrers, hasMore } = await service.list(repository, subject, { limit, last, artifactType });
  const filter = artifactType === undefined ? {} : { artifactType };
  if (hasMore && referrers.length > 0)
    linkNext(c, { n: String(limit), last: referrers.at(-1)?.digest ?? '', ...filter });
  if (artifactType !== undefined) c.header('OCI-Filters-Applied', 'artifactType');
  const index = { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests: referrers };
  return c.body(JSON.stringify(index), 200, { 'content-type': MEDIA_TYPES.ociIndex });
}

function linkNext(c: Context<AppEnv>, query: Readonly<Record<string, string>>): void {
  c.header('Link', nextLink(new URL(c.req.url).pathname, query));
}
