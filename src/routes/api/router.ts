import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { AppError } from '#core/errors';
import { withoutParameters } from '#core/media-types';
import { isWellFormedJson } from '#core/well-formed';
import { describeProblem } from '#routes/api/problems';
import type { AppEnv } from '#routes/app-env';

/** Largest body of an `/api` request, in bytes: 1 MiB. */
const MAX_BODY_BYTES = 2 ** 20;

/** Of a request with many mistakes, the first ones are told. */
const MAX_PROBLEMS_TOLD = 5;

/** A router of `/api/v2.0` whose inputs are checked against their schemas: 422 names what is wrong, as in Harbor. */
export function createApiRouter(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      // The framework hands over what it has checked, though its types do not say so.
      const input: unknown = 'data' in result ? result.data : undefined;
      const problems = result.error.issues.map((issue) => describeProblem(issue, result.target, input));
      throw new AppError('UNPROCESSABLE_ENTITY', { message: problems.slice(0, MAX_PROBLEMS_TOLD).join('; ') });
    },
  });
}

const limitBody = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw new AppError('REQUEST_ENTITY_TOO_LARGE', { message: 'the body is larger than 1 MiB' });
  },
});

const requireJson: MiddlewareHandler<AppEnv> = async (c, next) => {
  const contentType = c.req.header('content-type');
  if (contentType !== undefined && !/^application\/(?:.+\+)?json$/i.test(withoutParameters(contentType))) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', {
      message: `unsupported media type "${contentType.slice(0, 128)}", only application/json is allowed`,
    });
  }
  await next();
};

/** The framework refuses what is no JSON too, in words of its own; text that cannot be stored it lets through. */
const requireParsable: MiddlewareHandler<AppEnv> = async (c, next) => {
  const body = c.req.header('content-type') === undefined ? undefined : await parseBody(c);
  if (!isWellFormedJson(body)) throw new AppError('BAD_REQUEST', { message: 'the body is not well-formed Unicode' });
  await next();
};

async function parseBody(c: Context<AppEnv>): Promise<unknown> {
  try {
    return await c.req.json();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('BAD_REQUEST', { message: 'the body is not JSON', cause });
  }
}

/** What every operation with a body goes through. */
export const jsonBody: [MiddlewareHandler<AppEnv>, MiddlewareHandler<AppEnv>, MiddlewareHandler<AppEnv>] = [
  requireJson,
  limitBody,
  requireParsable,
];

/** Some clients announce JSON and send nothing, where a body may be left out: then they have left it out. */
export const optionalBody: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (c.req.header('content-length') === '0' || c.req.raw.body === null) {
    const headers = new Headers(c.req.raw.headers);
    headers.delete('content-type');
    c.req.raw = new Request(c.req.raw, { headers });
  }
  await next();
};
