import { Hono } from 'hono';
import type { AppEnv } from '#routes/app-env';
import { DEVCENTER_PAGE } from '#routes/devcenter/page';
import { DEVCENTER_SCRIPT } from '#routes/devcenter/script';
import { DEVCENTER_STYLE } from '#routes/devcenter/style';

/**
 * Everything comes from this site, and no script stands in the page. Swagger UI draws its icons from `data:` addresses
 * and sets styles on elements.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What is served of the package `swagger-ui-dist`, and as what. */
const SWAGGER_UI_FILES: Readonly<Record<string, string>> = {
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
};

const ONE_HOUR = { 'Cache-Control': 'public, max-age=3600', 'X-Content-Type-Options': 'nosniff' };

/** `/devcenter-api-2.0`, Harbor's address for it: the API's document to read and to try out. */
export function devcenterRoutes(): Hono<AppEnv> {
  const routes = new Hono<AppEnv>({ strict: false });

  routes.get('/', (c) =>
    c.html(DEVCENTER_PAGE, 200, {
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    }),
  );

  routes.get('/devcenter.js', (c) =>
    c.body(DEVCENTER_SCRIPT, 200, { ...ONE_HOUR, 'Content-Type': 'text/javascript; charset=utf-8' }),
  );

  routes.get('/devcenter.css', (c) =>
    c.body(DEVCENTER_STYLE, 200, { ...ONE_HOUR, 'Content-Type': 'text/css; charset=utf-8' }),
  );

  for (const [file, type] of Object.entries(SWAGGER_UI_FILES)) {
    routes.get(`/${file}`, async (c) => {
      const asset = await c.env.ASSETS.fetch(new URL(`/${file}`, c.req.url));
      return new Response(asset.body, { status: asset.status, headers: { ...ONE_HOUR, 'Content-Type': type } });
    });
  }

  return routes;
}
