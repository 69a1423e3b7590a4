import {
  BlockingForbiddenError,
  CancelledError,
  CancelToken,
  canBlock,
  park,
  parkAsync,
  unpark,
} from '@concurrency-lab/atomics';
import { afterEach, describe, expect, it } from 'vitest';
import type { Request } from './worker.ts';
// oxlint-disable-next-line import/default -- Vite makes the default export from the query
import workletUrl from './worklet.ts?worker&url';

const workers: Worker[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate();
});

/** Starts a worker and asks it for one thing; the promise resolves with its answer. */
function ask(request: Request): Promise<unknown> {
  const worker = new Worker(new URL('worker.ts', import.meta.url), { type: 'module' });
  workers.push(worker);
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data));
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
    worker.postMessage(request);
  });
}

const newWords = (): Int32Array<SharedArrayBuffer> => new Int32Array(new SharedArrayBuffer(4));

it('runs in a real browser, on a cross-origin isolated page', () => {
  expect(navigator.userAgent).toContain('Chrome/');
  expect(crossOriginIsolated).toBe(true);
});

describe('the main thread', () => {
  it('may not block, and says what to use instead', () => {
    expect(canBlock()).toBe(false);
    expect(() => park(newWords(), 0, 0)).toThrow(BlockingForbiddenError);
    expect(() => park(newWords(), 0, 0)).toThrow('use parkAsync() here');
    expect(() => CancelToken.create().wait()).toThrow('use CancelToken.waitAsync() here');
  });

  it('is woken by a worker', async () => {
    const words = newWords();
    const woken = parkAsync(words, 0, 0);
    const answer = ask({ kind: 'change', words, value: 5 });
    expect(await woken).toBe('ok');
    expect(Atomics.load(words, 0)).toBe(5);
    expect(await answer).toBe(1);
  });

  it('gives up after a timeout, and on abort', async () => {
    expect(await parkAsync(newWords(), 0, 0, { timeout: 20 })).toBe('timed-out');
    const signal = AbortSignal.timeout(20);
    await expect(parkAsync(newWords(), 0, 0, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('learns through a signal that a token was cancelled', async () => {
    using token = CancelToken.create();
    const { signal } = CancelToken.from(token.handle);
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
    token.cancel();
    await aborted;
    expect(signal.reason).toBeInstanceOf(CancelledError);
  });
});

describe('a worker', () => {
  it('may block', async () => {
    expect(await ask({ kind: 'canBlock' })).toBe(true);
  });

  it('is woken by the main thread', async () => {
    const words = newWords();
    const answer = ask({ kind: 'park', words });
    const woken = answer.then(() => true);
    while (unpark(words, 0) === 0) {
      if (await Promise.race([woken, new Promise((resolve) => setTimeout(resolve, 1, false))])) break;
    }
    expect(await answer).toBe('ok');
  });

  it('sees in a synchronous loop that the main thread cancels', async () => {
    const token = CancelToken.create();
    const answer = ask({ kind: 'loop', handle: token.handle });
    await new Promise((resolve) => setTimeout(resolve, 50));
    token.cancel();
    expect(await answer).toBe('cancelled');
  });
});

describe('an AudioWorklet', () => {
  it('may not block, and sees that the main thread cancels', async () => {
    const context = new AudioContext();
    try {
      await context.audioWorklet.addModule(workletUrl);
      const node = new AudioWorkletNode(context, 'probe');
      node.connect(context.destination);
      node.port.start();
      const next = (): Promise<unknown> =>
        new Promise((resolve) => {
          node.port.addEventListener('message', ({ data }) => resolve(data), { once: true });
        });
      const token = CancelToken.create();
      const first = next();
      node.port.postMessage(token.handle);
      expect(await first).toEqual({ canBlock: false, park: 'ERR_BLOCKING_FORBIDDEN' });
      const second = next();
      token.cancel();
      expect(await second).toEqual({ cancelled: true });
    } finally {
      await context.close();
    }
  });
});
