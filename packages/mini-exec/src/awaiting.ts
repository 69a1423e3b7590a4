// What `yield*` goes through when a coroutine waits for a future: it yields the future, and
// returns the value that the coroutine is resumed with. A generator of one line would do, but
// `yield*` is the commonest step of all, and this way it allocates nothing: one iterator and
// one result serve all coroutines of the thread, because
//
// - `yield*` asks for the iterator and calls `next` at once, and nothing runs in between;
// - every later call of `next` comes with the value, whichever future it belongs to;
// - whoever drives a generator reads the result before anything else runs.

import type { Future } from './core/future.ts';

interface Step {
  done: boolean;
  value: unknown;
}

let begun: Future<unknown> | undefined;
const step: Step = { done: false, value: undefined };

const awaiting = {
  next(value: unknown): Step {
    step.done = begun === undefined;
    step.value = begun ?? value;
    begun = undefined;
    return step;
  },
  throw(error: unknown): never {
    throw error;
  },
};

/** Begins a `yield*` of a future. */
export function awaitFuture<T>(future: Future<T>): Iterator<Future<unknown>, T, unknown> {
  begun = future;
  return awaiting as Iterator<Future<unknown>, T, unknown>;
}
