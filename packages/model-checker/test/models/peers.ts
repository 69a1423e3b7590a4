// Defects of published packages, rebuilt small: each of these shipped, and none of their tests
// saw it.

import { spawn } from '@concurrency-lab/model-checker';

/** A lock that sleeps: 0 free, 1 held, 2 held and somebody waits. */
class Mutex {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #index: number;

  constructor(words: Int32Array<SharedArrayBuffer>, index: number) {
    this.#words = words;
    this.#index = index;
  }

  lock(): void {
    if (Atomics.compareExchange(this.#words, this.#index, 0, 1) === 0) return;
    while (Atomics.exchange(this.#words, this.#index, 2) !== 0) Atomics.wait(this.#words, this.#index, 2);
  }

  async lockAsync(): Promise<void> {
    if (Atomics.compareExchange(this.#words, this.#index, 0, 1) === 0) return;
    while (Atomics.exchange(this.#words, this.#index, 2) !== 0) {
      const wait = Atomics.waitAsync(this.#words, this.#index, 2);
      if (wait.async) await wait.value;
    }
  }

  unlock(): void {
    if (Atomics.exchange(this.#words, this.#index, 0) === 2) Atomics.notify(this.#words, this.#index, 1);
  }
}

/** A heap that hands out its next free byte, and a lock that is thought to guard it. */
class Heap {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #lock: Mutex;

  constructor(words: Int32Array<SharedArrayBuffer>, lock: Mutex) {
    this.#words = words;
    this.#lock = lock;
  }

  allocate(bytes: number): number {
    this.#lock.lock();
    const start = this.#words[0]!;
    this.#words[0] = start + bytes;
    this.#lock.unlock();
    return start;
  }
}

/** Sender and receiver of a channel guard one heap, each with the lock of its own side. */
export function twoLocksOverOneHeap(): void {
  const words = new Int32Array(new SharedArrayBuffer(16));
  const sender = spawn(() => new Heap(words, new Mutex(words, 1)).allocate(8), { name: 'sender' });
  const receiver = spawn(() => new Heap(words, new Mutex(words, 2)).allocate(8), { name: 'receiver' });
  if (sender.join() === receiver.join()) throw new Error('both got the same bytes');
}

/** `tx.send(1); await null; tx.close()`: close blocks for a lock that an async send of the same thread holds. */
export function closeBlocksItsOwnSend(): void {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const lock = new Mutex(words, 0);
  const send = async (): Promise<void> => {
    await lock.lockAsync();
    await Promise.resolve(); // the send goes on in a later turn of the event loop
    words[1] = 1;
    lock.unlock();
  };
  spawn(
    async () => {
      const sent = send();
      await Promise.resolve();
      lock.lock(); // close(), on the thread whose event loop would have to run send()
      lock.unlock();
      await sent;
    },
    { name: 'sender' },
  );
}

/** A semaphore that wakes whoever waits longest, though the permits suffice only for another. */
export function semaphoreWakesTheWrongOne(): void {
  const words = new Int32Array(new SharedArrayBuffer(4)); // permits
  const acquire = (count: number): void => {
    for (;;) {
      const permits = Atomics.load(words, 0);
      if (permits >= count) {
        if (Atomics.compareExchange(words, 0, permits, permits - count) === permits) return;
      } else Atomics.wait(words, 0, permits);
    }
  };
  const release = (count: number): void => {
    Atomics.add(words, 0, count);
    Atomics.notify(words, 0, 1);
  };
  spawn(() => acquire(2), { name: 'wants two' });
  spawn(
    () => {
      acquire(1);
      release(2);
    },
    { name: 'wants one' },
  );
  release(1);
}

/** Calls of a worker through one reply word, which nobody sets back: the second call reads the first answer. */
export function replyWordNeverReset(): void {
  const words = new Int32Array(new SharedArrayBuffer(12)); // request, done, answer
  const worker = spawn(
    () => {
      for (let call = 1; call <= 2; call++) {
        while (Atomics.load(words, 0) !== call) Atomics.wait(words, 0, call - 1);
        Atomics.store(words, 2, call * 10);
        Atomics.store(words, 1, 1);
        Atomics.notify(words, 1);
      }
    },
    { name: 'worker' },
  );
  for (let call = 1; call <= 2; call++) {
    Atomics.store(words, 0, call);
    Atomics.notify(words, 0);
    while (Atomics.load(words, 1) === 0) Atomics.wait(words, 1, 0);
    const answer = Atomics.load(words, 2);
    if (answer !== call * 10) throw new Error(`call ${call} was answered ${answer}`);
  }
  worker.join();
}

/** A lock of two states that notifies after it has unlocked, and a waiter that checks before it sleeps elsewhere. */
export function sleepsOnAnotherWord(): void {
  const words = new Int32Array(new SharedArrayBuffer(8)); // ready, bell
  spawn(
    () => {
      Atomics.store(words, 0, 1);
      Atomics.notify(words, 1);
    },
    { name: 'ringer' },
  );
  while (Atomics.load(words, 0) === 0) Atomics.wait(words, 1, 0);
}
