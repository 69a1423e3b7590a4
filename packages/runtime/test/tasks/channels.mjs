// Tasks that talk to others by channels, each opened from the handle that it was given.

import { MpscReceiver, MpscSender, Notify, spawn, task } from '@concurrency-lab/runtime';
import { Receiver, Sender } from '@concurrency-lab/oneshot';
import { Mutex, Semaphore } from '@concurrency-lab/spinlock';

/** Squares a number into a oneshot channel. */
export const answer = task(
  import.meta,
  'answer',
  /** @type {(sender: import('@concurrency-lab/oneshot').SenderHandle, n: number) => void} */
  (sender, n) => {
    Sender.from(sender).send(n * n);
  },
);

/** Waits for the answer, in the event loop. */
export const ask = task(
  import.meta,
  'ask',
  /** @type {(receiver: import('@concurrency-lab/oneshot').ReceiverHandle) => Promise<number>} */
  async (receiver) => Number(await Receiver.from(receiver).receiveAsync()),
);

/** Sends the numbers up to `count`, and waits for room. */
export const produce = task(
  import.meta,
  'produce',
  /** @type {(sender: import('@concurrency-lab/runtime').MpscSenderHandle, count: number) => Promise<void>} */
  async (handle, count) => {
    const sender = MpscSender.from(handle);
    for (let n = 1; n <= count; n++) await sender.sendAsync(n);
    sender.close();
  },
);

/** Adds up what comes, in a coroutine. */
export const consume = task(
  import.meta,
  'consume',
  /** @type {(receiver: import('@concurrency-lab/runtime').MpscReceiverHandle, count: number) => import('@concurrency-lab/mini-exec').Coroutine<number>} */
  function* (handle, count) {
    const receiver = MpscReceiver.from(handle);
    let sum = 0;
    for (let left = count; left > 0; left--) sum += Number(yield* receiver);
    return sum;
  },
);

/** Waits for a notification, says so, and notifies the next. */
export const relay = task(
  import.meta,
  'relay',
  /** @type {(mine: import('@concurrency-lab/runtime').NotifyHandle, next: import('@concurrency-lab/runtime').NotifyHandle, how: 'promise' | 'block') => Promise<string>} */
  async (mine, next, how) => {
    const notify = Notify.from(mine);
    if (how === 'block') notify.wait();
    else await notify.waitAsync();
    Notify.from(next).notifyOne();
    return how;
  },
);

/** As relay, in a coroutine. */
export const relayInCoroutine = task(
  import.meta,
  'relayInCoroutine',
  /** @type {(mine: import('@concurrency-lab/runtime').NotifyHandle, next: import('@concurrency-lab/runtime').NotifyHandle) => import('@concurrency-lab/mini-exec').Coroutine<string>} */
  function* (mine, next) {
    yield* Notify.from(mine).notified();
    Notify.from(next).notifyOne();
    return 'coroutine';
  },
);

/** Keeps in word 1 the most that were ever inside at a time; word 0 counts those that are. */
export const inside = task(
  import.meta,
  'inside',
  /** @type {(handle: import('@concurrency-lab/spinlock').SemaphoreHandle, words: Int32Array) => Promise<void>} */
  async (handle, words) => {
    const permit = await semaphore(handle).acquireAsync();
    const now = Atomics.add(words, 0, 1) + 1;
    if (now > Atomics.load(words, 1)) Atomics.store(words, 1, now);
    await new Promise((resolve) => setTimeout(resolve, 0));
    Atomics.sub(words, 0, 1);
    permit.release();
  },
);

/** @type {Map<SharedArrayBuffer, Semaphore>} */
const semaphores = new Map();

/**
 * Opens a semaphore once on each thread.
 * @param {import('@concurrency-lab/spinlock').SemaphoreHandle} handle
 */
function semaphore(handle) {
  const opened = semaphores.get(handle.buffer) ?? Semaphore.from(handle);
  semaphores.set(handle.buffer, opened);
  return opened;
}

/** @type {Map<SharedArrayBuffer, Mutex>} */
const mutexes = new Map();

/** Adds one to a plain word under a mutex, with a wait between reading and writing. */
export const increment = task(
  import.meta,
  'increment',
  /** @type {(handle: import('@concurrency-lab/spinlock').MutexHandle, words: Int32Array) => Promise<void>} */
  async (handle, words) => {
    const mutex = mutexes.get(handle.buffer) ?? Mutex.from(handle);
    mutexes.set(handle.buffer, mutex);
    const guard = await mutex.lockAsync();
    const seen = Number(words[0]);
    await new Promise((resolve) => setTimeout(resolve, 0));
    words[0] = seen + 1;
    guard.unlock();
  },
);

/** Spawns a producer on another worker, or this one, and adds up what it sends. */
export const pipeline = task(
  import.meta,
  'pipeline',
  /** @type {(sender: import('@concurrency-lab/runtime').MpscSenderHandle, receiver: import('@concurrency-lab/runtime').MpscReceiverHandle, count: number) => Promise<number>} */
  async (sender, receiver, count) => {
    const [, sum] = await Promise.all([spawn(produce, sender, count), spawn(consume, receiver, count)]);
    return sum;
  },
);
