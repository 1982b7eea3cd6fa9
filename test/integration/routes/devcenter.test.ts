import { describe, expect, it } from 'vitest';
import { createServer } from '#test/support/server';

const server = createServer();

describe('GET /devcenter-api-2.0', () => {
  it('is a page that runs no script but those of this site, and loads nothing from elsewhere', async () => {
    const page = await server.request('/devcenter-api-2.0');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    const text = await page.text();
    expect(text).not.toMatch(/<script>|(?:src|href)="(?:https?:)?\/\//);
  });

  it('brings every file it names', async () => {
    const text = await (await server.request('/devcenter-api-2.0')).text();
    const paths = [...text.matchAll(/(?:src|href)="(\/devcenter[^"]+)"/g)].map(([, path = '']) => path);
    expect(paths).toHaveLength(4);
    for (const path of paths) {
      const file = await server.request(path);
      expect([path, file.status, file.headers.get('x-content-type-options')]).toEqual([path, 200, 'nosniff']);
      expect(file.headers.get('content-type')).toMatch(path.endsWith('.css') ? /^text\/css/ : /^text\/javascript/);
      expect((await file.text()).length).toBeGreaterThan(100);
    }
  });

  it.each(['index.html', 'swagger-ui-bundle.js.map', 'package.json', '..%2fpackage.json'])(
    'serves nothing else of the package, such as %s',
    async (file) => {
      expect((await server.request(`/devcenter-api-2.0/${file}`)).status).toBe(404);
      expect((await server.request(`/${file}`)).status).toBe(404);
    },
  );
});
