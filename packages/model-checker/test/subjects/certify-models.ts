// Models whose failures are certified on real threads.

import { label, spawn } from '@concurrency-lab/model-checker';
import { receiveOnce, sendOnce } from './certify-channel.ts';

/** A counter that loads, then stores: an increment is lost. */
export function lostUpdate(): void {
  const words = new Int32Array(new SharedArrayBuffer(4));
  label(words, 'count');
  const increment = (by: number) => (): number => {
    const before = Atomics.load(words, 0);
    Atomics.store(words, 0, before + by);
    return before;
  };
  const first = spawn(increment(1));
  const second = spawn(increment(10));
  const seen = [first.join(), second.join()];
  const sum = Atomics.load(words, 0);
  if (sum !== 11) throw new Error(`count is ${sum}; the threads saw ${seen.join(' and ')}`);
}

/** A receiver that sleeps for a value that has come. */
export function lostWakeUp(): void {
  const words = new Int32Array(new SharedArrayBuffer(8));
  label(words, ['state', 'value']);
  const sender = spawn(() => sendOnce(words, 42), { name: 'sender' });
  const receiver = spawn(() => receiveOnce(words), { name: 'receiver' });
  sender.join();
  receiver.join();
}

/** Two threads, each of which spins for the other. */
export function livelock(): void {
  const words = new Int32Array(new SharedArrayBuffer(8));
  label(words, ['first', 'second']);
  const pass = (mine: number, other: number) => (): void => {
    while (Atomics.load(words, mine) === 0);
    Atomics.store(words, other, 1);
  };
  spawn(pass(0, 1));
  spawn(pass(1, 0));
}

/** A value that is published before it is written. */
export function dataRace(): void {
  const words = new Int32Array(new SharedArrayBuffer(8));
  label(words, ['ready', 'value']);
  spawn(() => {
    Atomics.store(words, 0, 1);
    words[1] = 42;
  });
  spawn(() => {
    while (Atomics.load(words, 0) === 0);
    return words[1];
  });
}

/** A hand-over through a sleep that ends well, whatever the schedule. */
export function handOver(): void {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const receiver = spawn(() => {
    while (Atomics.load(words, 0) === 0) Atomics.wait(words, 0, 0);
    return words[1]!;
  });
  spawn(() => {
    words[1] = 7;
    Atomics.store(words, 0, 1);
    Atomics.notify(words, 0);
  });
  if (receiver.join() !== 7) throw new Error('the value is lost');
}

/** Threads of threads, and values that come back through their joins. */
export function nested(): void {
  const words = new Int32Array(new SharedArrayBuffer(4));
  const outer = spawn(() => {
    const inner = spawn(() => {
      const own = new Int32Array(new SharedArrayBuffer(12));
      Atomics.store(own, 2, 30);
      return { sum: Atomics.add(words, 0, 5) + Atomics.load(own, 2) };
    });
    Atomics.add(words, 0, 100);
    return inner.join();
  });
  const { sum } = outer.join();
  if (sum % 100 !== 30) throw new Error(`the sum is ${sum}`);
}

/** Depends on chance, which the checker repeats and the engine does not. */
export function chance(): void {
  const words = new Int32Array(new SharedArrayBuffer(4));
  spawn(() => Atomics.store(words, 0, Math.floor(Math.random() * 2 ** 31)));
}

/** Uses promises, for which there are no certificates. */
export function promises(): void {
  const words = new Int32Array(new SharedArrayBuffer(4));
  spawn(async () => {
    const result = Atomics.waitAsync(words, 0, 0);
    if (result.async) await result.value;
  });
  Atomics.store(words, 0, 1);
  Atomics.notify(words, 0);
}

/** Ends in the checker, where chance and time are its own, and not on real threads. */
export function endless(): void {
  const words = new Int32Array(new SharedArrayBuffer(4));
  const start = Date.now();
  spawn(() => {
    while (Date.now() !== start);
    Atomics.store(words, 0, 1);
  });
}
