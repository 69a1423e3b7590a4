// The tasks of runtime.mjs.

import { cancellation, MpscSender, spawn, spawnBlocking, task } from '@concurrency-lab/runtime';
import { coroutine } from '@concurrency-lab/mini-exec';
import { sleep } from '@concurrency-lab/mini-exec/time';

export const add = task(
  import.meta,
  'add',
  /** @type {(a: number, b: number) => number} */
  (a, b) => a + b,
);
export const echo = task(import.meta, 'echo', (value) => value);
export const fib = task(import.meta, 'fib', async (n) => {
  if (n < 2) return n;
  const one = spawn(fib, n - 1);
  const other = spawn(fib, n - 2);
  return (await one) + (await other);
});
export const nap = task(import.meta, 'nap', function* (value) {
  yield* sleep(1);
  return yield* coroutine(function* () {
    yield;
    return value;
  });
});
export const fail = task(import.meta, 'fail', (message) => {
  throw new RangeError(message);
});
export const untilCancelled = task(import.meta, 'untilCancelled', (words) => {
  Atomics.store(words, 0, 1);
  for (;;) cancellation().throwIfCancelled();
});
export const send = task(import.meta, 'send', async (handle, count) => {
  const sender = MpscSender.from(handle);
  for (let n = 0; n < count; n++) await sender.sendAsync(n);
  sender.close();
});
export const block = task(import.meta, 'block', (words, timeout) => {
  Atomics.store(words, 1, 1);
  return Atomics.wait(words, 0, 0, timeout);
});
export const delegate = task(import.meta, 'delegate', async (words) => spawnBlocking(block, words, Infinity));
