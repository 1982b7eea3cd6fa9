import { describe, expect, it } from 'vitest';
import type { AuditStore } from '#domain/audit/audit-store';
import { FailureRecorder } from '#domain/audit/failure-recorder';
import type { Mutation } from '#domain/events/mutation';

const LOGIN = { operation: 'login', resourceType: 'user', resource: 'ada', description: 'login' };
const ACTOR = { username: 'ada', sourceAddress: '192.0.2.1' };

function createRecorder(append: (mutation: Mutation) => Promise<void> = async () => undefined) {
  const written: Mutation[] = [];
  const background: Promise<unknown>[] = [];
  const clock = { atMs: 0, nowMs: () => clock.atMs };
  const entries = {
    append: (mutation: Mutation) => {
      written.push(mutation);
      return append(mutation);
    },
  } as Partial<AuditStore> as AuditStore;
  const projects = { find: async (name: string | number) => (name === 'team' ? ({ id: 7 } as never) : undefined) };
  const recorder = new FailureRecorder({ entries, projects, background: (work) => background.push(work), clock });
  return { recorder, written, clock, settled: () => Promise.all(background) };
}

describe('a failure', () => {
  it('is written as one, with who and from where', async () => {
    const { recorder, written, settled } = createRecorder();
    recorder.record(LOGIN, ACTOR);
    await settled();
    expect(written).toMatchObject([
      { actor: ACTOR, audit: { ...LOGIN, projectId: undefined }, isFailure: true, events: [] },
    ]);
  });

  it('belongs to the project it is about, if there is one', async () => {
    const { recorder, written, settled } = createRecorder();
    for (const project of ['team', 'absent']) recorder.record({ ...LOGIN, project }, ACTOR);
    await settled();
    expect(written.map(({ audit }) => audit.projectId)).toEqual([7, undefined]);
    expect(written[0]?.audit).not.toHaveProperty('project');
  });

  it('has a name of no more than 255 characters', async () => {
    const { recorder, written, settled } = createRecorder();
    const long = 'x'.repeat(10_000);
    recorder.record({ ...LOGIN, resource: long }, { ...ACTOR, username: long });
    await settled();
    const expected = `${'x'.repeat(252)}...`;
    expect([written[0]?.actor.username, written[0]?.audit.resource]).toEqual([expected, expected]);
  });

  it('is no more written when there were 60 in this minute', async () => {
    const { recorder, written, clock, settled } = createRecorder();
    for (let attempt = 0; attempt < 100; attempt++) recorder.record(LOGIN, ACTOR);
    clock.atMs = 59_999;
    recorder.record(LOGIN, ACTOR);
    await settled();
    expect(written).toHaveLength(60);
    clock.atMs = 60_000;
    recorder.record(LOGIN, ACTOR);
    await settled();
    expect(written).toHaveLength(61);
  });

  it('is lost when it cannot be written, and breaks nothing', async () => {
    const { recorder, settled } = createRecorder(() => Promise.reject(new Error('no database')));
    recorder.record(LOGIN, ACTOR);
    await expect(settled()).resolves.toEqual([undefined]);
  });
});
