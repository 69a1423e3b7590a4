// The models by which checkers are compared: small, and each with a known number of different
// executions. Every body runs in a spawned thread.

import { spawn } from '@concurrency-lab/model-checker';
import { SpinLock } from '../subjects/spinlock.ts';
import { CachedConsumer, CachedProducer, Ring } from '../subjects/spsc.ts';

type Model = () => void;

function check(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

/** Threads that add one to a word, some rounds each. */
export function fetchAdd(threads: number, rounds: number): Model {
  return () => {
    const words = new Int32Array(new SharedArrayBuffer(4));
    const workers = Array.from({ length: threads }, () =>
      spawn(() => {
        for (let i = 0; i < rounds; i++) Atomics.add(words, 0, 1);
      }),
    );
    for (const worker of workers) worker.join();
    check(Atomics.load(words, 0) === threads * rounds, 'lost an increment');
  };
}

/** Threads that increment a plain word under a lock they spin for. */
export function spinCas(threads: number, rounds: number, Lock: typeof SpinLock = SpinLock): Model {
  return () => {
    const buffer = new SharedArrayBuffer(8);
    const words = new Int32Array(buffer);
    const lock = new Lock(buffer);
    const workers = Array.from({ length: threads }, () =>
      spawn(() => {
        for (let i = 0; i < rounds; i++) {
          lock.lock();
          words[1] = words[1]! + 1;
          lock.unlock();
        }
      }),
    );
    for (const worker of workers) worker.join();
    check(words[1] === threads * rounds, 'lost an increment');
  };
}

/** The same with a lock they only try. */
export function spinTry(threads: number, rounds: number): Model {
  return () => {
    const buffer = new SharedArrayBuffer(8);
    const words = new Int32Array(buffer);
    const lock = new SpinLock(buffer);
    const workers = Array.from({ length: threads }, () =>
      spawn(() => {
        let entered = 0;
        for (let i = 0; i < rounds; i++) {
          if (!lock.tryLock()) continue;
          words[1] = words[1]! + 1;
          lock.unlock();
          entered++;
        }
        return entered;
      }),
    );
    let entered = 0;
    for (const worker of workers) entered += worker.join();
    check(words[1] === entered, 'lost an increment');
  };
}

/** Three items through a ring of two, both sides spinning. */
export function ringSpin(): void {
  const ring = new Ring(2);
  const producer = spawn(() => {
    for (let value = 1; value <= 3; value++) while (!ring.push(value));
  });
  const consumer = spawn(() => {
    const values: number[] = [];
    while (values.length < 3) {
      const value = ring.pop();
      if (value !== undefined) values.push(value);
    }
    return values;
  });
  producer.join();
  check(String(consumer.join()) === '1,2,3', 'out of order');
}

/** The same with the opposite index cached. */
export function ringCached(): void {
  const buffer = new SharedArrayBuffer(16);
  const producer = new CachedProducer(buffer, 2);
  const consumer = new CachedConsumer(buffer, 2);
  const pushing = spawn(() => {
    for (let value = 1; value <= 3; value++) while (!producer.push(value));
  });
  const popping = spawn(() => {
    const values: number[] = [];
    while (values.length < 3) {
      const value = consumer.pop();
      if (value !== undefined) values.push(value);
    }
    return values;
  });
  pushing.join();
  check(String(popping.join()) === '1,2,3', 'out of order');
}

/** Three pushes against three pops that do not wait; then the ring is drained. */
export function ringTry(): void {
  const ring = new Ring(2);
  const producer = spawn(() => {
    const pushed: number[] = [];
    for (let value = 1; value <= 3; value++) if (ring.push(value)) pushed.push(value);
    return pushed;
  });
  const consumer = spawn(() => {
    const popped: number[] = [];
    for (let i = 0; i < 3; i++) {
      const value = ring.pop();
      if (value !== undefined) popped.push(value);
    }
    return popped;
  });
  const pushed = producer.join();
  const popped = [...consumer.join()];
  for (let value = ring.pop(); value !== undefined; value = ring.pop()) popped.push(value);
  check(String(pushed) === String(popped), `pushed ${pushed.join(' ')}, popped ${popped.join(' ')}`);
}

/** One value, published by a flag that the receiver spins for. */
export function oneshotSpin(): void {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const sender = spawn(() => {
    words[1] = 42;
    Atomics.store(words, 0, 1);
  });
  const receiver = spawn(() => {
    while (Atomics.load(words, 0) === 0);
    return words[1];
  });
  sender.join();
  check(receiver.join() === 42, 'wrong value');
}

/** The sender sends or finds the channel closed; the receiver closes, and takes what came before. */
export function oneshotClose(): void {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const sender = spawn(() => {
    words[1] = 42;
    return Atomics.compareExchange(words, 0, 0, 1) === 0;
  });
  const receiver = spawn(() => {
    if (Atomics.load(words, 0) === 1) return words[1];
    return Atomics.compareExchange(words, 0, 0, 2) === 1 ? words[1] : undefined;
  });
  const sent = sender.join();
  check(receiver.join() === (sent ? 42 : undefined), 'lost a value');
}
