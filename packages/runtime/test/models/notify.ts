// The models of Notify: who waits, and who notifies, in every order. A lost notification is a deadlock.

import { canBlock, TimeoutError } from '@concurrency-lab/atomics';
import { spawn } from '@concurrency-lab/model-checker';
import { Pending } from '@concurrency-lab/mini-exec';
import { Notify } from '../../src/notify/notify.ts';
import { NotifyState } from '../../src/notify/state.ts';

canBlock(); // asks the engine once, outside of any model

const waker = { wake() {} };

function expectStored(notify: Notify, expected: boolean): void {
  if (notify.tryWait() !== expected) throw new Error(`stored: ${!expected}`);
}

/** One waits, one notifies: the wait ends, and sees what was written before. */
export function one(): void {
  const notify = Notify.create();
  const data = new Int32Array(new SharedArrayBuffer(4));
  const waiter = spawn(() => {
    notify.wait();
    return data[0];
  });
  data[0] = 7;
  notify.notifyOne();
  if (waiter.join() !== 7) throw new Error('the write is not seen');
  expectStored(notify, false);
}

/** Two notify one that takes both, or finds one stored: what came before the last one that counted is seen. */
export function twoNotify(): string {
  const notify = Notify.create();
  const other = spawn(() => notify.notifyOne());
  notify.notifyOne();
  notify.wait();
  other.join();
  return String(notify.tryWait());
}

/** Two wait, and two are notified at once: both go on. */
export function twoWait(): void {
  const notify = Notify.create();
  const waiting = [notify.notified(), notify.notified()];
  for (const notified of waiting) if (notified.poll({ waker }) !== Pending) throw new Error('notified too early');
  const other = spawn(() => notify.notifyOne());
  notify.notifyOne();
  other.join();
  for (const notified of waiting) if (notified.poll({ waker }) === Pending) throw new Error('still waits');
  expectStored(notify, false);
  if (NotifyState.from(notify.handle).turn() !== 2) throw new Error('a wake-up was not counted');
}

/** Two notify all at once: each begins an epoch. */
export function twoEpochs(): void {
  const notify = Notify.create();
  const other = spawn(() => notify.notifyWaiters());
  notify.notifyWaiters();
  other.join();
  if (NotifyState.from(notify.handle).epoch() !== 2) throw new Error('an epoch was not counted');
}

/** All are notified while one begins to wait, whose wait is meant too: it sees what was written before. */
export function all(): void {
  const notify = Notify.create();
  const data = new Int32Array(new SharedArrayBuffer(4));
  const state = NotifyState.from(notify.handle);
  const epoch = state.epoch();
  const waiter = spawn(() => {
    state.wait(epoch);
    return data[0];
  });
  data[0] = 7;
  notify.notifyWaiters();
  if (waiter.join() !== 7) throw new Error('the write is not seen');
  expectStored(notify, false);
  if (state.waiting() !== 0) throw new Error('still counted');
}

/** One that was made before all are notified goes on, even if it is polled only afterwards. */
export function madeBefore(): void {
  const notify = Notify.create();
  const notified = notify.notified();
  const other = spawn(() => notify.notifyWaiters());
  const first = notified.poll({ waker });
  other.join();
  if (first === Pending && notified.poll({ waker }) === Pending) throw new Error('still waits');
  expectStored(notify, false);
  if (NotifyState.from(notify.handle).waiting() !== 0) throw new Error('still counted');
}

/** Both forms wait at once for a notification each. */
export function byPromise(): void {
  const notify = Notify.create();
  const other = spawn(() => notify.waitAsync());
  notify.notifyOne();
  other.join();
  expectStored(notify, false);
}

/** One that is dropped leaves the notification to the other. */
export function dropped(): void {
  const notify = Notify.create();
  const waiter = spawn(() => notify.wait());
  const notified = notify.notified();
  const polled = notified.poll({ waker });
  notify.notifyOne();
  if (polled !== Pending) notify.notifyOne();
  notified.drop();
  waiter.join();
  if (NotifyState.from(notify.handle).waiting() !== 0) throw new Error('still counted');
}

/** One vanishes while it waits: whoever comes after it is notified all the same. */
export function vanish(): void {
  const notify = Notify.create();
  const victim = spawn(() => notify.wait(), { mayBeTerminated: true });
  notify.notifyOne();
  victim.join();
  notify.notifyOne();
  notify.wait();
}

/** One gives up at any moment: it has had the notification, or it is stored. */
export function timeouts(): string {
  const notify = Notify.create();
  const other = spawn(() => {
    try {
      notify.wait({ timeout: 1 });
      return 'notified';
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      return 'gave up';
    }
  });
  notify.notifyOne();
  const how = other.join();
  expectStored(notify, how === 'gave up');
  if (NotifyState.from(notify.handle).waiting() !== 0) throw new Error('still counted');
  return how;
}
