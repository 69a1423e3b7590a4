// Waiting for a shared word without blocking: `Atomics.waitAsync`, and what it lacks.
//
// - A pending waitAsync keeps no event loop alive: a program that awaits one exits silently.
//   A wait here holds the event loop, unless it is told not to.
// - A waitAsync cannot be taken back. An aborted one that stayed enqueued would swallow a
//   wake-up meant for somebody else, and one may have been on its way when the abort came.
//   So an abort wakes all that wait on the word: the others look, and park again.
// - Some engines have no waitAsync. There the word is polled (poll-word.ts).

import { requireTimeout } from './arguments.ts';
import { unpark, type ParkResult, type WaitOptions } from './park.ts';
import { holdEventLoop, releaseEventLoop } from './platform.ts';
import { pollWord, type Wait } from './poll-word.ts';
import { abortSignalOf } from './signal.ts';

/** Holds the options of {@link parkAsync}. */
export interface ParkAsyncOptions extends WaitOptions {
  /** Keeps the process or worker alive while waiting; true where not given. */
  readonly keepAlive?: boolean | undefined;
}

/**
 * Waits, without blocking, while `words[index]` holds `expected`, until {@link unpark}.
 *
 * Everything written before the `unpark` that ends the wait happens before the promise
 * resolves. It rejects with the signal's reason on abort, with a {@link CancelledError}
 * when a token is cancelled, and with an {@link InvalidArgumentError} on a timeout that is
 * negative or NaN, or a signal that is none.
 *
 * @returns as {@link park}
 *
 * @example
 * ```ts
 * import { parkAsync, unpark } from '@concurrency-lab/atomics';
 *
 * const words = new Int32Array(new SharedArrayBuffer(4));
 * const woken = parkAsync(words, 0, 0);
 * Atomics.store(words, 0, 1);
 * unpark(words, 0);
 * await woken; // => 'ok'
 * ```
 */
export function parkAsync(
  words: Int32Array<SharedArrayBuffer>,
  index: number,
  expected: number,
  options: ParkAsyncOptions = {},
): Promise<ParkResult> {
  try {
    const timeout = requireTimeout(options.timeout);
    const signal = abortSignalOf(options.signal);
    signal?.throwIfAborted();
    const { result, withdraw } = enqueue(words, index, expected, timeout);
    if (typeof result === 'string') return Promise.resolve(result);
    const ended = signal === undefined ? result : abortable(result, signal, withdraw);
    return options.keepAlive === false ? ended : whileHeld(ended);
  } catch (error) {
    return Promise.reject(error);
  }
}

// Neither is an async function: who was woken after a sleep runs cold code, and less of it is quicker.
function whileHeld<T>(ended: Promise<T>): Promise<T> {
  holdEventLoop();
  return ended.then(
    (value) => {
      releaseEventLoop();
      return value;
    },
    (error: unknown) => {
      releaseEventLoop();
      throw error;
    },
  );
}

function enqueue(words: Int32Array<SharedArrayBuffer>, index: number, expected: number, timeout: number): Wait {
  if (typeof Atomics.waitAsync !== 'function') return pollWord(words, index, expected, timeout);
  // ORDERING(K3): compares and enqueues in one critical section with K2, and observes what K2 publishes.
  const wait = Atomics.waitAsync(words, index, expected, timeout);
  return { result: wait.value, withdraw: () => unpark(words, index) };
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal, withdraw: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      withdraw();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
    void promise.then((value) => {
      signal.removeEventListener('abort', abort);
      resolve(value);
    });
  });
}
