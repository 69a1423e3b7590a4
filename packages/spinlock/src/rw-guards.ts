// The guards of a reader-writer lock: each acquisition gets one of its own, since many may hold
// the lock at once, and releases it once.

import { type LockGuard, notHeld } from './lock.ts';

/** Holds a {@link RwLock} for writing; works with `using`. */
export interface WriteGuard extends LockGuard {
  /**
   * Turns into a guard for reading, without letting another writer in between. Never waits.
   *
   * @throws {NotHeldError} where this guard no longer holds the lock
   */
  downgrade(): LockGuard;
}

/** Releases what it was made for, once. */
export class OneGuard implements LockGuard {
  #release: (() => void) | undefined;

  constructor(release: () => void) {
    this.#release = release;
  }

  get isHeld(): boolean {
    return this.#release !== undefined;
  }

  unlock(): void {
    const release = this.#release;
    this.end();
    release!();
  }

  /** Ends the guard without releasing; throws where it has ended. */
  end(): void {
    if (this.#release === undefined) throw notHeld('RwLock', 'guard');
    this.#release = undefined;
  }

  [Symbol.dispose](): void {
    this.unlock();
  }
}

/** Releases a lock that is held for writing, or turns it into one that is held for reading. */
export class ExclusiveGuard extends OneGuard implements WriteGuard {
  readonly #downgrade: () => LockGuard;

  constructor(release: () => void, downgradeLock: () => LockGuard) {
    super(release);
    this.#downgrade = downgradeLock;
  }

  downgrade(): LockGuard {
    this.end();
    return this.#downgrade();
  }
}
