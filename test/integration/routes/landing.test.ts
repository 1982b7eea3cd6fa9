import { describe, expect, it } from 'vitest';
import { createHarness } from '#test/support/harness';

const harness = createHarness();

describe('GET /', () => {
  it('tells whoever opens the address how to begin, and loads nothing from elsewhere', async () => {
    const page = await harness.request('GET', '/');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const text = await page.text();
    expect(text).toContain('docker login registry.test');
    expect(text).not.toMatch(/(?:src|href)="https?:/);
  });

  it('is also where a logout lands', async () => {
    const page = await harness.request('GET', '/account/sign-in');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
  });

  it.each(['/v1', '/v1/search', '/service/notifications', '/nothing'])('leaves %s unknown', async (path) => {
    const answer = await harness.request('GET', path);
    expect(answer.status).toBe(404);
    expect(((await answer.json()) as { errors: { code: string }[] }).errors[0]?.code).toBe('NOT_FOUND');
  });
});
