import { describe, expect, it, vi } from 'vitest';
import { CancelledError, CancelToken, InvalidArgumentError, park, unpark } from '../src/index.ts';

function word(value = 0): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4)).fill(value);
}

describe('park', () => {
  it('does not sleep on a word that holds something else', () => {
    expect(park(word(1), 0, 0)).toBe('not-equal');
    expect(park(word(1), 0, 0, {})).toBe('not-equal');
    expect(park(word(1), 0, 0, { timeout: 5, signal: CancelToken.create() })).toBe('not-equal');
  });

  it.each([undefined, CancelToken.create()])('gives up after the timeout, not before (signal: %s)', (signal) => {
    const begin = performance.now();
    expect(park(word(), 0, 0, { timeout: 40, signal })).toBe('timed-out');
    expect(performance.now() - begin).toBeGreaterThanOrEqual(39.9);
  });

  it('sleeps no longer than the rest of its time between two looks at a token', () => {
    // On a clock that only sleeping advances: a loaded machine must not make a slice late.
    let now = 1000;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    const wait = vi.spyOn(Atomics, 'wait').mockImplementation((_words, _index, _expected, timeout) => {
      now += timeout!;
      return 'timed-out';
    });
    try {
      expect(park(word(), 0, 0, { timeout: 5, signal: CancelToken.create() })).toBe('timed-out');
      // 1 ms and 2 ms pass whole; the third slice, of 4 ms, is cut to what is left of 5.
      expect(wait.mock.calls.map(([, , , timeout]) => timeout)).toEqual([1, 2, 2]);
    } finally {
      wait.mockRestore();
      clock.mockRestore();
    }
  });

  it('tries once with a timeout of 0', () => {
    expect(park(word(), 0, 0, { timeout: 0 })).toBe('timed-out');
    expect(park(word(), 0, 0, { timeout: 0, signal: CancelToken.create() })).toBe('timed-out');
  });

  it.each([-1, Number.NaN])('refuses a timeout of %d, which Atomics.wait would take', (timeout) => {
    expect(() => park(word(), 0, 0, { timeout })).toThrow(InvalidArgumentError);
  });

  it('throws the reason of a signal that is aborted at the start', () => {
    const reason = new Error('not today');
    expect(() => park(word(), 0, 0, { signal: AbortSignal.abort(reason) })).toThrow(reason);
  });

  it.each([null, 'now', new AbortController()])('refuses what is no signal: %s', (given) => {
    const signal = given as never;
    const refusal = 'signal must be an AbortSignal or a CancelToken, not ';
    expect(() => park(word(1), 0, 0, { signal })).toThrow(refusal);
    expect(() => CancelToken.create().wait({ signal })).toThrow(refusal);
  });

  it('throws at once when its token is cancelled', () => {
    const token = CancelToken.create();
    token.cancel();
    expect(() => park(word(), 0, 0, { signal: token })).toThrow(CancelledError);
  });

  it.each([-1, Number.NaN, null])('refuses a count of %s, with which unpark would wake nobody', (count) => {
    expect(() => unpark(word(), 0, count as never)).toThrow('count must be a number from 0 to Infinity, not ');
  });

  it('refuses words that are not shared', () => {
    expect(() => park(new Int32Array(1) as never, 0, 0)).toThrow(TypeError);
    expect(() => park(word(), 1, 0)).toThrow(RangeError);
  });
});

it('unpark wakes nobody where nobody waits', () => {
  expect(unpark(word(), 0)).toBe(0);
});
