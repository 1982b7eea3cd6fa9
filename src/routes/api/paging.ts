import type { Context } from 'hono';
import { type ApiPage, pageLinks } from '#core/api-query';
import { mergeSlashes } from '#core/request-path';
import type { AppEnv } from '#routes/app-env';

/** Sets `X-Total-Count` and `Link` of a list. */
export function setListHeaders(c: Context<AppEnv>, page: ApiPage, total: number): void {
  const { pathname, searchParams } = new URL(c.req.url);
  const links = pageLinks(mergeSlashes(pathname), searchParams, page, total);
  c.header('X-Total-Count', String(total));
  if (links) c.header('Link', links);
}
