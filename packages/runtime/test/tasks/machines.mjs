// Machines, and tasks that hold workers, so that a test decides who may poll them.

import { Pending } from '@concurrency-lab/mini-exec';
import { machine, spawn, task, transfer, wakeMachine } from '@concurrency-lab/runtime';
import { add, addLater } from './arithmetic.mjs';
import { throwError } from './faults.mjs';

// ---- which worker is which

/** Words that the test shares with all workers; see `meet`. */
export const MET = 0;
export const HANDLE = 1;
export const POLLS = 2;
export const FLAG = 3;
export const HOLDING = 4;
export const FIRST = 5;
/** Let the worker with this number go, from here on. */
export const RELEASE = 8;

/** @type {Int32Array} */
let words;
/** @type {number} */
let me;

/** @type {(at: number, value: number) => void} */
const tell = (at, value) => {
  Atomics.store(words, at, value);
  Atomics.notify(words, at);
};

/**
 * Numbers the workers from 1, and gives them the words. Holds its worker for a moment, so that
 * another one takes the next of these.
 */
export const meet = task(
  import.meta,
  'meet',
  /** @type {(shared: Int32Array, workers: number) => void} */
  (shared, workers) => {
    if (words === undefined) {
      words = shared;
      me = Atomics.add(words, MET, 1) + 1;
      Atomics.notify(words, MET);
    }
    const met = Atomics.load(words, MET);
    if (met < workers) Atomics.wait(words, MET, met, 20);
  },
);

/** Tells which worker runs this. */
export const here = () => me;

/** Gives the words. */
export const shared = () => words;

/** Holds its worker until it is released. */
export const hold = task(import.meta, 'hold', () => {
  Atomics.add(words, HOLDING, 1);
  Atomics.notify(words, HOLDING);
  Atomics.wait(words, RELEASE + me, 0);
});

/** Ends its worker. */
export const exitHere = task(import.meta, 'exitHere', () => process.exit(1));

/** Sets the flag, and ends its worker instead of waking who waits for it. */
export const flagAndExit = task(import.meta, 'flagAndExit', () => {
  if (words !== undefined) Atomics.store(words, FLAG, 1);
  process.exit(1);
});

// ---- machines

/** Waits until FLAG is set; tells on which workers it was polled first and last. */
export const waitForFlag = machine(import.meta, 'waitForFlag', {
  frame: { first: 0 },
  poll(frame, cx) {
    if (words === undefined) return cx.yieldNow(); // on a worker that is new
    frame.first ||= me;
    Atomics.store(words, FIRST, frame.first);
    Atomics.add(words, POLLS, 1);
    if (Atomics.load(words, FLAG) === 1) return [frame.first, me];
    tell(HANDLE, cx.waker.handle + 1);
    return Pending;
  },
});

/** Yields so many times, and counts its polls. */
export const yieldTimes = machine(import.meta, 'yieldTimes', {
  frame: { left: 0, polls: 0 },
  /** @type {(frame: { left: number, polls: number }, times: number) => void} */
  begin(frame, times) {
    frame.left = times;
  },
  poll(frame, cx) {
    frame.polls++;
    return frame.left-- > 0 ? cx.yieldNow() : frame.polls;
  },
});

/** Sleeps until a time has come; tells how late it was, at least 0. */
export const sleepFor = machine(import.meta, 'sleepFor', {
  frame: { end: 0 },
  begin(frame, /** @type {number} */ ms) {
    frame.end = performance.timeOrigin + performance.now() + ms;
  },
  poll(frame, cx) {
    if (cx.sleepUntil(frame.end) === Pending) return Pending;
    return cx.now() - frame.end;
  },
});

/** @typedef {import('../../src/index.ts').Child<number>} NumberChild */

/** Computes a Fibonacci number by spawning a machine for each call. */
export const fibOfMachines = machine(import.meta, 'fibOfMachines', {
  frame: { n: 0, left: -1, right: -1, sum: 0 },
  begin(frame, /** @type {number} */ n) {
    frame.n = n;
  },
  /** @type {(frame: { n: number, left: NumberChild, right: NumberChild, sum: number }, cx: import('../../src/index.ts').MachineContext) => number | typeof Pending} */
  poll(frame, cx) {
    if (frame.n < 2) return frame.n;
    if (frame.left === -1) {
      frame.left = cx.spawn(fibOfMachines, frame.n - 1);
      frame.right = cx.spawn(fibOfMachines, frame.n - 2);
    }
    for (;;) {
      const child = frame.left >= 0 ? frame.left : frame.right;
      const value = cx.join(child);
      if (value === Pending) return Pending;
      frame.sum += value;
      if (frame.left < 0) return frame.sum;
      frame.left = -2;
    }
  },
});

/**
 * Makes a machine that joins one task.
 * @param {string} name
 * @param {(cx: import('../../src/index.ts').MachineContext) => import('../../src/index.ts').Child<any>} begin
 */
const joining = (name, begin) =>
  machine(import.meta, name, {
    frame: { child: -1 },
    poll(frame, cx) {
      if (frame.child === -1) frame.child = begin(cx);
      return cx.join(frame.child);
    },
  });

export const text = task(
  import.meta,
  'text',
  /** @type {(length: number) => string} */
  (length) => 'x'.repeat(length),
);
export const moved = task(import.meta, 'moved', () => {
  const bytes = new Uint8Array([1, 2, 3]);
  return transfer(bytes, [bytes.buffer]);
});

export const joinAdd = joining('joinAdd', (cx) => cx.spawn(add, 1, 2));
export const joinAddLater = joining('joinAddLater', (cx) => cx.spawn(addLater, 3, 4));
export const joinThrow = joining('joinThrow', (cx) => cx.spawn(throwError, 'below'));
export const joinExit = joining('joinExit', (cx) => cx.spawn(exitHere));
export const joinLong = joining('joinLong', (cx) => cx.spawn(text, 2000));
export const joinMoved = joining('joinMoved', (cx) => cx.spawn(moved));
export const joinNothing = joining('joinNothing', () => 12_345);

/** Returns what has to be fetched from its worker, which ends soon. */
export const movedAndExit = task(import.meta, 'movedAndExit', () => {
  process.once('exit', () => tell(FLAG, 1));
  setImmediate(() => process.exit(1));
  const bytes = new Uint8Array(1);
  return transfer(bytes, [bytes.buffer]);
});

/** Joins a task when the worker is gone that has its result. */
export const joinTooLate = machine(import.meta, 'joinTooLate', {
  frame: { child: -1 },
  poll(frame, cx) {
    if (frame.child === -1) frame.child = cx.spawn(movedAndExit);
    // On a worker that is new, there are no words yet, but the other one has ended.
    return words !== undefined && Atomics.load(words, FLAG) === 0 ? cx.yieldNow() : cx.join(frame.child);
  },
});

/** Joins one task twice. */
export const joinTwice = machine(import.meta, 'joinTwice', {
  frame: { child: -1, sum: 0 },
  poll(frame, cx) {
    if (frame.child === -1) frame.child = cx.spawn(add, 1, 2);
    const value = cx.join(/** @type {NumberChild} */ (frame.child));
    if (value === Pending) return Pending;
    return cx.join(frame.child);
  },
});

/** Ends without joining what it has spawned. */
export const leaveChildren = machine(import.meta, 'leaveChildren', {
  frame: { spawned: false },
  poll(frame, cx) {
    for (let i = 0; i < 10; i++) cx.spawn(yieldTimes, i);
    frame.spawned = true;
    return frame.spawned;
  },
});

/** Waits, with a child that it never joins, until it is aborted. */
export const waitWithChild = machine(import.meta, 'waitWithChild', {
  frame: { child: -1 },
  poll(frame, cx) {
    if (frame.child === -1) frame.child = cx.spawn(add, 1, 2);
    tell(HANDLE, cx.waker.handle + 1);
    return Pending;
  },
});

export const throwInPoll = machine(import.meta, 'throwInPoll', {
  frame: { polls: 0 },
  poll(frame, cx) {
    if (frame.polls++ === 0) return cx.yieldNow();
    throw new RangeError('in the second poll');
  },
});

/** Ends its worker in its second poll. */
export const exitInPoll = machine(import.meta, 'exitInPoll', {
  frame: { polls: 0 },
  poll(frame, cx) {
    if (frame.polls++ === 0) return cx.yieldNow();
    return process.exit(1);
  },
});

/** Keeps values of every kind that fits, over a wait. */
export const keepPlain = machine(import.meta, 'keepPlain', {
  frame: { polls: 0, text: 'é', yes: true, none: null, list: [1, 'two'], big: 10n },
  poll(frame, cx) {
    if (frame.polls++ === 0) return cx.yieldNow();
    return [frame.polls, frame.text, frame.yes, frame.none, frame.list, frame.big];
  },
});

/** Keeps what a test gives it, and waits. */
export const keep = machine(import.meta, 'keep', {
  frame: { what: undefined, polls: 0 },
  /** @type {(frame: { what: unknown, polls: number }, what: string) => void} */
  begin(frame, what) {
    if (what === 'text') frame.what = 'x'.repeat(100);
    if (what === 'function') frame.what = () => 1;
    if (what === 'shared memory') frame.what = { deep: new SharedArrayBuffer(8) };
    if (what === 'promise') frame.what = Promise.resolve();
    if (what === 'handle') frame.what = spawn(add, 1, 2);
  },
  poll(frame, cx) {
    return frame.polls++ === 0 ? cx.yieldNow() : 'kept';
  },
});

/** Gives its poll's context to what comes after the poll. */
export const late = machine(import.meta, 'late', {
  frame: { polls: 0 },
  poll(frame, cx) {
    if (frame.polls++ > 0) return 'woken';
    setTimeout(() => {
      try {
        cx.spawn(add, 1, 2);
      } catch {
        cx.waker.wake(); // which it may
      }
    });
    return Pending;
  },
});

/** Wakes a machine from another task. */
export const wakeOther = task(
  import.meta,
  'wakeOther',
  /** @type {(handle: number) => void} */
  (handle) => wakeMachine(handle),
);

/** Spawns a task that wakes it. */
export const wokenByTask = machine(import.meta, 'wokenByTask', {
  frame: { polls: 0 },
  poll(frame, cx) {
    if (frame.polls++ > 0) return 'woken';
    cx.spawn(wakeOther, cx.waker.handle);
    return Pending;
  },
});
