// Chromium as one more place to run tests in: an isolated page, and a worker of it. The files
// are served as they were laid out; only what they import by name is written as its address,
// since a worker has no import map.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { Page } from 'playwright';
import type { Report, RunOptions } from '../portable/run.ts';
import { launchChromium, openPage } from './chromium.ts';
import { publishedPackages } from './tarballs.ts';

const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Nothing changes while it is served; and each page loads most of what the one before has loaded. */
const CACHED = { 'Content-Type': 'text/javascript', 'Cache-Control': 'max-age=86400, immutable', ...ISOLATION };

/** Where the modules that are imported by name lie. */
const ADDRESSES: ReadonlyMap<string, string> = new Map([
  ['vitest', '/node_modules/vitest/index.js'],
  ['fast-check', '/node_modules/fast-check/index.js'],
  ['node:worker_threads', '/node_modules/portable/worker-threads.js'],
  ['node:events', '/node_modules/portable/events.js'],
  ...publishedPackages().flatMap(({ name, manifest }) =>
    Object.entries(manifest.exports!).flatMap(([entry, target]): [string, string][] =>
      typeof target === 'string'
        ? []
        : [[name + entry.slice(1), `/node_modules/${name}/${target['default']!.slice('./'.length)}`]],
    ),
  ),
]);

/** Is a browser with the laid-out project. */
export interface PortableBrowser extends AsyncDisposable {
  readonly version: string;
  /** Runs tests on a page of their own, or in a worker of it; files are paths within the project. */
  run(scope: 'page' | 'worker', options: RunOptions): Promise<Report>;
}

/** Starts a browser that finds the project's files under its own origin. */
export async function portableBrowser(directory: string): Promise<PortableBrowser> {
  const server = serve(directory).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const browser = await launchChromium();
  const context = await browser.newContext();
  const free: Page[] = [];
  return {
    version: browser.version(),
    async run(scope, options) {
      // Another document in the same tab: modules, globals and workers of its own, without a process of its own.
      const page = free.pop() ?? (await openPage(context, 'about:blank'));
      try {
        await page.goto(origin);
        const report = await page.evaluate<Report>(program(scope, options));
        free.push(page);
        return report;
      } catch (error) {
        await page.close();
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      server.close();
    },
  };
}

function program(scope: 'page' | 'worker', options: RunOptions): string {
  const given = JSON.stringify(options);
  if (scope === 'page') return `import('/node_modules/portable/run.js').then(({ run }) => run(${given}))`;
  return `new Promise((resolve, reject) => {
    const worker = new Worker('/node_modules/portable/browser-worker.js', { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(${given});
  })`;
}

function serve(directory: string): Server {
  const texts = new Map<string, string>();
  const textOf = (path: string): string => {
    const known = texts.get(path);
    if (known !== undefined) return known;
    const text = addressed((isTest(path) ? IMMEDIATE : '') + readFileSync(join(directory, path), 'utf8'));
    texts.set(path, text);
    return text;
  };
  return createServer(({ url }, response) => {
    const path = new URL(url!, 'http://localhost').pathname;
    if (path === '/') {
      response.writeHead(200, { 'Content-Type': 'text/html', ...ISOLATION }).end('<!doctype html><title>tests</title>');
      return;
    }
    try {
      const text = textOf(path);
      response.writeHead(200, CACHED).end(text);
    } catch {
      response.writeHead(404).end();
    }
  });
}

const IMMEDIATE = "import { setImmediate } from '/node_modules/portable/immediate.js'; ";

function isTest(path: string): boolean {
  return /^\/node_modules\/@concurrency-lab\/[\w-]+\/test\/[\w.-]+\.js$/.test(path);
}

/** Replaces names in import declarations and calls by addresses; a name without one stays, and fails. */
function addressed(text: string): string {
  return text.replace(
    /((?:\bfrom|\bimport) *\(? *)(['"])([\w@][\w@./:-]*)\2/g,
    (whole, before: string, quote, name) => {
      const address = ADDRESSES.get(String(name));
      return address === undefined ? whole : `${before}${quote}${address}${quote}`;
    },
  );
}
