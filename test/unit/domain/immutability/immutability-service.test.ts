import { expect, it, vi } from 'vitest';
import type { Digest } from '#core/digest';
import { parseTag, repositoryName, type TagName } from '#core/reference';
import { ImmutabilityService } from '#domain/immutability/immutability-service';
import type { ImmutabilityStore } from '#domain/immutability/immutability-store';
import { type Judgement, NO_RULES, RulesChanged, type RulesInForce } from '#domain/immutability/judgement';

const REPOSITORY = { id: 7, projectId: 3 };
const DIGEST = `sha256:${'0'.repeat(64)}` as Digest;

function rules(...tags: readonly string[]): RulesInForce {
  const texts = tags.map((pattern) =>
    JSON.stringify({
      repository: { decoration: 'repoMatches', pattern: 'app' },
      tag: { decoration: 'matches', pattern },
    }),
  );
  return JSON.stringify(texts) as RulesInForce;
}

/** A project with these rules, in whose repository the deed affects these tags. */
function service(inForce: RulesInForce, affected: readonly string[] = [], nameInProject = 'app') {
  const project = { inForce };
  const store = {
    rulesOfProject: vi.fn(async () => project.inForce),
    findRepository: vi.fn(async () => ({ nameInProject, rules: project.inForce })),
    affectedTags: vi.fn(async (_id: number, _deed: unknown, after: string, limit: number) =>
      affected.filter((tag) => tag > after).slice(0, limit),
    ),
  } satisfies ImmutabilityStore;
  const commit = vi.fn(async (judgement: Judgement | undefined) => {
    if (judgement?.rules !== project.inForce) throw new RulesChanged();
    return 'done';
  });
  return { project, store, commit, immutability: new ImmutabilityService({ store, clock: { nowMs: () => 0 } }) };
}

function tag(text: string): TagName {
  const name = parseTag(text);
  if (!name) throw new Error('no tag');
  return name;
}

it('reads nothing for a project that is not known to have rules', async () => {
  const { immutability, store, commit } = service(NO_RULES, ['v1']);
  expect(await immutability.observe(REPOSITORY, { kind: 'delete-repository' }, commit)).toBe('done');
  expect(commit).toHaveBeenCalledExactlyOnceWith({ rules: NO_RULES, movedTags: undefined });
  expect(store.findRepository).not.toHaveBeenCalled();
});

it('does not judge what is about no tag', async () => {
  const { immutability, commit } = service(rules('**'));
  commit.mockResolvedValue('done');
  expect(await immutability.observe(REPOSITORY, { kind: 'push', tags: [], digest: DIGEST }, commit)).toBe('done');
  expect(commit).toHaveBeenCalledExactlyOnceWith(undefined);
});

it('learns from the batch that there are rules, judges, and judges at once the next time', async () => {
  const { immutability, store, commit } = service(rules('v*'), ['latest']);
  expect(await immutability.observe(REPOSITORY, { kind: 'delete-repository' }, commit)).toBe('done');
  expect(commit).toHaveBeenCalledTimes(2);
  expect(await immutability.observe(REPOSITORY, { kind: 'delete-repository' }, commit)).toBe('done');
  expect(commit).toHaveBeenCalledTimes(3);
  expect(store.findRepository).toHaveBeenCalledTimes(2);
});

it('forgets that there were rules when there are none', async () => {
  const { immutability, project, store, commit } = service(rules('v*'), ['v1']);
  await expect(immutability.observe(REPOSITORY, { kind: 'delete-repository' }, commit)).rejects.toMatchObject({
    code: 'PRECONDITION',
  });
  project.inForce = NO_RULES;
  for (let time = 0; time < 3; time++) await immutability.observe(REPOSITORY, { kind: 'delete-repository' }, commit);
  expect(store.findRepository).toHaveBeenCalledTimes(2);
});

it('asks for no tags where no rule is about the repository', async () => {
  const { immutability, store, commit } = service(rules('**'), ['v1'], 'other');
  expect(await immutability.observe(REPOSITORY, { kind: 'delete-repository' }, commit)).toBe('done');
  expect(store.affectedTags).not.toHaveBeenCalled();
});

it('looks at every tag, a page after the other', async () => {
  const many = Array.from({ length: 10_000 }, (_, number) => `t${String(number).padStart(5, '0')}`);
  const { immutability, store, commit } = service(rules('z'), [...many, 'z']);
  await expect(immutability.observe(REPOSITORY, { kind: 'move-repository' }, commit)).rejects.toMatchObject({
    code: 'PRECONDITION',
    message: 'the tag z configured as immutable, its repository cannot be moved',
  });
  expect(store.affectedTags.mock.calls.map(([, , after]) => after)).toEqual(['', 't04999', 't09999']);
  const without = service(rules('z'), many);
  expect(await without.immutability.observe(REPOSITORY, { kind: 'delete-repository' }, without.commit)).toBe('done');
});

it('names the tags that a copy moves, and refuses to move more than a batch can name', async () => {
  const copy = { kind: 'copy', sourceRepositoryId: 1, digests: [DIGEST] } as const;
  const { immutability, commit } = service(rules('v*'), ['a', 'b']);
  await immutability.observe(REPOSITORY, copy, commit);
  expect(commit).toHaveBeenLastCalledWith({ rules: rules('v*'), movedTags: ['a', 'b'] });
  const tooMany = service(
    rules('v*'),
    Array.from({ length: 5_001 }, (_, number) => `t${10_000 + number}`),
  );
  await expect(tooMany.immutability.observe(REPOSITORY, copy, tooMany.commit)).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  });
});

it('judges anew when the rules change under a deed, and gives up when they keep changing', async () => {
  const { immutability, project, commit } = service(rules('v*'), ['latest']);
  await immutability.observe(REPOSITORY, { kind: 'delete-repository' }, commit);
  commit.mockImplementationOnce(async () => {
    project.inForce = rules('latest');
    throw new RulesChanged();
  });
  const deed = { kind: 'delete-tag', tag: tag('latest'), digest: undefined } as const;
  await expect(immutability.observe(REPOSITORY, deed, commit)).rejects.toMatchObject({ code: 'PRECONDITION' });
  project.inForce = rules('v*');
  commit.mockRejectedValue(new RulesChanged());
  await expect(immutability.observe(REPOSITORY, deed, commit)).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    retryAfterSeconds: 1,
  });
});

it('says which tags are immutable, and reads nothing when nobody asks', async () => {
  const { immutability, store } = service(rules('v*'));
  const [app, other] = [repositoryName('project', 'app'), repositoryName('project', 'other')];
  const isImmutable = await immutability.statusOf(3, true);
  expect([isImmutable(app, 'v1'), isImmutable(app, 'x'), isImmutable(other, 'v1')]).toEqual([true, false, false]);
  for (const isWanted of [false, undefined]) expect((await immutability.statusOf(3, isWanted))(app, 'v1')).toBe(false);
  expect(store.rulesOfProject).toHaveBeenCalledTimes(1);
});
