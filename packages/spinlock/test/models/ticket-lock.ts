// The models of TicketLock: those of every lock, and its own: the order, and the room.

import { spawn } from '@concurrency-lab/model-checker';
import { CapacityError, TicketLock } from '../../src/index.ts';
import {
  asyncGivingUpModels,
  asyncModels,
  blockingModels,
  cancelModels,
  givingUpModels,
  type Models,
  newTicketLock,
} from './locks.ts';

const OPTIONS = { spins: 0 };
/** The index of the word from which tickets are drawn. */
const NEXT = 32;

const own: Models = {
  /** A thread spins once before it parks. */
  spinOnce() {
    const lock = TicketLock.create({ spins: 1, capacity: 2 });
    const words = new Int32Array(new SharedArrayBuffer(4));
    const there = TicketLock.from(lock.handle, { spins: 1 });
    const other = spawn(() => there.withLock(() => (words[0] = 1)));
    lock.withLock(() => (words[0] = 2));
    other.join();
  },

  /** Who has drawn a ticket is overtaken by nobody: neither by one that waits, nor by one that comes again. */
  inOrder() {
    const lock = TicketLock.create({ ...OPTIONS, capacity: 4 });
    const tickets = new Int32Array(lock.handle.buffer);
    const log = new Int32Array(new SharedArrayBuffer(16));
    const enter = (name: number): void => {
      log[log[0]! + 1] = name;
      log[0] = log[0]! + 1;
    };
    const guard = lock.lock();
    const threads = [1, 2].map((name) => {
      const there = TicketLock.from(lock.handle, OPTIONS);
      const thread = spawn(() => there.withLock(() => enter(name)));
      while (Atomics.load(tickets, NEXT) === name);
      return thread;
    });
    guard.unlock();
    lock.withLock(() => enter(3));
    for (const thread of threads) thread.join();
    if (log[1] !== 1 || log[2] !== 2 || log[3] !== 3) throw new Error(`entered: ${log.slice(1).join()}`);
  },

  /** There is room for one that waits; who is one too many is told so, and nothing is lost. */
  tooMany() {
    const lock = TicketLock.create({ ...OPTIONS, capacity: 1 });
    const words = new Int32Array(new SharedArrayBuffer(4));
    const guard = lock.lock();
    const threads = [1, 2].map((bit) => {
      const there = TicketLock.from(lock.handle, OPTIONS);
      return spawn(() => {
        try {
          there.withLock(() => (words[0] = words[0]! | bit));
          return bit;
        } catch (error) {
          if (error instanceof CapacityError) return 0;
          throw error;
        }
      });
    });
    words[0] = 4;
    guard.unlock();
    const entered = threads.reduce((sum, thread) => sum + thread.join(), 4);
    if (words[0] !== entered) throw new Error(`entered: ${words[0]}, not ${entered}`);
    if (entered === 4) throw new Error('nobody entered');
    lock.withLock(() => {});
  },
};

export const always: Models = { ...blockingModels(newTicketLock), ...asyncModels(newTicketLock), ...own };
export const cancelled: Models = cancelModels(newTicketLock);
export const whenTimeoutsFire: Models = { ...givingUpModels(newTicketLock), ...asyncGivingUpModels(newTicketLock) };
