// What every wait takes as `signal`: an AbortSignal or a token, and nothing else.

import { describe, expect, it } from 'vitest';
import {
  abortSignalOf,
  CancelledError,
  CancelToken,
  InvalidArgumentError,
  parkAsync,
  throwIfAborted,
} from '../src/index.ts';

const words = new Int32Array(new SharedArrayBuffer(4));

describe('what is no signal', () => {
  it.each([
    [null, 'null'],
    ['now', '"now"'],
    [5, '5'],
    [{}, 'an object of class Object'],
    [new EventTarget(), 'an object of class EventTarget'],
    [new AbortController(), 'an object of class AbortController'],
  ])('is refused by its name: %s', async (given, name) => {
    const signal = given as never;
    const refusal = new InvalidArgumentError(`signal must be an AbortSignal or a CancelToken, not ${name}`);
    expect(() => throwIfAborted(signal)).toThrow(refusal);
    expect(() => abortSignalOf(signal)).toThrow(refusal);
    await expect(parkAsync(words, 0, 1, { signal })).rejects.toThrow(refusal);
    await expect(CancelToken.create().waitAsync({ signal })).rejects.toThrow(refusal);
  });
});

describe('a signal', () => {
  it('is looked at and listened to as what it is', () => {
    const reason = new Error('not today');
    const { signal } = new AbortController();
    expect(() => throwIfAborted(signal)).not.toThrow();
    expect(() => throwIfAborted(AbortSignal.abort(reason))).toThrow(reason);
    expect(abortSignalOf(signal)).toBe(signal);
  });

  it('may be a token', () => {
    using token = CancelToken.create();
    expect(() => throwIfAborted(token)).not.toThrow();
    expect(abortSignalOf(token)).toBe(token.signal);
    token.cancel();
    expect(() => throwIfAborted(token)).toThrow(CancelledError);
  });

  it('need not be there', () => {
    expect(() => throwIfAborted(undefined)).not.toThrow();
    expect(abortSignalOf(undefined)).toBeUndefined();
  });
});
