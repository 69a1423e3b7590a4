// Machines as generator functions. A test compiles this file into another, which workers load.

import { machine, task, transfer, wakeMachine } from '@concurrency-lab/runtime';
import { add, addLater } from './arithmetic.mjs';
import { throwError } from './faults.mjs';
import { FIRST, FLAG, HANDLE, here, shared } from './machines.mjs';

/** @typedef {import('../../src/index.ts').MachineSteps<number>} Numbers */

export const fibonacci = machine(
  import.meta,
  'fibonacci',
  /** @type {(cx: import('../../src/index.ts').StepsContext, n: number) => Numbers} */
  function* (cx, n) {
    if (n < 2) return n;
    const left = cx.spawn(fibonacci, n - 1);
    const right = cx.spawn(fibonacci, n - 2);
    return (yield* cx.join(left)) + (yield* cx.join(right));
  },
);

/** Joins tasks of every kind, and machines, in a loop, of which some throw; sleeps between. */
export const everyWait = machine(import.meta, 'everyWait', function* (cx, /** @type {number} */ from, to = 4) {
  let sum = 0;
  let failed = '';
  for (const child of [cx.spawn(add, from, 1), cx.spawn(addLater, from, 2), cx.spawn(fibonacci, 7)]) {
    sum += yield* cx.join(child);
  }
  for (let i = 0; i < to; i++) {
    try {
      if (i === 2) yield* cx.join(cx.spawn(throwError));
      yield* cx.sleep(1);
      if (i === 1) continue;
      sum += i;
    } catch (error) {
      failed = /** @type {Error} */ (error).name;
      yield* cx.sleepUntil(cx.now() + 1);
    } finally {
      sum += 100;
    }
    yield* cx.yieldNow();
  }
  return { sum, failed };
});

const large = task(import.meta, 'large', () => {
  const bytes = new Uint8Array([1, 2, 3]);
  return transfer(bytes, [bytes.buffer]);
});

/** Joins what has to be fetched from the other worker. */
export const joinLarge = machine(import.meta, 'joinLarge', function* (cx) {
  const child = cx.spawn(large);
  yield* cx.yieldNow();
  const bytes = yield* cx.join(child);
  return bytes.length;
});

/** Waits until FLAG is set; tells on which workers it was polled first and last. */
export const waitForFlag = machine(import.meta, 'waitForFlag', function* (cx) {
  const first = here();
  const words = /** @type {Int32Array} */ (shared());
  Atomics.store(words, FIRST, first);
  Atomics.store(words, HANDLE, cx.waker.handle + 1);
  Atomics.notify(words, HANDLE);
  yield* cx.until(() => Atomics.load(/** @type {Int32Array} */ (shared()), FLAG) === 1);
  return [first, here()];
});

const wake = task(
  import.meta,
  'wake',
  /** @type {(handle: number) => void} */
  (handle) => {
    woken = true;
    wakeMachine(handle);
  },
);
let woken = false;

/** Waits for a task that wakes it, on the one worker that there is. */
export const wokenByTask = machine(import.meta, 'wokenByTask', function* (cx) {
  woken = false;
  cx.spawn(wake, cx.waker.handle);
  yield* cx.until(() => woken);
  return 'woken';
});

/** Throws after a wait, in line 97. */
export const throwLater = machine(import.meta, 'throwLater', function* (cx) {
  const text = 'after a wait';
  yield* cx.yieldNow();
  throw new RangeError(text);
});

/** Keeps more than a frame has room for. */
export const keepMuch = machine(import.meta, 'keepMuch', function* (cx, /** @type {string} */ text) {
  const other = text.length;
  yield* cx.yieldNow();
  return text + other;
});

/** Counts up with all the numbers that a frame has room for, beside where it is. */
export const keepNumbers = machine(import.meta, 'keepNumbers', function* (cx) {
  let [a, b, c, d, e, f, g, h, i, j, k] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
  for (; a < 100; a++) {
    yield* cx.yieldNow();
    [b, c, d, e, f, g, h, i, j, k] = [c, d, e, f, g, h, i, j, k, b];
  }
  return [a, b, c, d, e, f, g, h, i, j, k];
});
