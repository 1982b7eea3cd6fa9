import { beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS, type Place } from '#test/api/operation-fixture';
import { createHarness } from '#test/support/harness';
import { asAdmin, errorOf, insertProject } from '#test/support/server';

const harness = createHarness();
/** A name that looks like an id, and is none. */
const PROJECT = '20061102';
let place: Place;

beforeAll(async () => {
  place = { project: PROJECT, projectId: await insertProject(harness, PROJECT), robotId: 0 };
});

const operationsWith = (parameter: string, methods: readonly string[]) =>
  Object.entries(OPERATIONS).filter(
    ([key]) => key.includes(`/:${parameter}`) && methods.includes(key.split(' ')[0] ?? ''),
  );

describe.each(operationsWith('project_name_or_id', ['GET', 'HEAD']))('%s', (key, operation) => {
  const method = key.split(' ')[0] ?? '';
  const ask = (isName?: string) => {
    const headers = { ...asAdmin, ...(isName !== undefined && { 'x-is-resource-name': isName }) };
    return harness.request(method, operation.path(place), { headers });
  };

  it('takes a number for an id unless it is said to be a name', async () => {
    expect((await ask('true')).status).toBe(operation.granted);
    for (const isName of [undefined, 'false', '0']) expect((await ask(isName)).status).toBe(404);
    const byId = operation.path({ ...place, project: String(place.projectId) });
    expect((await harness.request(method, byId, { headers: asAdmin })).status).toBe(operation.granted);
    expect((await ask('perhaps')).status).toBe(422);
  });
});

describe.each(operationsWith('repository_name', ['GET', 'PUT', 'DELETE']))('%s', (key, operation) => {
  const method = key.split(' ')[0] ?? '';
  const ask = (repository: string) => {
    const path = operation.path(place).replace('/repositories/absent', `/repositories/${repository}`);
    return harness.request(method, path, { headers: asAdmin });
  };

  it('takes the name of a repository encoded twice, or once where there is no doubt', async () => {
    const plain = (await ask('nowhere')).status;
    for (const name of ['no%252Fwhere%252Fat', 'no%2Fwhere%2Fat']) {
      const response = await ask(name);
      expect([name, response.status]).toEqual([name, plain]);
      if (plain === 404) expect((await errorOf(response)).message).not.toBe('path not found');
    }
    // A path with a slash of its own is another path.
    expect((await ask('no/where/at')).status).toBeGreaterThanOrEqual(404);
  });

  it.each(['Upper', 'a%252F%252Fb', '%252E%252E%252Fb', 'a%2520b', '%25zz'])('refuses the name %s', async (name) => {
    expect([(await ask(name)).status, method]).toEqual([400, method]);
  });
});
