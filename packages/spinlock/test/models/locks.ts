// The models that every lock must pass: small programs that check themselves. What a lock guards
// is plain memory, which races unless the lock orders it. Nobody spins by rounds: a loop that
// counts is no spin to the checker.

import { spawn } from '@concurrency-lab/model-checker';
import { CancelledError, CancelToken, canBlock, TimeoutError, type WaitOptions } from '@concurrency-lab/atomics';
import { type LockGuard, Mutex, SpinLock, TicketLock } from '../../src/index.ts';
import { StubSignal } from './stub-signal.ts';

canBlock(); // asks the engine once, outside of any model

/** What the locks have in common. */
export interface Lock {
  readonly isLocked: boolean;
  readonly isHeld: boolean;
  lock(options?: WaitOptions): LockGuard;
  tryLock(): LockGuard | undefined;
  lockAsync(options?: WaitOptions): Promise<LockGuard>;
  unlock(): void;
  withLock<T>(fn: () => T, options?: WaitOptions): T;
  withLockAsync<T>(fn: () => T | Promise<T>, options?: WaitOptions): Promise<T>;
}

/** Creates a lock, and gives the function that opens it: once for each thread. */
export type NewLock = () => () => Lock;

export const newMutex: NewLock = () => {
  const { handle } = Mutex.create({ spins: 0 });
  return () => Mutex.from(handle, { spins: 0 });
};

export const newSpinLock: NewLock = () => {
  const { handle } = SpinLock.create({ backoff: false });
  return () => SpinLock.from(handle, { backoff: false });
};

export const newTicketLock: NewLock = () => {
  const { handle } = TicketLock.create({ spins: 0, capacity: 4 });
  return () => TicketLock.from(handle, { spins: 0 });
};

export type Models = Record<string, () => void>;

/** What a lock guards: one bit for each that was inside, and who is inside now. */
class Room {
  readonly #words: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(8));

  enter(bit: number): void {
    if (this.#words[1] !== 0) throw new Error(`${bit} meets ${this.#words[1]} inside`);
    this.#words[1] = bit;
    this.#words[0] = this.#words[0]! | bit;
    this.#words[1] = 0;
  }

  expect(...accepted: number[]): void {
    if (!accepted.includes(this.#words[0]!))
      throw new Error(`inside were ${this.#words[0]}, not ${accepted.join(' or ')}`);
  }
}

/** Enters, unless the wait is given up; tells whether it did. */
function tryEntering(room: Room, bit: number, lock: Lock, options: WaitOptions): boolean {
  try {
    lock.withLock(() => room.enter(bit), options);
    return true;
  } catch (error) {
    if (error instanceof TimeoutError || error instanceof CancelledError) return false;
    throw error;
  }
}

/** The same, not blocking. */
async function tryEnteringAsync(room: Room, bit: number, lock: Lock, options: WaitOptions): Promise<boolean> {
  try {
    await lock.withLockAsync(() => room.enter(bit), options);
    return true;
  } catch (error) {
    if (error instanceof TimeoutError || error === 'abort') return false;
    throw error;
  }
}

function end(open: () => Lock): void {
  const lock = open();
  if (lock.isLocked) throw new Error('nobody has unlocked');
  const guard = lock.tryLock();
  if (guard === undefined) throw new Error('cannot be locked again');
  guard.unlock();
}

/** The models of blocking threads, for a lock. */
export function blockingModels(create: NewLock): Models {
  return {
    /** Two threads enter. */
    lockTwo() {
      const open = create();
      const room = new Room();
      const threads = [1, 2].map((bit) => spawn(() => open().withLock(() => room.enter(bit))));
      for (const thread of threads) thread.join();
      room.expect(3);
      end(open);
    },

    /** Two threads enter twice. */
    lockTwice() {
      const open = create();
      const room = new Room();
      const [here, there] = [open(), open()];
      const other = spawn(() => {
        there.withLock(() => room.enter(1));
        there.withLock(() => room.enter(2));
      });
      here.withLock(() => room.enter(4));
      here.withLock(() => room.enter(8));
      other.join();
      room.expect(15);
    },

    /** Three threads enter. */
    lockThree() {
      const open = create();
      const room = new Room();
      const here = open();
      const threads = [1, 2].map((bit) => {
        const there = open();
        return spawn(() => there.withLock(() => room.enter(bit)));
      });
      here.withLock(() => room.enter(4));
      for (const thread of threads) thread.join();
      room.expect(7);
    },

    /** One thread enters if it need not wait, while another waits. */
    tryBeside() {
      const open = create();
      const room = new Room();
      const [here, there] = [open(), open()];
      const other = spawn(() => there.withLock(() => room.enter(1)));
      const guard = here.tryLock();
      if (guard !== undefined) {
        room.enter(2);
        guard.unlock();
      }
      other.join();
      room.expect(guard === undefined ? 1 : 3);
      end(open);
    },

    /** One thread tries twice while another enters twice: what it knew of the lock is out of date. */
    tryBesideTwice() {
      const open = create();
      const room = new Room();
      const [here, there] = [open(), open()];
      const other = spawn(() => {
        there.withLock(() => room.enter(1));
        there.withLock(() => room.enter(2));
      });
      let entered = 3;
      for (const bit of [4, 8]) {
        const guard = here.tryLock();
        if (guard === undefined) continue;
        room.enter(bit);
        entered |= bit;
        guard.unlock();
      }
      other.join();
      room.expect(entered);
    },

    /** A thread looks whether the lock is held; it relies on nothing. */
    lookBeside() {
      const open = create();
      const there = open();
      const here = open();
      const other = spawn(() => there.withLock(() => {}));
      void here.isLocked;
      other.join();
      if (here.isLocked) throw new Error('nobody has unlocked');
    },
  };
}

/**
 * The models of waits that are cancelled. They sleep in slices, to look at the token in between:
 * were timeouts to fire at any point, the slices would have no end.
 */
export function cancelModels(create: NewLock): Models {
  return {
    /** A thread's wait is cancelled by another thread, which then waits itself. */
    cancelBetween() {
      const open = create();
      const room = new Room();
      const token = CancelToken.create();
      const [here, there] = [open(), open()];
      const guard = here.lock();
      const other = spawn(() => tryEntering(room, 1, there, { signal: CancelToken.from(token.handle) }));
      token.cancel();
      guard.unlock();
      here.withLock(() => room.enter(2));
      room.expect(other.join() ? 3 : 2);
      end(open);
    },
  };
}

/** The models of waits that are given up, to be explored with timeouts at `any` point. */
export function givingUpModels(create: NewLock): Models {
  return {
    /** Of three threads one gives up, at any point: the others enter all the same. */
    timeOutBetween() {
      const open = create();
      const room = new Room();
      const [here, patient, hasty] = [open(), open(), open()];
      const first = spawn(() => tryEntering(room, 1, hasty, { timeout: 1 }));
      const second = spawn(() => patient.withLock(() => room.enter(2)));
      here.withLock(() => room.enter(4));
      const entered = first.join();
      second.join();
      room.expect(entered ? 7 : 6);
      end(open);
    },

    /** Two threads give up while a third holds the lock. */
    timeOutTwo() {
      const open = create();
      const room = new Room();
      const here = open();
      const guard = here.lock();
      const threads = [1, 2].map((bit) => {
        const there = open();
        return spawn(() => tryEntering(room, bit, there, { timeout: 1 }));
      });
      guard.unlock();
      const entered = threads.map((thread) => thread.join());
      room.expect((entered[0]! ? 1 : 0) | (entered[1]! ? 2 : 0));
      end(open);
    },
  };
}

/** The models of threads with an event loop. */
export function asyncModels(create: NewLock): Models {
  return {
    /** A thread that may not block enters beside one that blocks. */
    pageBeside() {
      const open = create();
      const room = new Room();
      const [here, there] = [open(), open()];
      const page = spawn(
        async () => {
          await there.withLockAsync(() => room.enter(1));
        },
        { canBlock: false },
      );
      here.withLock(() => room.enter(2));
      page.join();
      room.expect(3);
      end(open);
    },

    /** Two threads enter, neither of which may block. */
    twoPages() {
      const open = create();
      const room = new Room();
      const pages = [1, 2].map((bit) => {
        const there = open();
        return spawn(
          async () => {
            await there.withLockAsync(() => room.enter(bit));
          },
          { canBlock: false },
        );
      });
      for (const page of pages) page.join();
      room.expect(3);
    },

    /** Two tasks of one thread enter by turns, across turns of its event loop, beside another thread. */
    twoTasks() {
      const open = create();
      const room = new Room();
      const [here, there] = [open(), open()];
      const page = spawn(
        async () => {
          const task = (bit: number): Promise<void> =>
            there.withLockAsync(async () => {
              await Promise.resolve();
              room.enter(bit);
            });
          await Promise.all([task(1), task(2)]);
        },
        { canBlock: false },
      );
      here.withLock(() => room.enter(4));
      page.join();
      room.expect(7);
    },
  };
}

/** The models of asynchronous waits that are given up, to be explored with timeouts at `any` point. */
export function asyncGivingUpModels(create: NewLock): Models {
  return {
    /** A page gives up while two blocking threads enter. */
    pageTimesOut() {
      const open = create();
      const room = new Room();
      const [here, there, patient] = [open(), open(), open()];
      const page = spawn(() => tryEnteringAsync(room, 1, there, { timeout: 1 }), { canBlock: false });
      const other = spawn(() => patient.withLock(() => room.enter(2)));
      here.withLock(() => room.enter(4));
      const entered = page.join();
      other.join();
      room.expect(entered ? 7 : 6);
      end(open);
    },

    /** A page aborts its wait while a blocking thread waits behind it. */
    pageAborts() {
      const open = create();
      const room = new Room();
      const [here, there, patient] = [open(), open(), open()];
      const guard = here.lock();
      const page = spawn(
        async () => {
          const controller = new StubSignal();
          const entering = tryEnteringAsync(room, 1, there, { signal: controller.signal });
          await Promise.resolve();
          controller.abort('abort');
          const entered = await entering;
          return entered;
        },
        { canBlock: false },
      );
      const other = spawn(() => patient.withLock(() => room.enter(2)));
      guard.unlock();
      const entered = page.join();
      other.join();
      room.expect(entered ? 3 : 2);
      end(open);
    },
  };
}
