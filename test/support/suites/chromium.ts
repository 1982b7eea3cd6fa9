import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { toolPath } from '#test/support/suites/tools';

/** How long a page may take, in milliseconds; a busy machine is slow. */
const PAGE_LIMIT_MS = 30_000;

/** Debian's chromium, without a window. */
export class Chromium {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<Chromium> {
    const browser = await chromium.launch({
      executablePath: toolPath('chromium'),
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    return new Chromium(browser);
  }

  /** A page of somebody with cookies of their own. */
  async open(): Promise<Page> {
    const context: BrowserContext = await this.#browser.newContext();
    context.setDefaultTimeout(PAGE_LIMIT_MS);
    return context.newPage();
  }

  stop(): Promise<void> {
    return this.#browser.close();
  }
}
