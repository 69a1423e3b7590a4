// Sequential models that several subjects are compared with. Not instrumented by need: they
// run between the executions.

import { BLOCKED, type Specification } from '../../dist/linearizability/index.js';

export type QueueOperations = {
  push: readonly [value: number];
  pop: readonly [];
  size: readonly [];
};

/** A queue of limited length: `push` tells whether there was room, `pop` gives undefined where there is nothing. */
export function queue(capacity: number): Specification<readonly number[], QueueOperations> {
  return {
    init: () => [],
    steps: {
      push: (items, value) =>
        items.length < capacity ? { result: true, state: [...items, value] } : { result: false, state: items },
      pop: (items) => ({ result: items[0], state: items.slice(1) }),
      size: (items) => ({ result: items.length, state: items }),
    },
  };
}

export type LockOperations = {
  lock: readonly [];
  tryLock: readonly [];
  unlock: readonly [];
};

/** A lock that knows no owner. */
export const lock: Specification<boolean, LockOperations> = {
  init: () => false,
  steps: {
    lock: (isLocked) => (isLocked ? BLOCKED : { state: true }),
    tryLock: (isLocked) => ({ result: !isLocked, state: true }),
    unlock: (isLocked) => (isLocked ? { state: false } : { throws: 'ERR_NOT_LOCKED', state: false }),
  },
};

export type CounterOperations = {
  add: readonly [amount: number];
  get: readonly [];
};

/** A counter whose `add` gives the sum. */
export const counter: Specification<number, CounterOperations> = {
  init: () => 0,
  steps: {
    add: (sum, amount) => ({ result: sum + amount, state: sum + amount }),
    get: (sum) => ({ result: sum, state: sum }),
  },
};

export type SemaphoreOperations = {
  acquire: readonly [];
  acquireAsync: readonly [];
  acquireWithin: readonly [milliseconds: number];
  tryAcquire: readonly [];
  release: readonly [];
};

/** A semaphore; a bounded wait may end without a permit, whether there is one or not. */
export function semaphore(permits: number): Specification<number, SemaphoreOperations> {
  return {
    init: () => permits,
    steps: {
      acquire: (left) => (left > 0 ? { state: left - 1 } : BLOCKED),
      acquireAsync: (left) => (left > 0 ? { state: left - 1 } : BLOCKED),
      acquireWithin: (left) => [
        { result: 'timed-out', state: left },
        ...(left > 0 ? [{ result: 'ok', state: left - 1 }] : []),
      ],
      tryAcquire: (left) => (left > 0 ? { result: true, state: left - 1 } : { result: false, state: left }),
      release: (left) => ({ state: left + 1 }),
    },
  };
}
