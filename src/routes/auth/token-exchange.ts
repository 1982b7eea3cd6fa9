import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { parseScopes } from '#domain/access/scope';
import type { GrantedAccess } from '#domain/access/token-claims';
import type { AppEnv } from '#routes/app-env';
import { clientAddress } from '#routes/middleware/client-address';
import { projectsOfScopes } from '#routes/middleware/workload-login';

const MAX_BODY_BYTES = 32 * 1_024;
const TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:';

const requestSchema = z.object({
  grant_type: z.literal('urn:ietf:params:oauth:grant-type:token-exchange'),
  subject_token: z.string().min(1),
  subject_token_type: z.enum([`${TOKEN_TYPE}id_token`, `${TOKEN_TYPE}jwt`]),
  requested_token_type: z.enum([`${TOKEN_TYPE}access_token`, `${TOKEN_TYPE}jwt`]).optional(),
  // Nobody acts for anybody else here.
  actor_token: z.never().optional(),
  scope: z.string().default(''),
});

/** The errors of RFC 6749 §5.2 and RFC 8693 §2.2.2. */
type OAuthError = 'invalid_request' | 'invalid_scope' | 'unsupported_grant_type';

/**
 * `POST /service/token-exchange` (RFC 8693): a workload's OIDC token for a registry token with the scopes it names, as
 * the token service would give it to the user `oidc`. Answers in OAuth's own form, errors as well.
 */
export function tokenExchangeRoutes(): Hono<AppEnv> {
  return new Hono<AppEnv>().post('/', bodyLimit({ maxSize: MAX_BODY_BYTES }), exchange);
}

async function exchange(c: Context<AppEnv>): Promise<Response> {
  c.header('cache-control', 'no-store');
  const form = await c.req.parseBody({ all: true });
  const request = requestSchema.safeParse(form);
  if (!request.success) return refuse(c, form['grant_type'] ? errorOf(request.error) : 'invalid_request');
  const { subject_token: token, scope } = request.data;
  const projects = projectsOfScopes([scope]);
  if (projects.length === 0) return refuse(c, 'invalid_scope');
  const { federation, tokens } = c.get('services');
  const principal = await federation.authenticate(token, { projects, sourceAddress: clientAddress(c) });
  if (!principal) return refuse(c, 'invalid_request');
  const issued = await tokens.issue(principal, parseScopes([scope]));
  return c.json({
    access_token: issued.token,
    issued_token_type: `${TOKEN_TYPE}access_token`,
    token_type: 'Bearer',
    expires_in: issued.expiresInSeconds,
    scope: issued.access
      .filter(({ actions }) => actions.length > 0)
      .map(scopeText)
      .join(' '),
  });
}

function errorOf(error: z.ZodError): OAuthError {
  return error.issues.some(({ path }) => path[0] === 'grant_type') ? 'unsupported_grant_type' : 'invalid_request';
}

function refuse(c: Context<AppEnv>, error: OAuthError): Response {
  return c.json({ error }, 400);
}

function scopeText({ type, name, actions }: GrantedAccess): string {
  return `${type}:${name}:${actions.join(',')}`;
}
