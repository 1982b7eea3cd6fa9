import { type Context, Hono } from 'hono';
import { parseScopes } from '#domain/access/scope';
import type { AppEnv } from '#routes/app-env';
import { TOKEN_SERVICE } from '#routes/middleware/challenge';

/**
 * `GET /service/token`, as Harbor answers it. Other methods are 405: containerd tries POST first and falls back at 405
 * but not at 403.
 */
export function tokenRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>().get('/', getToken);
}

async function getToken(c: Context<AppEnv>): Promise<Response> {
  const service = c.req.query('service') ?? '';
  if (service !== TOKEN_SERVICE) return c.text(`Unable to handle service: ${service.slice(0, 128)}`, 400);
  const scopes = parseScopes(c.req.queries('scope') ?? []);
  const principal = c.get('principal');
  // A login with a wrong password asks for nothing; a pull without a login asks for a scope.
  if (principal.kind === 'anonymous' && scopes.length === 0) return c.body(null, 401);
  const { token, expiresInSeconds, issuedAtMs } = await c.get('services').tokens.issue(principal, scopes);
  c.header('cache-control', 'no-store');
  return c.json({
    token,
    // Harbor leaves it empty; clients read `token` then.
    access_token: '',
    expires_in: expiresInSeconds,
    issued_at: `${new Date(issuedAtMs).toISOString().slice(0, 19)}Z`,
  });
}
