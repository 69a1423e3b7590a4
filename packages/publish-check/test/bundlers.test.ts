// A program with a runtime, bundled by what people bundle with, and run in a browser: the worker's
// entry is found by the bundler's convention, and the tasks by their names, since a module's URL is
// another one in each bundle.

import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as esbuild } from 'esbuild';
import type { Browser } from 'playwright';
import { build as vite } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webpack } from 'webpack';
import { launchChromium, noChromium, openPage } from './chromium.ts';

const root = fileURLToPath(new URL('../bundled/', import.meta.url));
const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Builds the program into a directory, as `main.js` and whatever else it needs. */
const bundlers: Record<string, (directory: string) => Promise<unknown>> = {
  async Vite(directory) {
    await vite({
      root,
      base: './',
      logLevel: 'error',
      configFile: false,
      worker: { format: 'es' },
      build: {
        outDir: directory,
        emptyOutDir: true,
        rollupOptions: { input: join(root, 'main.js'), output: { entryFileNames: 'main.js' } },
      },
    });
  },
  async webpack(directory) {
    const stats = await new Promise<{ hasErrors(): boolean; toString(): string }>((resolve, reject) => {
      webpack(
        {
          mode: 'production',
          context: root,
          entry: './main.js',
          output: { path: directory, filename: 'main.js', module: true, publicPath: 'auto' },
          experiments: { outputModule: true },
        },
        (error, result) => (result === undefined ? reject(error) : resolve(result)),
      );
    });
    if (stats.hasErrors()) throw new Error(stats.toString());
  },
  async esbuild(directory) {
    // esbuild has no convention for workers: their entry is one more entry.
    await esbuild({
      entryPoints: [join(root, 'main.js'), join(root, 'worker.js')],
      outdir: directory,
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
    });
  },
};

function serve(directory: string): Server {
  return createServer(({ url }, response) => {
    const file = join(directory, url!);
    if (extname(file) === '.js' && existsSync(file)) {
      response.writeHead(200, { 'Content-Type': 'text/javascript', ...HEADERS }).end(readFileSync(file));
    } else {
      const page = '<!doctype html><script type="module" src="/main.js"></script>';
      response.writeHead(200, { 'Content-Type': 'text/html', ...HEADERS }).end(page);
    }
  });
}

describe.skipIf(noChromium)(noChromium ? 'in Chromium, which is not installed' : 'in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  }, 240_000);
  afterAll(() => browser?.close());

  it.each(Object.keys(bundlers))(
    'a program runs its tasks that was bundled by %s',
    async (name) => {
      const directory = mkdtempSync(join(tmpdir(), 'bundled-'));
      await bundlers[name]!(directory);
      const server = serve(directory).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const page = await openPage(browser, 'about:blank');
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      try {
        await page.goto(`http://127.0.0.1:${(server.address() as { port: number }).port}/`);
        await page.waitForFunction('globalThis.outcome !== undefined').catch(() => {});
        expect(await page.evaluate('globalThis.outcome'), problems.join('\n')).toEqual([55, [1, 4, 9]]);
      } finally {
        await page.close();
        server.close();
        rmSync(directory, { recursive: true });
      }
    },
    240_000,
  );
});
