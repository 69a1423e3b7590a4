// Every case runs twice: on the engine's Atomics.waitAsync, and on the polling that stands
// in for it where an engine has none.

import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CancelledError, CancelToken, InvalidArgumentError, parkAsync, unpark } from '../src/index.ts';

const waitAsync = Object.getOwnPropertyDescriptor(Atomics, 'waitAsync')!;

function word(value = 0): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4)).fill(value);
}

function change(words: Int32Array<SharedArrayBuffer>, value: number, count?: number): void {
  Atomics.store(words, 0, value);
  unpark(words, 0, count);
}

describe.each(['waitAsync', 'polling'])('parkAsync with %s', (mode) => {
  beforeEach(() => {
    if (mode === 'polling') Object.defineProperty(Atomics, 'waitAsync', { ...waitAsync, value: undefined });
  });
  afterEach(() => {
    Object.defineProperty(Atomics, 'waitAsync', waitAsync);
  });

  it('does not wait on a word that holds something else', async () => {
    expect(await parkAsync(word(1), 0, 0)).toBe('not-equal');
  });

  it('waits until the word changes and it is woken', async () => {
    const words = word();
    const woken = parkAsync(words, 0, 0);
    change(words, 1);
    expect(await woken).toBe('ok');
  });

  it('gives up after the timeout, not before', async () => {
    const begin = performance.now();
    expect(await parkAsync(word(), 0, 0, { timeout: 40 })).toBe('timed-out');
    expect(performance.now() - begin).toBeGreaterThanOrEqual(39);
  });

  it('tries once with a timeout of 0', async () => {
    expect(await parkAsync(word(), 0, 0, { timeout: 0 })).toBe('timed-out');
  });

  it.each([-1, Number.NaN])('rejects a timeout of %d', async (timeout) => {
    await expect(parkAsync(word(), 0, 0, { timeout })).rejects.toThrow(InvalidArgumentError);
  });

  it('rejects at once with the reason of an aborted signal', async () => {
    const reason = new Error('not today');
    await expect(parkAsync(word(), 0, 0, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('rejects with the reason when the signal aborts meanwhile', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = parkAsync(word(), 0, 0, { signal: controller.signal });
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  it('rejects when its token is cancelled meanwhile', async () => {
    using token = CancelToken.create();
    const waiting = parkAsync(word(), 0, 0, { signal: token });
    token.cancel();
    await expect(waiting).rejects.toThrow(CancelledError);
  });

  it('leaves no listener on a signal that outlives it', async () => {
    const { signal } = new AbortController();
    const listeners = (): number => getEventListeners(signal, 'abort').length;
    const words = word();
    const woken = parkAsync(words, 0, 0, { signal });
    expect(listeners()).toBe(1);
    change(words, 1);
    await woken;
    expect(listeners()).toBe(0);
  });

  it('leaves no timer behind when it is aborted', async () => {
    if (mode === 'polling') vi.useFakeTimers();
    const controller = new AbortController();
    const waiting = parkAsync(word(), 0, 0, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    if (mode === 'polling') expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('an aborted wait swallows no wake-up meant for another', async () => {
    const words = word();
    const controller = new AbortController();
    const aborted = parkAsync(words, 0, 0, { signal: controller.signal });
    const waiting = parkAsync(words, 0, 0, { timeout: 100_000 });
    controller.abort(new Error('gone'));
    await expect(aborted).rejects.toThrow('gone');
    change(words, 1, 1);
    // Woken by the abort (and free to look again) or by the change: but not timed out.
    expect(await waiting).toBe('ok');
  });

  it('a wake-up that races with an abort reaches another waiter', async () => {
    const words = word();
    const controller = new AbortController();
    const first = parkAsync(words, 0, 0, { signal: controller.signal });
    const second = parkAsync(words, 0, 0, { timeout: 100_000 });
    change(words, 1, 1); // takes the first out of the queue …
    controller.abort(new Error('gone')); // … which is aborted before it learns of it
    await expect(first).rejects.toThrow('gone');
    expect(await second).toBe('ok');
  });
});
