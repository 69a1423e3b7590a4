// The published files in a browser, without a bundler: served as they are installed, found
// through an import map. On a cross-origin isolated page, and on one that is not.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, noChromium, openPage } from './chromium.ts';
import { publishedPackages, scratchProject, type ScratchProject } from './tarballs.ts';

/** Every entry of every package, as a page without a bundler finds it. */
const imports = Object.fromEntries(
  publishedPackages().flatMap(({ name, manifest }) =>
    Object.entries(manifest.exports!).flatMap(([entry, target]) =>
      typeof target === 'string'
        ? []
        : [[name + entry.slice(1), `/node_modules/${name}/${target['default']!.slice('./'.length)}`]],
    ),
  ),
);
const IMPORT_MAP = JSON.stringify({ imports });
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

describe.skipIf(noChromium)(noChromium ? 'in Chromium, which is not installed' : 'in Chromium', () => {
  let project: ScratchProject;
  let server: Server;
  let browser: Browser;
  let origin: string;

  beforeAll(async () => {
    project = scratchProject();
    server = serve(project.directory).listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    browser = await launchChromium();
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    server?.close();
    project?.[Symbol.dispose]();
  });

  /** Runs a program, the body of an async function, on a page. */
  async function evaluate(path: string, program: string): Promise<unknown> {
    const page = await openPage(browser, origin + path);
    try {
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
       return [crossOriginIsolated, canBlock(), await token.waitAsync({ timeout: 100_000 }), executor.liveTasks];`,
    );
    expect(result).toEqual([true, false, true, 0]);
  });

  it('each package that is for browsers works on an isolated page', async () => {
    const result = await evaluate(
      '/isolated',
      `const { Mutex } = await import('@concurrency-lab/spinlock');
       const { SpscRing, ByteRing } = await import('@concurrency-lab/spsc-ring');
       const { oneshot, Sender } = await import('@concurrency-lab/oneshot');
       const { TaskMonitor } = await import('@concurrency-lab/mini-exec/tracing');
       const mutex = Mutex.create();
       const held = await mutex.withLockAsync(() => mutex.isHeld);
       const [producer, consumer] = SpscRing.create({ kind: 'float32', capacity: 8 });
       await producer.sendAsync(0.5);
       const [bytes, texts] = ByteRing.create({ capacity: 1024, codec: 'text' });
       bytes.push('grüße');
       const [sender, receiver] = oneshot();
       Sender.from(sender.handle).send({ answer: 42 });
       return [held, await consumer.receiveAsync(), texts.pop(), await receiver.receiveAsync(), typeof TaskMonitor];`,
    );
    expect(result).toEqual([true, 0.5, 'grüße', { answer: 42 }, 'function']);
  });

  it('a runtime whose workers cannot be loaded says so: an import map does not reach them', async () => {
    const result = await evaluate(
      '/isolated',
      `const { Runtime } = await import('@concurrency-lab/runtime');
       const failed = new Promise((resolve) => addEventListener('unhandledrejection', (event) => {
         event.preventDefault();
         resolve(event.reason);
       }));
       const rt = Runtime.builder().workerThreads(1).build();
       const { name, message, cause } = await failed;
       return [name, message, cause.message];`,
    );
    expect(result).toEqual([
      'WorkerLostError',
      expect.stringContaining('workers end before they can take tasks'),
      'the module of the worker could not be loaded',
    ]);
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
