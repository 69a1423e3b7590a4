// The models of Mutex: small programs that check themselves. Threads park at once (`spins: 0`),
// but for the one about spinning: a loop that counts is no spin to the checker.

import { spawn } from '@concurrency-lab/model-checker';
import { canBlock } from '@concurrency-lab/atomics';
import { Mutex, OwnerDiedError } from '../../src/index.ts';

canBlock(); // asks the engine once, outside of any model

const OPTIONS = { spins: 0 };

/** A mutex with the data it guards: plain words, which race unless the mutex orders them. */
function guarded(options = OPTIONS): { mutex: Mutex; data: Int32Array; open: () => Mutex } {
  const mutex = Mutex.create(options);
  const data = new Int32Array(new SharedArrayBuffer(8));
  return { mutex, data, open: () => Mutex.from(mutex.handle, options) };
}

function enter(data: Int32Array, bit: number): void {
  data[0] = data[0]! | bit;
}

function expectData(data: Int32Array, expected: number): void {
  if (data[0] !== expected) throw new Error(`the data holds ${data[0]}, not ${expected}`);
}

/** Two threads enter; each leaves its mark. */
export function lockTwo(): void {
  const { data, open } = guarded();
  const threads = [1, 2].map((bit) => spawn(() => open().withLock(() => enter(data, bit))));
  for (const thread of threads) thread.join();
  expectData(data, 3);
}

/** Three threads enter. */
export function lockThree(): void {
  const { mutex, data, open } = guarded();
  const threads = [1, 2].map((bit) => {
    const there = open();
    return spawn(() => there.withLock(() => enter(data, bit)));
  });
  mutex.withLock(() => enter(data, 4));
  for (const thread of threads) thread.join();
  expectData(data, 7);
}

/** Two threads enter twice. */
export function lockTwice(): void {
  const { mutex, data, open } = guarded();
  const there = open();
  const other = spawn(() => {
    there.withLock(() => enter(data, 1));
    there.withLock(() => enter(data, 2));
  });
  mutex.withLock(() => enter(data, 4));
  mutex.withLock(() => enter(data, 8));
  other.join();
  expectData(data, 15);
}
