import { describe, expect, it } from 'vitest';
import type { Notice } from '#domain/webhooks/webhook-notice';
import { payloadFor } from '#domain/webhooks/webhook-payload';

const facts = { registryHost: 'registry.example:8443', isPublic: true, repositoryCreatedAtMs: undefined };
const notice: Notice = {
  key: 'e1',
  type: 'PUSH_ARTIFACT',
  projectId: 1,
  atMs: 1_700_000_000_999,
  operator: 'ada',
  repository: 'library/app',
  repositoryId: 2,
  artifact: { digest: 'sha256:abc', tag: undefined },
};
const payload = (
  more: Partial<Notice>,
  target: { type: 'http' | 'slack'; payloadFormat?: 'Default' | 'CloudEvents' },
) => payloadFor({ notice: { ...notice, ...more }, facts, policy: { id: 3, projectId: 1 }, target, deliveryId: 'd1' });

describe('a payload', () => {
  it('names an artifact without tag by its digest, and a repository that is gone without its age', () => {
    expect(JSON.parse(payload({}, { type: 'http', payloadFormat: 'Default' }).body)).toEqual({
      type: 'PUSH_ARTIFACT',
      occur_at: 1_700_000_000,
      operator: 'ada',
      event_data: {
        resources: [
          { digest: 'sha256:abc', tag: 'sha256:abc', resource_url: 'registry.example:8443/library/app@sha256:abc' },
        ],
        repository: { name: 'app', namespace: 'library', repo_full_name: 'library/app', repo_type: 'public' },
      },
    });
  });

  it('is Default for a target that was kept without a format', () => {
    expect(payload({}, { type: 'http' })).toEqual(payload({}, { type: 'http', payloadFormat: 'Default' }));
  });

  it('to Slack is one that Slack reads, whatever stands in it', () => {
    const { body, contentType } = payload({ operator: '<!channel> "&" \\' }, { type: 'slack' });
    expect(contentType).toBe('application/json');
    const { blocks } = JSON.parse(body) as { blocks: { text: { text: string } }[] };
    expect(blocks[3]?.text.text).toBe('*operator:* &lt;!channel&gt; "&amp;" \\');
  });

  it('stays small, however much there is to tell', () => {
    const deleted = Array.from({ length: 5_000 }, (_, index) => ({ digest: `sha256:${index}`, tag: `t${index}` }));
    const retention = {
      kind: 'retention-finished' as const,
      id: 'r',
      atMs: 0,
      actor: 'ada',
      projectId: 1,
      repository: 'library/app',
      repositoryId: 2,
      policyId: 3,
      executionId: 4,
      taskId: 5,
      total: 5_000,
      retained: 0,
      deletedCount: 5_000,
      deleted,
    };
    const { repositoryId: _, artifact: __, ...about } = notice;
    const told = { ...about, type: 'TAG_RETENTION' as const, retention };
    const order = { notice: told, facts, policy: { id: 3, projectId: 1 }, deliveryId: 'd1' };
    expect(payloadFor({ ...order, target: { type: 'http' } }).body.length).toBeLessThan(32_000);
    const slack = payloadFor({ ...order, target: { type: 'slack' } });
    const { blocks } = JSON.parse(slack.body) as { blocks: { text: { text: string } }[] };
    expect(Math.max(...blocks.map(({ text }) => text.text.length))).toBeLessThanOrEqual(3_000);
  });
});
