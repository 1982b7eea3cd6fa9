import type { Page } from 'playwright-core';
import { expectSame } from '#test/clients/expectations';
import type { Scenario, World } from '#test/logins/scenario';
import { Chromium } from '#test/support/suites/chromium';
import type { Report } from '#test/support/suites/report';
import type { Registry } from '#test/support/suites/roadstead-server';

const NARROW_SCREEN = { width: 390, height: 844 };

/** The page of the API, in a real browser under its Content-Security-Policy: as somebody by password, and by session. */
export const devcenterScenario: Scenario = { name: 'devcenter', tools: ['chromium'], run: tryOperations };

async function tryOperations({ registry }: World, report: Report): Promise<void> {
  const chromium = await Chromium.start();
  try {
    await report.check('the page shows every area, and nothing comes from elsewhere', async () => {
      const page = await chromium.open();
      const complaints = listen(page, registry);
      await openDevcenter(page, registry);
      expectSame('areas', (await page.locator('.opblock-tag').count()) > 10, true);
      expectSame('complaints of the browser', complaints.join('\n'), '');
    });
    await report.check('a narrow screen is wide enough', async () => {
      const page = await chromium.open();
      await page.setViewportSize(NARROW_SCREEN);
      await openDevcenter(page, registry);
      await openOperation(page, 'project', 'listProjects');
      expectSame('width', await page.evaluate('document.documentElement.scrollWidth'), NARROW_SCREEN.width);
    });
    await report.check('nobody may create a project, and who authorizes by password may', async () => {
      const page = await chromium.open();
      await openDevcenter(page, registry);
      await openOperation(page, 'project', 'createProject');
      expectSame('anonymous', await createProject(page, 'devcenter-basic'), '401');
      await authorize(page, registry);
      expectSame('by password', await createProject(page, 'devcenter-basic'), '201');
    });
    await report.check('a session is sent with the CSRF token of the page', async () => {
      const page = await chromium.open();
      await openDevcenter(page, registry);
      expectSame('login', await logIn(page, registry), 200);
      await page.reload();
      await openOperation(page, 'project', 'createProject');
      expectSame('by session', await createProject(page, 'devcenter-session'), '201');
    });
  } finally {
    await chromium.stop();
  }
}

/** What the browser complains of, and what it asks others for, from now on. */
function listen(page: Page, registry: Registry): readonly string[] {
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${registry.url}/`) && !request.url().startsWith('data:'))
      complaints.push(request.url());
  });
  return complaints;
}

async function openDevcenter(page: Page, registry: Registry): Promise<void> {
  await page.goto(`${registry.url}/devcenter-api-2.0`);
  await page.waitForSelector('.opblock-tag');
}

async function openOperation(page: Page, tag: string, operationId: string): Promise<void> {
  await page.click(`h3#operations-tag-${tag}`);
  await page.click(`#operations-${tag}-${operationId} .opblock-summary-control`);
  await page.click(`#operations-${tag}-${operationId} .try-out__btn`);
}

/** The status that the page shows. */
async function createProject(page: Page, name: string): Promise<string> {
  const operation = page.locator('#operations-project-createProject');
  await operation.locator('textarea.body-param__text').fill(JSON.stringify({ project_name: name }));
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await operation.locator('button.execute').click();
  const status = String((await answered).status());
  await operation.locator('.live-responses-table .response-col_status', { hasText: status }).first().waitFor();
  return status;
}

async function authorize(page: Page, { username, password }: Registry): Promise<void> {
  await page.click('.auth-wrapper .authorize');
  await page.fill('#auth-basic-username', username);
  await page.fill('#auth-basic-password', password);
  await page.click('.auth-btn-wrapper .authorize');
  await page.click('.auth-btn-wrapper .btn-done');
}

/** The status of a login as the portal makes it. */
function logIn(page: Page, { username, password }: Registry): Promise<number> {
  return page.evaluate(
    async ([principal, secret]) => {
      const token = (await fetch('/c/log_out')).headers.get('X-Harbor-CSRF-Token') ?? '';
      const body = new URLSearchParams({ principal, password: secret });
      return (await fetch('/c/login', { method: 'POST', headers: { 'X-Harbor-CSRF-Token': token }, body })).status;
    },
    [username, password] as const,
  );
}
