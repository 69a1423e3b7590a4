// The objects, each with what it is to do and how it is called.

import * as fc from 'fast-check';
import type { GeneratedDefinition } from '../../dist/linearizability/index.js';
import type { Counter, LockedQueue, Mutex, Semaphore } from './lin-objects.ts';
import {
  counter,
  lock,
  queue,
  semaphore,
  type CounterOperations,
  type LockOperations,
  type QueueOperations,
  type SemaphoreOperations,
} from './lin-specifications.ts';
import { Ring } from './ring.ts';

const value = fc.tuple(fc.integer({ min: 1, max: 99 }));

type AnyLock = Pick<Mutex, 'lock' | 'tryLock' | 'unlock'>;

export function ringOf(
  capacity: number,
  Subject: typeof Ring = Ring,
): GeneratedDefinition<Ring, readonly number[], QueueOperations> {
  return {
    create: () => new Subject(capacity),
    specification: queue(capacity),
    operations: {
      push: { run: (it, item) => it.push(item), arguments: value, role: 'producer' },
      pop: { run: (it) => it.pop(), role: 'consumer' },
      size: { run: (it) => it.size(), role: ['producer', 'consumer'] },
    },
  };
}

export function queueOf(
  Subject: new () => LockedQueue,
): GeneratedDefinition<LockedQueue, readonly number[], QueueOperations> {
  return {
    create: () => new Subject(),
    specification: queue(8),
    operations: {
      push: { run: (it, item) => it.push(item), arguments: value },
      pop: { run: (it) => it.pop() },
      size: { run: (it) => it.size() },
    },
  };
}

export function lockOf(Subject: new () => AnyLock): GeneratedDefinition<AnyLock, boolean, LockOperations> {
  return {
    create: () => new Subject(),
    specification: lock,
    operations: {
      lock: { run: (it) => it.lock() },
      tryLock: { run: (it) => it.tryLock() },
      unlock: { run: (it) => it.unlock() },
    },
  };
}

export function counterOf(Subject: typeof Counter): GeneratedDefinition<Counter, number, CounterOperations> {
  return {
    create: () => new Subject(),
    specification: counter,
    operations: {
      add: { run: (it, amount) => it.add(amount), arguments: value },
      get: { run: (it) => it.get() },
    },
  };
}

export function semaphoreOf(
  Subject: typeof Semaphore,
  permits = 1,
): GeneratedDefinition<Semaphore, number, SemaphoreOperations> {
  return {
    create: () => new Subject(permits),
    specification: semaphore(permits),
    operations: {
      acquire: { run: (it) => it.acquire() },
      acquireAsync: { run: (it) => it.acquireAsync() },
      acquireWithin: {
        run: (it, milliseconds) => it.acquireWithin(milliseconds),
        arguments: fc.constant([5] as const),
      },
      tryAcquire: { run: (it) => it.tryAcquire() },
      release: { run: (it) => it.release() },
    },
  };
}
