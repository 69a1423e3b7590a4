import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Atomics_ from '../src/index.ts';

// The answers are kept for the life of a thread, so each test loads the module anew.
let lab: typeof Atomics_;
const load = async (): Promise<void> => {
  vi.resetModules();
  lab = await import('../src/index.ts');
};
beforeEach(load);
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('where the engine forbids blocking', () => {
  beforeEach(() => {
    vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      throw new TypeError('Atomics.wait cannot be called in this context');
    });
  });

  it('canBlock is false', () => {
    expect(lab.canBlock()).toBe(false);
  });

  it.each([
    ['park()', 'parkAsync()', () => lab.park(new Int32Array(new SharedArrayBuffer(4)), 0, 0)],
    ['CancelToken.wait()', 'CancelToken.waitAsync()', () => lab.CancelToken.create().wait()],
  ])('%s throws and names %s', (operation, instead, block) => {
    expect(block).toThrow(lab.BlockingForbiddenError);
    expect(block).toThrow(`${operation} would block this thread, which is not allowed to block; use ${instead} here`);
  });
});

describe('where blocking is allowed', () => {
  it('canBlock is true, and the engine is asked once', () => {
    const wait = vi.spyOn(Atomics, 'wait');
    expect(lab.canBlock()).toBe(true);
    expect(lab.canBlock()).toBe(true);
    expect(wait).toHaveBeenCalledTimes(1);
  });

  it('requireBlocking passes', () => {
    expect(lab.requireBlocking('x()', 'y()')).toBeUndefined();
  });
});

describe('without SharedArrayBuffer, as on a page that is not cross-origin isolated', () => {
  beforeEach(() => vi.stubGlobal('SharedArrayBuffer', undefined));

  it('creating says which headers to send', () => {
    expect(() => lab.CancelToken.create()).toThrow(lab.UnsupportedPlatformError);
    expect(() => lab.allocateShared(8)).toThrow('Cross-Origin-Embedder-Policy: require-corp');
  });

  it('canBlock is false, and nothing is a shared buffer', () => {
    expect(lab.canBlock()).toBe(false);
    expect(lab.isSharedArrayBuffer(new ArrayBuffer(8))).toBe(false);
  });
});

describe('on a thread as bare as an AudioWorklet', () => {
  it('the signal of a token is refused with the way out', () => {
    vi.stubGlobal('AbortController', undefined);
    expect(() => lab.CancelToken.create().signal).toThrow(lab.UnsupportedPlatformError);
    expect(() => lab.CancelToken.create().signal).toThrow('read isCancelled instead');
  });

  it('waiting without waitAsync and timers is refused', async () => {
    const waitAsync = Object.getOwnPropertyDescriptor(Atomics, 'waitAsync')!;
    Object.defineProperty(Atomics, 'waitAsync', { ...waitAsync, value: undefined });
    vi.stubGlobal('setTimeout', undefined);
    try {
      const words = new Int32Array(new SharedArrayBuffer(4));
      await expect(lab.parkAsync(words, 0, 0)).rejects.toThrow(lab.UnsupportedPlatformError);
    } finally {
      Object.defineProperty(Atomics, 'waitAsync', waitAsync);
    }
  });

  it('a wait needs no setInterval to hold the event loop with', async () => {
    vi.stubGlobal('setInterval', undefined);
    expect(await lab.parkAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, { timeout: 1 })).toBe('timed-out');
  });
});

describe.each(['setImmediate', 'MessageChannel'])('scheduleMacrotask with %s', (means) => {
  it('runs callbacks in order, after the microtasks', async () => {
    if (means === 'MessageChannel') vi.stubGlobal('setImmediate', undefined);
    const order: string[] = [];
    const done = new Promise<void>((resolve) => {
      lab.scheduleMacrotask(() => order.push('first'));
      lab.scheduleMacrotask(() => {
        order.push('second');
        resolve();
      });
    });
    void Promise.resolve().then(() => order.push('microtask'));
    await done;
    expect(order).toEqual(['microtask', 'first', 'second']);
  });
});
