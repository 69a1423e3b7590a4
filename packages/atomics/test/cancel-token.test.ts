import { describe, expect, it } from 'vitest';
import {
  CancelledError,
  CancelToken,
  InvalidArgumentError,
  InvalidHandleError,
  InvalidRegionError,
} from '../src/index.ts';

describe('CancelToken', () => {
  it('is cancelled once, for all who hold its handle', () => {
    const token = CancelToken.create();
    const other = CancelToken.from(structuredClone(token.handle));
    expect([token.isCancelled, other.isCancelled]).toEqual([false, false]);
    expect(other.cancel()).toBe(true);
    expect(token.cancel()).toBe(false);
    expect([token.isCancelled, other.isCancelled]).toEqual([true, true]);
  });

  it('throws when asked to, once cancelled', () => {
    const token = CancelToken.create();
    token.throwIfCancelled();
    token.cancel();
    expect(() => token.throwIfCancelled()).toThrow(CancelledError);
  });

  it('lies in memory of the caller, side by side with others', () => {
    const buffer = new SharedArrayBuffer(2 * CancelToken.BYTES);
    const first = CancelToken.at(buffer, 0);
    const second = CancelToken.at(buffer, CancelToken.BYTES);
    first.cancel();
    expect([first.isCancelled, second.isCancelled]).toEqual([true, false]);
    expect(CancelToken.from(second.handle).isCancelled).toBe(false);
  });

  it('refuses memory and handles that are none', () => {
    expect(() => CancelToken.at(new SharedArrayBuffer(8), 0)).toThrow(InvalidRegionError);
    expect(() => CancelToken.at(new ArrayBuffer(64) as never, 0)).toThrow('a cancel-token needs a SharedArrayBuffer');
    expect(() => CancelToken.from({} as never)).toThrow(InvalidHandleError);
  });
});

describe('the signal of a token', () => {
  it('aborts at once on the thread that cancels', () => {
    using token = CancelToken.create();
    const { signal } = token;
    expect(signal.aborted).toBe(false);
    token.cancel();
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toBeInstanceOf(CancelledError);
  });

  it('is aborted from the start where the token is cancelled', () => {
    const token = CancelToken.create();
    token.cancel();
    expect(CancelToken.from(token.handle).signal.aborted).toBe(true);
  });

  it('is the same each time', () => {
    using token = CancelToken.create();
    expect(token.signal).toBe(token.signal);
  });

  it('aborts when another holder of the token cancels', async () => {
    const token = CancelToken.create();
    using watching = CancelToken.from(token.handle);
    const aborted = new Promise((resolve) => watching.signal.addEventListener('abort', resolve));
    token.cancel();
    await aborted;
    expect(watching.signal.reason).toBeInstanceOf(CancelledError);
  });

  it('goes on watching when another watcher of the word gives up', async () => {
    const token = CancelToken.create();
    using watching = CancelToken.from(token.handle);
    const aborted = new Promise((resolve) => watching.signal.addEventListener('abort', resolve));
    {
      using leaving = CancelToken.from(token.handle);
      expect(leaving.signal.aborted).toBe(false);
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(watching.signal.aborted).toBe(false);
    token.cancel();
    await aborted;
  });

  it('stops watching when the token is disposed of, which cancels nothing', async () => {
    const token = CancelToken.create();
    const watching = CancelToken.from(token.handle);
    const { signal } = watching;
    using other = CancelToken.from(token.handle);
    const cancelled = new Promise((resolve) => other.signal.addEventListener('abort', resolve));
    watching[Symbol.dispose]();
    token.cancel();
    await cancelled; // whoever still watches has been woken by now
    await new Promise((resolve) => setImmediate(resolve));
    expect(signal.aborted).toBe(false);
    expect(watching.isCancelled).toBe(true);
  });
});

describe('CancelToken.fromSignal', () => {
  it('is cancelled when the signal aborts', () => {
    const controller = new AbortController();
    using token = CancelToken.fromSignal(controller.signal);
    expect(token.isCancelled).toBe(false);
    controller.abort();
    expect(token.isCancelled).toBe(true);
  });

  it('is cancelled from the start by an aborted signal', () => {
    expect(CancelToken.fromSignal(AbortSignal.abort()).isCancelled).toBe(true);
  });

  it('stops following when it is disposed of', () => {
    const controller = new AbortController();
    const token = CancelToken.fromSignal(controller.signal);
    token[Symbol.dispose]();
    controller.abort();
    expect(token.isCancelled).toBe(false);
  });

  it.each([undefined, null, {}, 5])('refuses %s', (value) => {
    expect(() => CancelToken.fromSignal(value as never)).toThrow(InvalidArgumentError);
  });
});

describe('waiting for a token', () => {
  it('ends at once where it is cancelled', async () => {
    const token = CancelToken.create();
    token.cancel();
    expect(token.wait()).toBe(true);
    expect(await token.waitAsync()).toBe(true);
  });

  it('gives up after the timeout', async () => {
    const token = CancelToken.create();
    const begin = performance.now();
    expect(token.wait({ timeout: 10 })).toBe(false);
    expect(await token.waitAsync({ timeout: 10 })).toBe(false);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(19);
  });

  it('gives up when another token is cancelled', () => {
    const other = CancelToken.create();
    other.cancel();
    expect(() => CancelToken.create().wait({ signal: other })).toThrow(CancelledError);
  });

  it('ends when the token is cancelled meanwhile', async () => {
    const token = CancelToken.create();
    const waiting = token.waitAsync();
    token.cancel();
    expect(await waiting).toBe(true);
  });

  it.each([-1, Number.NaN])('refuses a timeout of %d', async (timeout) => {
    expect(() => CancelToken.create().wait({ timeout })).toThrow(InvalidArgumentError);
    await expect(CancelToken.create().waitAsync({ timeout })).rejects.toThrow(InvalidArgumentError);
  });
});
