import { dereference, type Schema, validate } from '@cfworker/json-schema';
import { routingPath } from '#core/request-path';
import { describeApi } from '#routes/api/openapi';
import { createApp } from '#src/app';
import { closed } from '#test/support/recording/closed-schema';
import type { OperationOutline } from '#test/support/recording/recording';

const BASE_PATH = '/api/v2.0';
const MAX_PROBLEMS = 5;

type Json = Readonly<Record<string, unknown>>;

interface RawOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, object>>;
}

interface DocumentedResponse {
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

/** One operation of the served document. */
interface DocumentedOperation extends OperationOutline {
  readonly pattern: RegExp;
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
}

/** The document of the app, as it is served, but without room for what it does not name. */
const document = closed(JSON.parse(JSON.stringify(describeApi(createApp()))) as Json);

/** By which `validate` finds what a `$ref` names. */
const addresses = dereference(document as Schema);

/** More specific paths first: `/users/current` before `/users/{user_id}`. */
const operations: readonly DocumentedOperation[] = Object.entries(document['paths'] as Json)
  .sort(([a], [b]) => specificity(b).localeCompare(specificity(a), 'en'))
  .flatMap(([path, item]) =>
    Object.entries(item as Readonly<Record<string, RawOperation>>).map(
      ([
        method,
        {
          operationId,
          tags: [tag = ''],
          security,
          responses,
        },
      ]) => ({
        operationId,
        method: method.toUpperCase(),
        path,
        tag,
        isOpen: security?.length === 0,
        pattern: new RegExp(`^${BASE_PATH}${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`),
        responses: Object.fromEntries(
          Object.entries(responses).map(([status, response]) => [status, resolve(response) as DocumentedResponse]),
        ),
      }),
    ),
  );

/** Of each operation what the compatibility report needs. */
export const outlines: readonly OperationOutline[] = operations.map(({ operationId, method, path, tag, isOpen }) => {
  return { operationId, method, path, tag, isOpen };
});

/** The operation a request is of; undefined for paths outside the document. */
export function operationOf(method: string, url: string): DocumentedOperation | undefined {
  const path = routingPath(new URL(url).pathname);
  return operations.find((operation) => operation.method === method && operation.pattern.test(path));
}

/** What the document does not say of an answer: nothing when the document is true. */
export function problemsOf(operation: DocumentedOperation, response: Response, text: string): readonly string[] {
  const documented = operation.responses[response.status];
  if (!documented) return [`the status ${response.status} is not in the document`];
  const missing = Object.entries(documented.headers ?? {})
    .filter(([name, { required }]) => required && !response.headers.has(name))
    .map(([name]) => `the header ${name} is missing`);
  // What HEAD would have answered is not sent.
  return operation.method === 'HEAD' ? missing : [...missing, ...bodyProblems(documented, response, text)];
}

function bodyProblems(answer: DocumentedResponse, response: Response, text: string): readonly string[] {
  const { content } = answer;
  if (!content) return text === '' ? [] : ['the document knows no body'];
  const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
  const documented = content[type];
  if (!documented) return [`the content type ${type || '(none)'} is not in the document`];
  const body: unknown = type === 'application/json' ? JSON.parse(text) : text;
  const { valid, errors } = validate(body, documented.schema, '2020-12', addresses, false);
  if (valid) return [];
  return errors.slice(-MAX_PROBLEMS).map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}

function resolve(response: object): object {
  if (!('$ref' in response)) return response;
  return String(response.$ref)
    .slice(2)
    .split('/')
    .reduce<unknown>((node, key) => (node as Json)[key], document) as object;
}

/** Sorts literal segments after parameters, segment by segment. */
function specificity(path: string): string {
  return path
    .split('/')
    .map((segment) => (segment.startsWith('{') ? 'a' : 'b'))
    .join('');
}
