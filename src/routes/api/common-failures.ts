import type { OpenAPIHono } from '@hono/zod-openapi';
import { FAILURE } from '#routes/api/schemas/common';

type Paths = NonNullable<ReturnType<OpenAPIHono['getOpenAPI31Document']>['paths']>;
type PathItem = NonNullable<Paths[string]>;
type Operation = NonNullable<PathItem['get']>;
type Responses = NonNullable<Operation['responses']>;

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'] as const;

/** Failures in the one envelope, by status: the name of each in the document, and what it means to a client. */
const FAILURES: Readonly<Record<number, { readonly name: string; readonly description: string }>> = {
  400: { name: 'BadRequest', description: 'the request makes no sense' },
  401: { name: 'Unauthorized', description: 'no credentials, or wrong ones' },
  403: { name: 'Forbidden', description: 'not permitted, or a session without the CSRF token of a page' },
  404: { name: 'NotFound', description: 'there is no such thing' },
  405: { name: 'MethodNotAllowed', description: 'it cannot be done to this thing' },
  409: { name: 'Conflict', description: 'it is there already' },
  412: { name: 'PreconditionFailed', description: 'something else must change first' },
  413: { name: 'ContentTooLarge', description: 'the body is larger than 1 MiB' },
  415: { name: 'UnsupportedMediaType', description: 'the body is not application/json' },
  422: { name: 'UnprocessableContent', description: 'the request does not fit its schema' },
  429: { name: 'TooManyRequests', description: 'too many failed logins' },
  500: { name: 'InternalServerError', description: 'a defect; its cause is in the log, by the X-Request-Id' },
  503: { name: 'ServiceUnavailable', description: 'overloaded, or a directory or provider does not answer' },
};

const RETRY_AFTER = {
  'Retry-After': { description: 'seconds', schema: { type: 'integer' as const } },
};

/** `components.responses`. */
export const ERROR_RESPONSES = Object.fromEntries(
  Object.entries(FAILURES).map(([status, { name, description }]) => [
    name,
    {
      description,
      ...(['429', '503'].includes(status) && { headers: RETRY_AFTER }),
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Errors' } } },
    },
  ]),
);

/** What every operation in a project, or in a repository, answers to who asks by a name it had. */
const MOVED = {
  description: 'what the path names has another name now',
  headers: {
    Location: { description: 'the same under the present name', required: true, schema: { type: 'string' as const } },
  },
};

/** Adds to each operation of a path the failures that follow from its form alone, which routes need not name. */
export function withCommonFailures(path: string, item: PathItem): PathItem {
  const inProject = path.startsWith('/projects/{project_name') ? { 308: MOVED } : {};
  const operations = METHODS.flatMap((method) => {
    const operation = item[method];
    return operation ? [[method, describeFailures(method, operation, inProject)] as const] : [];
  });
  return { ...item, ...Object.fromEntries(operations) };
}

function describeFailures(method: (typeof METHODS)[number], operation: Operation, inProject: Responses): Operation {
  const named: Responses = { ...operation.responses, ...inProject };
  const statuses = new Set([...Object.keys(named), ...commonStatuses(method, operation).map(String)]);
  const responses = [...statuses].sort().map((status) => {
    const failure = FAILURES[Number(status)];
    const isOwn = failure === undefined || isSpecial(named[status]);
    if (isOwn) return [status, named[status]] as const;
    // A HEAD has no body to tell of.
    return [status, method === 'head' ? { description: failure.description } : refTo(failure.name)] as const;
  });
  return { ...operation, responses: Object.fromEntries(responses) as Responses };
}

function refTo(name: string) {
  return { $ref: `#/components/responses/${name}` };
}

/** A failure that does not answer in the envelope, or says more than that it is one. */
function isSpecial(response: Responses[string] | undefined): boolean {
  return response !== undefined && (response as { readonly description?: string }).description !== FAILURE;
}

function commonStatuses(method: string, operation: Operation): readonly number[] {
  const parameters = (operation.parameters ?? []) as readonly object[];
  const isOpen = operation.security?.length === 0;
  const isSafe = method === 'get' || method === 'head';
  return [
    // An address that does not parse.
    400,
    500,
    // 403 for what is wrong with the account, not with what it asks.
    ...(isOpen ? [] : [401, 403, 429, 503]),
    ...(isSafe ? [] : [403]),
    ...(parameters.length > 0 ? [422] : []),
    ...(operation.requestBody ? [413, 415, 422] : []),
  ];
}
