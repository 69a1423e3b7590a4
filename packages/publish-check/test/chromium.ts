// Chromium, as tests start it: Debian's where it is installed, or the one that CHROMIUM names.
// Without any they are skipped, and say so, unless REQUIRE_CHROMIUM is set.

import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';

const executablePath = process.env['CHROMIUM'] || '/usr/bin/chromium';

/** Tells that there is none, and that tests may do without. */
export const noChromium: boolean = !existsSync(executablePath) && process.env['REQUIRE_CHROMIUM'] === undefined;

/** How long a busy machine may take for a single step, in milliseconds. */
const PATIENCE = 110_000;

/** Starts it. */
export function launchChromium(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  return chromium.launch({ executablePath, args, timeout: PATIENCE });
}

/** Opens a page of its own at an address; those of one context share what the browser has cached. */
export async function openPage(browser: Browser | BrowserContext, address: string): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(address);
  return page;
}
