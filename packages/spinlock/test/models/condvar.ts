// The models of Condvar. `items` is plain memory, which the mutex guards.

import { spawn } from '@concurrency-lab/model-checker';
import { canBlock } from '@concurrency-lab/atomics';
import { Condvar, Mutex } from '../../src/index.ts';
import { StubSignal } from './stub-signal.ts';

canBlock(); // asks the engine once, outside of any model

const AT_ONCE = { spins: 0 };

/** What a thread has of its own: an object of each, over the same memory. */
interface Own {
  readonly mutex: Mutex;
  readonly filled: Condvar;
}

interface Shared extends Own {
  readonly items: Int32Array;
  /** Opens both as another thread does. */
  readonly open: () => Own;
}

function shared(): Shared {
  const mutex = Mutex.create(AT_ONCE);
  const filled = Condvar.create();
  const items = new Int32Array(new SharedArrayBuffer(8));
  const open = (): Own => ({ mutex: Mutex.from(mutex.handle, AT_ONCE), filled: Condvar.from(filled.handle) });
  return { mutex, filled, items, open };
}

function put(mutex: Mutex, items: Int32Array, count: number): void {
  mutex.lock();
  items[0] = items[0]! + count;
  mutex.unlock();
}

function take({ mutex, filled }: Own, items: Int32Array): void {
  mutex.lock();
  while (items[0] === 0) filled.wait(mutex);
  items[0] = items[0]! - 1;
  mutex.unlock();
}

/** Takes an item, or gives up; the mutex is held either way. */
function takeBriefly({ mutex, filled }: Own, items: Int32Array): string {
  const guard = mutex.lock();
  try {
    filled.waitWhile(mutex, () => items[0] === 0, { timeout: 10 });
    items[0] = items[0]! - 1;
    return 'took';
  } catch (error) {
    return (error as Error).name;
  } finally {
    guard.unlock(); // throws where the mutex is not held through it
  }
}

function expectItems(items: Int32Array, expected: number): void {
  if (items[0] !== expected) throw new Error(`${items[0]} items left, not ${expected}`);
}

/** A thread waits for an item; who brings it notifies after unlocking. */
export function notifyAfter(): void {
  const { mutex, filled, items, open } = shared();
  const taker = spawn(() => take(open(), items));
  put(mutex, items, 1);
  filled.notifyOne();
  taker.join();
  expectItems(items, 0);
}

/** As before, but notified with the mutex held: before the waiter can have it back. */
export function notifyWithin(): void {
  const { mutex, filled, items, open } = shared();
  const taker = spawn(() => take(open(), items));
  mutex.lock();
  items[0] = 1;
  filled.notifyOne();
  mutex.unlock();
  taker.join();
  expectItems(items, 0);
}

/** Two threads wait in turns: each notification finds one that arrives while another departs. */
export function takeTurns(): void {
  const { mutex, filled, items, open } = shared();
  const own = open();
  const taker = spawn(() => {
    take(own, items);
    put(own.mutex, items.subarray(1), 1);
    own.filled.notifyOne();
  });
  put(mutex, items, 1);
  filled.notifyOne();
  take({ mutex, filled }, items.subarray(1));
  taker.join();
}

/** A thread gives up, perhaps while it is notified; it holds the mutex either way. */
export function giveUp(): string {
  const { mutex, filled, items, open } = shared();
  const own = open();
  const brief = spawn(() => takeBriefly(own, items));
  put(mutex, items, 1);
  filled.notifyOne();
  const seen = brief.join();
  expectItems(items, seen === 'took' ? 0 : 1);
  return seen;
}

/** A thread that may not block waits, and one that may. */
export function page(): void {
  const { mutex, filled, items, open } = shared();
  const own = open();
  const taker = spawn(
    async () => {
      using _ = await own.mutex.lockAsync();
      await own.filled.waitWhileAsync(own.mutex, () => items[0] === 0);
      items[0] = items[0]! - 1;
    },
    { canBlock: false },
  );
  put(mutex, items, 1);
  filled.notifyOne();
  taker.join();
  expectItems(items, 0);
}

/** A task that waits is aborted, perhaps while it is notified; it holds the mutex either way. */
export function abortPage(): string {
  const { mutex, filled, items, open } = shared();
  const own = open();
  const task = spawn(() => takeOrAbort(own, items), { canBlock: false });
  put(mutex, items, 1);
  filled.notifyOne();
  return task.join();
}

async function takeOrAbort({ mutex, filled }: Own, items: Int32Array): Promise<string> {
  const controller = new StubSignal();
  using guard = await mutex.lockAsync();
  const taken = filled.waitWhileAsync(mutex, () => items[0] === 0, { signal: controller.signal });
  void Promise.resolve().then(() => controller.abort());
  try {
    await taken;
    items[0] = items[0]! - 1;
    return 'took';
  } catch (error) {
    if (!guard.isHeld) throw new Error('the mutex is not held', { cause: error });
    return (error as Error).message;
  }
}

/** A thread whose own task waits blocks in a wait: the notification is not lost on the task. */
export function blockBehindTask(): void {
  const { mutex, filled, items, open } = shared();
  const own = open();
  const giver = spawn(() => {
    put(own.mutex, items, 1);
    own.filled.notifyOne();
  });
  const both = spawn(async () => {
    const guard = await mutex.lockAsync();
    const task = filled.waitAsync(mutex); // unlocks at once
    mutex.lock();
    while (items[0] === 0) filled.wait(mutex);
    mutex.unlock();
    filled.notifyAll(); // for the task, where the giver came before it
    await task;
    guard.unlock();
  });
  giver.join();
  both.join();
}

/** Two threads wait and give up: nobody is counted as waiting then, for whom a notification would be made. */
export function nobodyLeft(): void {
  const { mutex, filled, items, open } = shared();
  const own = open();
  const other = spawn(() => takeBriefly(own, items));
  takeBriefly({ mutex, filled }, items);
  other.join();
  const { buffer } = filled.handle;
  const [waiters] = new Int32Array(buffer, 16);
  if (waiters !== 0) throw new Error(`${waiters} waiters`);
}

/** Two threads notify at once: a waiter sees both, however late it asks for the turn. */
export function notifyAtOnce(): void {
  const { filled, open } = shared();
  const words = new Int32Array(filled.handle.buffer, 16);
  words[0] = 1; // a waiter
  const threads = [1, 2].map(() => {
    const own = open();
    return spawn(() => own.filled.notifyOne());
  });
  for (const thread of threads) thread.join();
  if (words[1] !== 2) throw new Error(`the turn is ${words[1]}`);
}

/** Three threads at once: too many interleavings for all of them, so these are explored within a bound. */
export const three: Readonly<Record<string, () => unknown>> = { notifyTwice, notifyAll, giveUpOfTwo, abortOfTwo };

/** Two threads wait for an item each; each is notified for itself. */
function notifyTwice(): void {
  const { mutex, filled, items, open } = shared();
  const takers = [1, 2].map(() => {
    const own = open();
    return spawn(() => take(own, items));
  });
  put(mutex, items, 2);
  filled.notifyOne();
  filled.notifyOne();
  for (const taker of takers) taker.join();
  expectItems(items, 0);
}

/** Two threads wait for an item each; one notification is for all. */
function notifyAll(): void {
  const { mutex, filled, items, open } = shared();
  const takers = [1, 2].map(() => {
    const own = open();
    return spawn(() => take(own, items));
  });
  put(mutex, items, 2);
  filled.notifyAll();
  for (const taker of takers) taker.join();
  expectItems(items, 0);
}

/** One of two that wait gives up: the notification reaches the other, unless the first took what it was about. */
function giveUpOfTwo(): string {
  const { mutex, filled, items, open } = shared();
  const [first, second] = [open(), open()];
  const brief = spawn(() => takeBriefly(first, items));
  const patient = spawn(() => take(second, items));
  put(mutex, items, 1);
  filled.notifyOne();
  const seen = brief.join();
  if (seen === 'took') {
    put(mutex, items, 1);
    filled.notifyOne();
  }
  patient.join();
  expectItems(items, 0);
  return seen;
}

/** A task is aborted while it is being notified: the thread that waits behind it gets the item. */
function abortOfTwo(): string {
  const { mutex, filled, items, open } = shared();
  const [first, second] = [open(), open()];
  const task = spawn(() => takeOrAbort(first, items), { canBlock: false });
  const giver = spawn(() => {
    put(second.mutex, items, 2);
    second.filled.notifyOne();
    second.filled.notifyOne();
  });
  take({ mutex, filled }, items);
  giver.join();
  const seen = task.join();
  expectItems(items, seen === 'took' ? 0 : 1);
  return seen;
}
