// The models of Mutex: those of every lock, and its own: a blocking wait beside tasks of the same
// thread, and owners that die at any step.

import { spawn } from '@concurrency-lab/model-checker';
import { DeadlockError, Mutex, OwnerDiedError } from '../../src/index.ts';
import {
  asyncGivingUpModels,
  asyncModels,
  blockingModels,
  cancelModels,
  givingUpModels,
  type Models,
  newMutex,
} from './locks.ts';

const OPTIONS = { spins: 0 };

/** Two words that the mutex keeps equal; an owner that died between them left them unequal. */
class Pair {
  readonly #words: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(8));

  increment(): void {
    if (this.#words[0] !== this.#words[1]) throw new Error('sees what is half written');
    this.#words[0] = this.#words[0]! + 1;
    this.#words[1] = this.#words[0]!;
  }

  repair(): void {
    this.#words[1] = this.#words[0]!;
  }
}

/** Uses the pair, repairing it first where its owner died; tells whether it was the one to recover. */
function useOrRepair(mutex: Mutex, pair: Pair): boolean {
  try {
    mutex.withLock(() => pair.increment());
    return false;
  } catch (error) {
    if (!(error instanceof OwnerDiedError)) throw error;
    const guard = mutex.recover();
    if (guard === undefined) return false;
    pair.repair();
    pair.increment();
    guard.unlock();
    return true;
  }
}

const own: Models = {
  /** A thread spins once before it parks. */
  spinOnce() {
    const mutex = Mutex.create({ spins: 1 });
    const words = new Int32Array(new SharedArrayBuffer(4));
    const there = Mutex.from(mutex.handle, { spins: 1 });
    const other = spawn(() => there.withLock(() => (words[0] = 1)));
    mutex.withLock(() => (words[0] = 2));
    other.join();
  },

  /** A thread blocks for the mutex while a task of its own waits for it, which cannot be woken meanwhile. */
  blockBesideTask() {
    const mutex = Mutex.create(OPTIONS);
    const there = Mutex.from(mutex.handle, OPTIONS);
    const guard = mutex.lock();
    const other = spawn(async () => {
      const task = there.lockAsync();
      try {
        there.withLock(() => {});
      } catch (error) {
        if (!(error instanceof DeadlockError)) throw error; // the task had the mutex at once
      }
      (await task).unlock();
    });
    guard.unlock();
    other.join();
  },

  /** Two threads lend the mutex: no two handles have the same number. */
  lendTwice() {
    const mutex = Mutex.create(OPTIONS);
    const threads = [0, 1].map(() => spawn(() => mutex.lend().handle.owner));
    const owners = threads.map((thread) => thread.join());
    if (owners[0] === owners[1]) throw new Error(`both have ${owners[0]}`);
    Mutex.from({ ...mutex.handle, owner: owners[0]! });
  },

  /** A thread opens a loan while another opens the mutex. */
  openLoanBeside() {
    const mutex = Mutex.create(OPTIONS);
    const { handle } = mutex.lend();
    const other = spawn(() => void Mutex.from(mutex.handle));
    Mutex.from(handle);
    other.join();
  },

  /** A borrower is terminated at any step; its supervisor says so, and both survivors use the data. */
  borrowerDies() {
    const mutex = Mutex.create(OPTIONS);
    const there = Mutex.from(mutex.handle, OPTIONS);
    const pair = new Pair();
    const loan = mutex.lend();
    const lent = Mutex.from(loan.handle, OPTIONS);
    const borrower = spawn(() => lent.withLock(() => pair.increment()), { mayBeTerminated: true });
    const other = spawn(() => useOrRepair(there, pair));
    borrower.join();
    const died = loan.revoke();
    if (died && !borrower.wasTerminated) throw new Error('a borrower that lives was declared dead');
    const recovered = [useOrRepair(mutex, pair), other.join()];
    if (recovered.filter(Boolean).length !== (died ? 1 : 0)) throw new Error(`recovered: ${recovered.join()}`);
    if (mutex.isLocked) throw new Error('nobody has unlocked');
  },

  /** A borrower may be terminated when it has been woken, and before it has the mutex. */
  borrowerDiesWaiting() {
    const mutex = Mutex.create(OPTIONS);
    const there = Mutex.from(mutex.handle, OPTIONS);
    const loan = mutex.lend();
    const lent = Mutex.from(loan.handle, OPTIONS);
    const guard = mutex.lock();
    const borrower = spawn(() => lent.withLock(() => {}), { mayBeTerminated: true });
    const other = spawn(() => {
      try {
        there.lock();
      } catch (error) {
        if (!(error instanceof OwnerDiedError)) throw error;
      }
    });
    guard.unlock();
    borrower.join();
    loan.revoke();
    other.join();
  },

  /** Two threads recover the mutex: one of them does. */
  recoverTwice() {
    const mutex = Mutex.create(OPTIONS);
    const words = new Int32Array(new SharedArrayBuffer(4));
    const loan = mutex.lend();
    const borrower = spawn(() => {
      Mutex.from(loan.handle, OPTIONS).lock();
      words[0] = 1;
    });
    const threads = [0, 1].map(() => {
      const there = Mutex.from(mutex.handle, OPTIONS);
      return spawn(() => {
        const guard = there.recover();
        if (guard === undefined) return false;
        words[0] = words[0]! + 1;
        return true;
      });
    });
    borrower.join();
    loan.revoke();
    const recovered = threads.map((thread) => thread.join()).filter(Boolean).length;
    if (recovered > 1) throw new Error('both recovered');
    if (recovered === 0 && mutex.recover() === undefined) throw new Error('nobody can recover');
  },
};

export const always: Models = { ...blockingModels(newMutex), ...asyncModels(newMutex), ...own };
export const cancelled: Models = cancelModels(newMutex);
export const whenTimeoutsFire: Models = { ...givingUpModels(newMutex), ...asyncGivingUpModels(newMutex) };
