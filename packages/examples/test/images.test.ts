// The page that outlines pictures, built with Vite and opened in Chromium: what its workers have drawn, strip by
// strip, is what one thread computes at once.

import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { build, preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, noChromium, openPage } from '../../publish-check/test/chromium.ts';
import { blur, brightness, edges } from '../images/tasks.ts';

const root = fileURLToPath(new URL('../images/', import.meta.url));
const outDir = fileURLToPath(new URL('../.vitest/images/', import.meta.url));

/** Reads the pixels of a canvas. */
async function pixels(page: Page, id: string): Promise<Buffer> {
  const text = await page.evaluate<string>(`(() => {
    const canvas = document.querySelector('#${id}');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return Array.from({ length: canvas.height }, (_, y) =>
      btoa(String.fromCharCode(...data.subarray(y * canvas.width * 4, (y + 1) * canvas.width * 4)))).join('\\n');
  })()`);
  return Buffer.concat(text.split('\n').map((row) => Buffer.from(row, 'base64')));
}

/** Outlines a picture on this thread, as one strip. */
function outlined(rgba: Buffer, width: number, height: number): Buffer {
  const rows = { width, height, first: 0, last: height };
  const shared = new Uint8Array(new SharedArrayBuffer(rgba.length));
  shared.set(rgba);
  const [one, other] = [0, 1].map(() => new Uint8Array(new SharedArrayBuffer(width * height)));
  brightness.body(shared, one!, rows);
  blur.body(one!, other!, rows);
  edges.body(other!, one!, rows);
  return Buffer.from(rgba.map((_, i) => (i % 4 === 3 ? 255 : one![i >> 2]!)));
}

describe.skipIf(noChromium)(noChromium ? 'in Chromium, which is not installed' : 'in Chromium', () => {
  let browser: Browser;
  let server: PreviewServer;
  beforeAll(async () => {
    await build({ root, logLevel: 'error', build: { outDir, emptyOutDir: true } });
    server = await preview({ root, logLevel: 'error', build: { outDir }, preview: { host: '127.0.0.1', port: 0 } });
    browser = await launchChromium();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('workers outline a picture as one thread would', async () => {
    const page = await openPage(browser, server.resolvedUrls!.local[0]!);
    await page.waitForFunction("document.querySelector('output').value !== ''");
    expect(await page.textContent('output')).toMatch(/^640 × 480 pixels, \d+ workers/);
    const before = await pixels(page, 'before');
    const after = await pixels(page, 'after');
    expect(after.equals(outlined(before, 640, 480))).toBe(true);
    expect(new Set(after).size).toBeGreaterThan(20); // there was something to see
    await page.close();
  }, 240_000);
});
