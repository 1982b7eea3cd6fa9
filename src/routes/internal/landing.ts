import type { Context } from 'hono';
import { html } from 'hono/html';
import type { AppEnv } from '#routes/app-env';
import { publicUrl } from '#routes/middleware/public-url';

/** Nothing but this page's own style; no script, no frame, nothing from elsewhere. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  main { max-width: 38rem; margin: 12vh auto; padding: 0 1.5rem; }
  h1 { margin: 0; font-size: 2rem; letter-spacing: -0.02em; }
  pre { padding: 1rem; border-radius: 0.5rem; background: color-mix(in srgb, currentColor 8%, transparent); overflow-x: auto; }
  a { color: inherit; }
`;

/** `GET /`: what this is and how to begin, for whoever opens the registry's address in a browser. */
export function landing(c: Context<AppEnv>): Response | Promise<Response> {
  const { host } = new URL(publicUrl(c));
  c.header('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  c.header('Cache-Control', 'no-store');
  return c.html(html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Roadstead</title>
    <style>${STYLE}</style>
  </head>
  <body>
    <main>
      <h1>Roadstead</h1>
      <p>A container registry. Images, charts and other OCI artifacts live here.</p>
      <pre>docker login ${host}
docker push ${host}/library/app:1.0
docker pull ${host}/library/app:1.0</pre>
      <p><a href="/api/v2.0/health">Health</a> · <a href="/api/v2.0/systeminfo">System information</a> ·
        <a href="/api/v2.0/projects">Public projects</a> · <a href="/devcenter-api-2.0">API</a></p>
    </main>
  </body>
</html>`);
}
