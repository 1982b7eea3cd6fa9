import { describe, expect, it } from 'vitest';
import { operationOf, problemsOf } from '#test/support/recording/documented-operations';

const MEMBER = {
  id: 1,
  project_id: 1,
  entity_name: 'ada',
  role_name: 'developer',
  role_id: 2,
  entity_id: 3,
  entity_type: 'u',
};

function problems(path: string, answer: { status?: number; body?: unknown; headers?: Record<string, string> }) {
  const { status = 200, body, headers = {} } = answer;
  const operation = operationOf('GET', `http://registry.test/api/v2.0${path}`);
  if (!operation) throw new Error('no operation');
  const response = new Response(null, { status, headers: { 'content-type': 'application/json', ...headers } });
  return problemsOf(operation, response, body === undefined ? '' : JSON.stringify(body));
}

describe('what the recording of answers says of one that', () => {
  const member = '/projects/library/members/1';

  it('fits the document: nothing', () => {
    expect(problems(member, { body: MEMBER })).toEqual([]);
    expect(problems('/projects/library/members', { body: [MEMBER], headers: { 'X-Total-Count': '1' } })).toEqual([]);
  });

  it.each([
    ['has a status of its own', { status: 418, body: MEMBER }],
    ['has another media type', { body: MEMBER, headers: { 'content-type': 'text/plain' } }],
    ['lacks a property', { body: { ...MEMBER, role_id: undefined } }],
    ['has a property of another type', { body: { ...MEMBER, role_id: '2' } }],
    ['has a value that is none of the enumerated', { body: { ...MEMBER, entity_type: 'x' } }],
    ['says more than is documented', { body: { ...MEMBER, secret: 'x' } }],
    ['is no error envelope', { status: 404, body: { error: 'x' } }],
  ])('%s', (_, answer) => {
    expect(problems(member, answer)).not.toEqual([]);
  });

  it('lacks a header of a list, or has one item that does not fit', () => {
    expect(problems('/projects/library/members', { body: [] })).toEqual(['the header X-Total-Count is missing']);
    const headers = { 'X-Total-Count': '2' };
    expect(problems('/projects/library/members', { body: [MEMBER, { ...MEMBER, more: 1 }], headers })).not.toEqual([]);
  });
});

describe('the operation of a request', () => {
  it.each([
    ['/users/current', 'getCurrentUserInfo'],
    ['/users/1', 'getUser'],
    ['/users/1/', 'getUser'],
    ['//users//1', 'getUser'],
    ['/projects/library/repositories/a%252Fb/artifacts', 'listArtifacts'],
    ['/nothing', undefined],
  ])('%s is %s', (path, operationId) => {
    expect(operationOf('GET', `http://registry.test/api/v2.0${path}`)?.operationId).toBe(operationId);
  });
});
