// The published files in a browser, without a bundler: served as they are installed, found
// through an import map. On a cross-origin isolated page, and on one that is not.

import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchProject, type ScratchProject } from './tarballs.ts';

const executablePath = process.env['CHROMIUM'] || '/usr/bin/chromium';
const missing = !existsSync(executablePath) && process.env['REQUIRE_CHROMIUM'] === undefined;

const IMPORT_MAP = JSON.stringify({
  imports: {
    '@concurrency-lab/atomics': '/node_modules/@concurrency-lab/atomics/dist/index.js',
    '@concurrency-lab/mini-exec': '/node_modules/@concurrency-lab/mini-exec/dist/index.js',
    '@concurrency-lab/mini-exec/time': '/node_modules/@concurrency-lab/mini-exec/dist/time.js',
  },
});
const PAGE = `<!doctype html><script type="importmap">${IMPORT_MAP}</script>`;
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Serves the scratch project: every page under /isolated is cross-origin isolated. */
function serve(directory: string): Server {
  return createServer(({ url }, response) => {
    if (url!.endsWith('.js')) {
      const headers = { 'Content-Type': 'text/javascript', ...ISOLATION };
      response.writeHead(200, headers).end(readFileSync(join(directory, url!)));
    } else {
      const isolation = url === '/isolated' ? ISOLATION : {};
      response.writeHead(200, { 'Content-Type': 'text/html', ...isolation }).end(PAGE);
    }
  });
}

describe.skipIf(missing)(missing ? 'in Chromium, which is not installed' : 'in Chromium', () => {
  let project: ScratchProject;
  let server: Server;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    project = await scratchProject();
    server = serve(project.directory).listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
    browser = await chromium.launch({ executablePath, args });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
    project?.[Symbol.dispose]();
  });

  /** Runs a program, the body of an async function, on a page. */
  async function evaluate(path: string, program: string): Promise<unknown> {
    const page = await browser.newPage();
    try {
      await page.goto(origin + path);
      return await page.evaluate(`(async () => { ${program} })()`);
    } finally {
      await page.close();
    }
  }

  it('the installed files work on an isolated page', async () => {
    const result = await evaluate(
      '/isolated',
      `const { CancelToken, canBlock, parkAsync } = await import('@concurrency-lab/atomics');
       const { Executor } = await import('@concurrency-lab/mini-exec');
       const { sleep } = await import('@concurrency-lab/mini-exec/time');
       const token = CancelToken.create();
       const executor = new Executor();
       executor.spawn(function* () { yield* sleep(5); token.cancel(); });
       return [crossOriginIsolated, canBlock(), await token.waitAsync({ timeout: 20_000 }), executor.liveTasks];`,
    );
    expect(result).toEqual([true, false, true, 0]);
  });

  it('a page that is not isolated gets an error that names the headers', async () => {
    const result = await evaluate(
      '/plain',
      `const { CancelToken, canBlock } = await import('@concurrency-lab/atomics');
       try { CancelToken.create(); return 'no error'; }
       catch (error) { return [typeof SharedArrayBuffer, canBlock(), error.name, error.message]; }`,
    );
    expect(result).toEqual([
      'undefined',
      false,
      'UnsupportedPlatformError',
      expect.stringContaining('Cross-Origin-Opener-Policy: same-origin'),
    ]);
  });

  it('tasks that need no shared memory run on any page', async () => {
    const result = await evaluate(
      '/plain',
      `const { blockOn, yieldNow } = await import('@concurrency-lab/mini-exec');
       return blockOn(function* () { yield* yieldNow(); return 'done'; });`,
    );
    expect(result).toBe('done');
  });
});
