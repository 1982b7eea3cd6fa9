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
  if (!request.success) return refuseRequest(c, request.error, form['grant_type'] !== undefined);
  const { subject_token: token, scope } = request.data;
  const projects = projectsOfScopes([scope]);
  if (projects.length === 0)
    return refuse(c, 'invalid_scope', 'scope must name a repository: repository:<name>:<actions>');
  const { federation, tokens } = c.get('services');
  const principal = await federation.authenticate(token, { projects, sourceAddress: clientAddress(c) });
  // Which of its claims did not fit is the project's to know.
  if (!principal) return refuse(c, 'invalid_request', 'the subject token is not trusted by a project of the scope');
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

function refuseRequest(c: Context<AppEnv>, { issues }: z.ZodError, hasGrantType: boolean): Response {
  const names = [...new Set(issues.map(({ path }) => String(path[0])))];
  const isOtherGrant = hasGrantType && names.includes('grant_type');
  return refuse(
    c,
    isOtherGrant ? 'unsupported_grant_type' : 'invalid_request',
    `missing or invalid: ${names.join(', ')}`,
  );
}

function refuse(c: Context<AppEnv>, error: OAuthError, description: string): Response {
  return c.json({ error, error_description: description }, 400);
}

function scopeText({ type, name, actions }: GrantedAccess): string {
  return `${type}:${name}:${actions.join(',')}`;
}
