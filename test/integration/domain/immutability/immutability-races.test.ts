import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { D1ArtifactCopyStore } from '#adapters/d1/artifact-copy-store';
import { D1TagStore } from '#adapters/d1/tag-store';
import { DurableRepositoryLocks } from '#adapters/durable/repository-locks';
import { newId } from '#core/ids';
import { parseArtifactName } from '#core/reference';
import { ArtifactCopyService } from '#domain/artifacts/artifact-copy-service';
import { newMutation } from '#domain/events/mutation';
import { NO_RULES, RulesChanged } from '#domain/immutability/judgement';
import type { Repository } from '#domain/repositories/repository';
import { pushTagged } from '#test/support/copies';
import { createHarness } from '#test/support/harness';
import { insertProject, testEnv } from '#test/support/server';

const harness = createHarness();
const { immutability, repositories, projects } = harness.services;
const actor = { username: 'admin', sourceAddress: undefined };
const PROJECT = 'rule-races';
let projectId = 0;
let count = 0;
let name = '';

beforeAll(async () => {
  projectId = await insertProject(harness, PROJECT);
});

beforeEach(async () => {
  name = `${PROJECT}/app${++count}`;
  await testEnv.DB.prepare('delete from immutable_rules where project_id = ?').bind(projectId).run();
});

async function setRule(tag: string, isDisabled = 0): Promise<void> {
  const selectors = {
    repository: { decoration: 'repoMatches', pattern: '**' },
    tag: { decoration: 'matches', pattern: tag },
  };
  await testEnv.DB.prepare(
    `insert into immutable_rules (project_id, selectors, is_disabled, created_at_ms, updated_at_ms) values (?, ?, ?, 0, 0)`,
  )
    .bind(projectId, JSON.stringify(selectors), isDisabled)
    .run();
}

const dropRules = () => testEnv.DB.prepare('delete from immutable_rules where project_id = ?').bind(projectId).run();

function nameOf(text: string) {
  const artifact = parseArtifactName(text);
  if (!artifact) throw new Error(`${text} is no name`);
  return artifact;
}

async function repository(): Promise<Repository> {
  const found = await repositories.find(nameOf(`${name}:v1`).repository);
  if (!found) throw new Error('nothing was pushed');
  return found;
}

const has = async (reference: string) => (await harness.asAdmin('HEAD', `/v2/${name}/manifests/${reference}`)).status;

/** Has the isolate know that there are rules, as it does once a deed has met them. */
async function meetRules(): Promise<void> {
  await immutability.observe(await repository(), { kind: 'delete-repository' }, async (judgement) => {
    if (judgement?.rules === NO_RULES) throw new RulesChanged();
  });
}

/** Deletes the tag v1 as a request does; `between` happens after it was judged, before each of its batches. */
async function deleteTag(between: (batch: number) => Promise<unknown>): Promise<number> {
  const { reference } = nameOf(`${name}:v1`);
  if (reference.kind !== 'tag') throw new Error('no tag');
  const { tag } = reference;
  const row = await repository();
  const store = new D1TagStore({ db: testEnv.DB });
  const audit = { projectId, operation: 'delete', resourceType: 'tag', resource: `${name}:v1`, description: newId() };
  const mutation = newMutation(audit, actor, harness.clock);
  let batches = 0;
  await immutability.observe(row, { kind: 'delete-tag', tag, digest: undefined }, async (judgement) => {
    await between(++batches);
    await store.delete({ repositoryId: row.id, lockToken: Number.MAX_SAFE_INTEGER - 1, tag, judgement, mutation });
  });
  return batches;
}

describe('a rule that comes between the judging of a deed and its batch', () => {
  it('is kept to, be it the first of the project or another', async () => {
    await pushTagged(harness, name, 'v1');
    const first = deleteTag((batch) => (batch === 1 ? setRule('v1') : Promise.resolve()));
    await expect(first).rejects.toMatchObject({ code: 'PRECONDITION' });
    await dropRules();
    await setRule('other');
    await meetRules();
    const second = deleteTag((batch) => (batch === 1 ? setRule('v*') : Promise.resolve()));
    await expect(second).rejects.toMatchObject({ code: 'PRECONDITION' });
    expect(await has('v1')).toBe(200);
  });

  it('costs a deed that it does not forbid one more batch', async () => {
    await pushTagged(harness, name, 'v1');
    await setRule('other');
    await meetRules();
    await expect(deleteTag((batch) => (batch === 1 ? setRule('another') : Promise.resolve()))).resolves.toBe(2);
    expect(await has('v1')).toBe(404);
  });

  it('does not matter while it is disabled', async () => {
    await pushTagged(harness, name, 'v1');
    await setRule('other');
    await meetRules();
    await expect(deleteTag(() => setRule('v1', 1).catch(() => undefined))).resolves.toBe(1);
  });

  it('makes the deed fail when one comes each time, and the client try again', async () => {
    await pushTagged(harness, name, 'v1');
    const deleting = deleteTag((batch) => setRule(`other${batch}`));
    await expect(deleting).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 });
    expect(await has('v1')).toBe(200);
  });
});

describe('a rule that goes between', () => {
  it('does not leave the deed refused', async () => {
    await pushTagged(harness, name, 'v1');
    await setRule('other');
    await meetRules();
    await expect(deleteTag((batch) => (batch === 1 ? dropRules() : Promise.resolve()))).resolves.toBe(2);
  });
});

describe('a copy', () => {
  async function copy(from: string, beforeBatch: () => Promise<unknown>): Promise<void> {
    const { manifests, events } = harness.services;
    const store = new D1ArtifactCopyStore({ db: testEnv.DB });
    const copies = new ArtifactCopyService({
      store: {
        findSource: store.findSource.bind(store),
        copyPart: store.copyPart.bind(store),
        complete: async (completion) => {
          await beforeBatch();
          return store.complete(completion);
        },
      },
      manifests,
      repositories,
      immutability,
      events,
      locks: new DurableRepositoryLocks({ namespace: testEnv.REPOSITORY_LOCK }),
      background: (work) => void work.catch(() => undefined),
      clock: harness.clock,
      maxRowsPerBatch: 5_000,
    });
    const project = await projects.find(PROJECT);
    if (!project) throw new Error('no project');
    const { repository: source, reference } = nameOf(from);
    await copies.copy({ source, reference, project, destination: nameOf(`${name}:any`).repository, actor });
  }

  it('does not bring a tag that its source got meanwhile onto an immutable one', async () => {
    const source = `${PROJECT}/source${count}`;
    const image = await pushTagged(harness, source, 'v1');
    await pushTagged(harness, name, 'fixed');
    await setRule('fixed');
    await meetRules().catch(() => undefined);
    const path = `/api/v2.0/projects/${PROJECT}/repositories/source${count}/artifacts/v1/tags`;
    const tagging = async () => {
      const headers = { authorization: `Basic ${btoa('admin:Harbor12345')}`, 'content-type': 'application/json' };
      await harness.request('POST', path, { headers, body: JSON.stringify({ name: 'fixed' }) });
    };
    await expect(copy(`${source}:v1`, tagging)).rejects.toMatchObject({
      code: 'PRECONDITION',
      message: 'the tag fixed configured as immutable, cannot be updated',
    });
    expect(await has(image.digest)).toBe(404);
  });

  it('judges anew when the rules change under it', async () => {
    const source = `${PROJECT}/source${count}`;
    await pushTagged(harness, source, 'v1');
    await pushTagged(harness, name, 'v1');
    await expect(copy(`${source}:v1`, () => setRule('v1').catch(() => undefined))).rejects.toMatchObject({
      code: 'PRECONDITION',
    });
  });
});
