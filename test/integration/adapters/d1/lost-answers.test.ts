import { describe, expect, it } from 'vitest';
import type { RepositoryName } from '#core/reference';
import { createHarness } from '#test/support/harness';

let isAnswerLost = false;
/** Commits what it is told to, and may then lose the answer of one batch. */
const { services, asAdmin } = createHarness({}, async ({ binding, method }, invoke) => {
  const answer = await invoke();
  if (binding !== 'DB' || method !== 'batch' || !isAnswerLost) return answer;
  isAnswerLost = false;
  throw new Error('D1_ERROR: Network connection lost.');
});
const actor = { username: 'admin', sourceAddress: undefined };

describe('a batch whose answer was lost', () => {
  it('that made or deleted a project has done so once', async () => {
    isAnswerLost = true;
    const project = await services.projects.create(
      { name: 'lost-answer', ownerId: 1, isPublic: true, metadata: {} },
      actor,
    );
    isAnswerLost = true;
    await services.projects.delete(project, actor);
    expect(isAnswerLost).toBe(false);
    expect(await services.projects.find('lost-answer')).toBeUndefined();
  });

  it('that changed a project has done so once', async () => {
    const { projects, projectMetadata } = services;
    const project = await projects.create({ name: 'lost-change', ownerId: 1, isPublic: true, metadata: {} }, actor);
    isAnswerLost = true;
    await projects.update(project, { isPublic: false, metadata: {} }, actor);
    isAnswerLost = true;
    await projectMetadata.add(project, { severity: 'low' }, actor);
    isAnswerLost = true;
    await projectMetadata.delete(project, 'severity', actor);
    expect(isAnswerLost).toBe(false);
    expect(await projectMetadata.list(project)).toEqual({ public: 'false' });
    expect((await projects.find('lost-change'))?.securityVersion).toBe(project.securityVersion + 1);
  });

  it('that renamed a project or moved a repository has done so once', async () => {
    const { projects, repositories, repositoryMoves } = services;
    const project = await projects.create({ name: 'lost-rename', ownerId: 1, isPublic: true, metadata: {} }, actor);
    const init = { body: '{}', headers: { 'content-type': 'application/vnd.example+json' } };
    expect((await asAdmin('PUT', '/v2/lost-rename/app/manifests/latest', init)).status).toBe(201);
    const repository = await repositories.published('lost-rename/app' as RepositoryName);
    isAnswerLost = true;
    await repositoryMoves.move({ source: project, repository, destination: project, name: 'moved', actor });
    isAnswerLost = true;
    await projects.rename(project, 'found-rename', actor);
    expect(isAnswerLost).toBe(false);
    expect((await repositories.published('found-rename/moved' as RepositoryName)).id).toBe(repository.id);
    // Once for the rename, and once for the move.
    expect((await projects.find('found-rename'))?.securityVersion).toBe(project.securityVersion + 2);
  });

  it('that stored or deleted a manifest has done so once', async () => {
    const path = '/v2/library/lost-answer/manifests/latest';
    const init = { body: '{}', headers: { 'content-type': 'application/vnd.example+json' } };
    isAnswerLost = true;
    expect((await asAdmin('PUT', path, init)).status).toBe(201);
    isAnswerLost = true;
    expect((await asAdmin('DELETE', path)).status).toBe(202);
    expect(isAnswerLost).toBe(false);
    expect((await asAdmin('GET', path)).status).toBe(404);
  });
});

describe('a manifest whose repository is deleted meanwhile', () => {
  it('is refused as unknown, not as busy', async () => {
    const { repositories } = services;
    const body = { body: '{}', headers: { 'content-type': 'application/vnd.example+json' } };
    await asAdmin('PUT', '/v2/library/vanishing/manifests/latest', body);
    const find = repositories.ensure.bind(repositories);
    repositories.ensure = async (...args) => {
      const row = await find(...args);
      await repositories.delete(row.name, actor);
      return row;
    };
    const answer = await asAdmin('PUT', '/v2/library/vanishing/manifests/other', body);
    repositories.ensure = find;
    expect(answer.status).toBe(404);
  });
});
