// Small objects over shared memory, right and wrong, whose histories the tests check.

export class NotLockedError extends Error {
  override readonly name = 'NotLockedError';
  readonly code = 'ERR_NOT_LOCKED';
}

/** A lock that sleeps: 0 free, 1 locked, 2 locked and somebody may sleep. */
export class Mutex {
  protected readonly words: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4));

  lock(): void {
    if (Atomics.compareExchange(this.words, 0, 0, 1) === 0) return;
    while (Atomics.exchange(this.words, 0, 2) !== 0) Atomics.wait(this.words, 0, 2);
  }

  tryLock(): boolean {
    return Atomics.compareExchange(this.words, 0, 0, 1) === 0;
  }

  unlock(): void {
    const was = Atomics.exchange(this.words, 0, 0);
    if (was === 0) throw new NotLockedError('unlock() of a lock that is not locked');
    if (was === 2) Atomics.notify(this.words, 0, 1);
  }
}

/** Forgets to wake whoever sleeps. */
export class SilentMutex extends Mutex {
  override unlock(): void {
    if (Atomics.exchange(this.words, 0, 0) === 0) throw new NotLockedError('not locked');
  }
}

/** Whose `lock` gives up silently. */
export class ImpatientMutex extends Mutex {
  override lock(): void {
    Atomics.compareExchange(this.words, 0, 0, 1);
  }
}

/** A lock that spins. */
export class Spin {
  readonly #words = new Int32Array(new SharedArrayBuffer(4));

  lock(): void {
    while (Atomics.compareExchange(this.#words, 0, 0, 1) !== 0);
  }

  tryLock(): boolean {
    return Atomics.compareExchange(this.#words, 0, 0, 1) === 0;
  }

  unlock(): void {
    if (Atomics.exchange(this.#words, 0, 0) === 0) throw new NotLockedError('not locked');
  }
}

export class Counter {
  protected readonly words: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4));

  add(amount: number): number {
    return Atomics.add(this.words, 0, amount) + amount;
  }

  get(): number {
    return Atomics.load(this.words, 0);
  }
}

/** Loads, and then stores. */
export class LossyCounter extends Counter {
  override add(amount: number): number {
    const sum = Atomics.load(this.words, 0) + amount;
    Atomics.store(this.words, 0, sum);
    return sum;
  }
}

/** A counter in plain memory. */
export class RacyCounter extends Counter {
  override add(amount: number): number {
    this.words[0] = this.words[0]! + amount;
    return this.words[0];
  }
}

/** A queue for any number of threads, behind a lock; it knows no limit below eight. */
export class LockedQueue {
  protected readonly mutex: Mutex = new Mutex();
  protected readonly words: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(40));

  push(value: number): boolean {
    this.mutex.lock();
    try {
      const tail = this.words[1]!;
      this.words[2 + (tail & 7)] = value;
      this.words[1] = tail + 1;
      return true;
    } finally {
      this.mutex.unlock();
    }
  }

  pop(): number | undefined {
    this.mutex.lock();
    try {
      const head = this.words[0]!;
      if (head === this.words[1]) return undefined;
      this.words[0] = head + 1;
      return this.words[2 + (head & 7)];
    } finally {
      this.mutex.unlock();
    }
  }

  size(): number {
    this.mutex.lock();
    try {
      return this.words[1]! - this.words[0]!;
    } finally {
      this.mutex.unlock();
    }
  }
}

/** Says that there is nothing where it only could not look. */
export class SpuriousQueue extends LockedQueue {
  override pop(): number | undefined {
    if (!this.mutex.tryLock()) return undefined;
    try {
      const head = this.words[0]!;
      if (head === this.words[1]) return undefined;
      this.words[0] = head + 1;
      return this.words[2 + (head & 7)];
    } finally {
      this.mutex.unlock();
    }
  }
}

export class Semaphore {
  protected readonly words: Int32Array<SharedArrayBuffer>;

  constructor(permits: number) {
    this.words = new Int32Array(new SharedArrayBuffer(4));
    Atomics.store(this.words, 0, permits);
  }

  tryAcquire(): boolean {
    let left = Atomics.load(this.words, 0);
    while (left > 0) {
      const found = Atomics.compareExchange(this.words, 0, left, left - 1);
      if (found === left) return true;
      left = found;
    }
    return false;
  }

  acquire(): void {
    while (!this.tryAcquire()) Atomics.wait(this.words, 0, 0);
  }

  acquireWithin(milliseconds: number): 'ok' | 'timed-out' {
    while (!this.tryAcquire()) {
      if (Atomics.wait(this.words, 0, 0, milliseconds) === 'timed-out') return 'timed-out';
    }
    return 'ok';
  }

  async acquireAsync(): Promise<void> {
    while (!this.tryAcquire()) {
      const waited = Atomics.waitAsync(this.words, 0, 0);
      if (waited.async) await waited.value;
    }
  }

  release(): void {
    Atomics.add(this.words, 0, 1);
    Atomics.notify(this.words, 0, 1);
  }
}

/** Wakes before there is a permit. */
export class HastySemaphore extends Semaphore {
  override release(): void {
    Atomics.notify(this.words, 0, 1);
    Atomics.add(this.words, 0, 1);
  }
}
