// The operations of `Atomics`, in two halves. `propose` says what the thread is about to do
// and asks the scheduler: it returns true where another thread is to run first, and the
// instrumented code yields. `perform` does it, when the thread's turn has come.

import { elementOf, UPDATES } from './elements.ts';
import type { INVOKE, RESPOND } from './kinds.ts';
import { COMPARE_EXCHANGE, JOIN, LOAD, NOTIFY, RESUME, STORE, TIMEOUT, UPDATE, WAIT, WAIT_ASYNC } from './kinds.ts';
import { isSharedView, type TypedArray } from './memory.ts';
import { releaseDelayed } from './mutation.ts';
import { observeAccess, observeEdge } from './observations.ts';
import { atomicAccess, enterList } from './races.ts';
import { isRacyAtomic, racyAtomicLocation, racyAtomicRead, racyAtomicWrite } from './racy.ts';
import { choose } from './schedule.ts';
import { fail, x } from './state.ts';
import { join, LIST_CHANGE, LIST_READ, NO_LIST, record } from './steps.ts';
import { READY, SLEEPING, Thread, type AsyncWaiter } from './thread.ts';
import { traceOperation, traceSettling, traceWaking } from './trace.ts';

/** Says what the current thread does next; true where it must yield first. */
export function propose(
  kind: number,
  view: TypedArray,
  index: number,
  operand: unknown,
  operand2: unknown,
  site: number,
): boolean {
  const thread = x.current!;
  thread.kind = kind;
  thread.view = view;
  thread.index = index;
  thread.operand = operand;
  thread.operand2 = operand2;
  thread.site = site;
  const size = view.BYTES_PER_ELEMENT;
  const { buffer } = view as { buffer: SharedArrayBuffer };
  thread.key = x.memory.keyOf(buffer, view.byteOffset + index * size, size);
  thread.cells = x.memory.cellsOf(buffer, size);
  return giveWay(thread);
}

/** Asks the scheduler whether another thread goes first. */
export function giveWay(thread: Thread): boolean {
  if (x.unsuspendable > 0) {
    if (x.threads.some((other) => other !== thread && other.status === READY && other.kind !== JOIN)) {
      fail(
        'unsupported',
        'an operation on shared memory where the thread cannot be suspended, while other threads run: in the ' +
          'constructor of a derived class, a field value, a parameter default, or a callback of code that is not instrumented',
      );
    }
    return false;
  }
  // After a failure nothing goes on, not even what `finally` blocks would do.
  if (x.isStarting || x.failure !== undefined) return true;
  x.next = choose();
  return x.next !== thread.id;
}

/** Tells the bytes of an access apart from all others. */
function rangeOf(view: TypedArray, index: number): number {
  return (view.byteOffset + index * view.BYTES_PER_ELEMENT) * 16 + view.BYTES_PER_ELEMENT;
}

function note(thread: Thread, value: number | bigint): void {
  thread.reads++;
  thread.readings.push({ view: thread.view!, index: thread.index, value, key: thread.key });
}

/** Does what the current thread proposed. */
export function perform(): unknown {
  const thread = x.current!;
  const result = step(thread);
  if (x.mutant !== undefined) releaseDelayed(thread.id);
  return result;
}

function step(thread: Thread): unknown {
  const { kind, key, cells, index, operand } = thread;
  const view = thread.view as Int32Array<SharedArrayBuffer>;
  switch (kind) {
    case LOAD: {
      record(thread, kind, key, cells, false, NO_LIST, thread.lifeKey);
      const value = atomicRead(thread);
      note(thread, value);
      if (x.trace !== undefined) traceOperation(thread, value);
      return value;
    }
    case STORE:
    case UPDATE: {
      const before = view[index]!;
      const racy = isRacyAtomic(thread) ? racyAtomicLocation(thread) : undefined;
      if (racy !== undefined && kind === UPDATE) view[index] = racyAtomicRead(thread) as number;
      const result =
        kind === STORE
          ? Atomics.store(view, index, operand as number)
          : UPDATES[thread.operand2 as string]!(view, index, operand as number);
      // An update that leaves the word as it was is a read to all but the race detector: so a spin on exchange is one.
      const isSilent = kind === UPDATE && racy === undefined && view[index] === before;
      if (isSilent) {
        record(thread, kind, key, cells, false, NO_LIST, thread.lifeKey);
        note(thread, before);
      } else wrote(thread, view, before, kind);
      if (racy === undefined) atomicAccess(thread, key, cells, rangeOf(view, index), kind === UPDATE, true, isSilent);
      else racyAtomicWrite(thread, racy);
      if (x.trace !== undefined) traceOperation(thread, result);
      return result;
    }
    case COMPARE_EXCHANGE: {
      const expected = elementOf(view, operand);
      const before = view[index]!;
      const racy = isRacyAtomic(thread) ? racyAtomicLocation(thread) : undefined;
      if (racy !== undefined) view[index] = racyAtomicRead(thread) as number;
      const value = Atomics.compareExchange(view, index, operand as number, thread.operand2 as number);
      const succeeded = value === expected;
      if (succeeded) wrote(thread, view, before, kind);
      else {
        record(thread, kind, key, cells, false, NO_LIST, thread.lifeKey);
        note(thread, value);
      }
      if (racy === undefined) atomicAccess(thread, key, cells, rangeOf(view, index), true, succeeded);
      else if (succeeded) racyAtomicWrite(thread, racy);
      else view[index] = before;
      if (x.trace !== undefined) traceOperation(thread, value);
      return value;
    }
    case NOTIFY:
      return notify(thread);
    case WAIT:
    case WAIT_ASYNC:
      return beginWait(thread, kind);
    case TIMEOUT: {
      const { waiters } = x.memory.cell(key);
      waiters.splice(waiters.indexOf(thread), 1);
      record(thread, kind, key, 0, false, LIST_CHANGE, thread.lifeKey);
      enterList(thread, x.memory.cell(key), true);
      thread.writes++;
      if (x.trace !== undefined) traceOperation(thread, 'timed-out');
      return 'timed-out';
    }
    case RESUME:
      record(thread, kind, 0, 0, false, NO_LIST, thread.lifeKey);
      if (x.trace !== undefined) traceOperation(thread, thread.waitResult);
      return thread.waitResult;
    default:
      throw new Error(`the engine has no step of kind ${kind}`);
  }
}

/** Reads as an atomic operation does, and notes it for the race detector. */
function atomicRead(thread: Thread): number | bigint {
  if (isRacyAtomic(thread)) return racyAtomicRead(thread);
  const view = thread.view as Int32Array<SharedArrayBuffer>;
  atomicAccess(thread, thread.key, thread.cells, rangeOf(view, thread.index), true, false);
  return Atomics.load(view, thread.index);
}

function wrote(thread: Thread, view: TypedArray, before: number | bigint, kind: number): void {
  x.stepBefore[x.depth] = before;
  x.stepView[x.depth] = view;
  record(thread, kind, thread.key, thread.cells, true, NO_LIST, thread.lifeKey);
  thread.writes++;
}

function notify(thread: Thread): number {
  const { key, operand } = thread;
  const cell = x.memory.cell(key);
  const most = operand as number;
  const wakes = cell.waiters.length > 0 && most > 0;
  // Promises that settle on one thread do so in an order, which that thread sees.
  const firstAsync = wakes ? cell.waiters.slice(0, most).find((waiter) => !(waiter instanceof Thread)) : undefined;
  const queue = firstAsync === undefined ? 0 : queueKey((firstAsync as AsyncWaiter).owner);
  record(thread, NOTIFY, key, 0, false, wakes ? LIST_CHANGE : LIST_READ, thread.lifeKey || queue);
  enterList(thread, cell, false);
  observeAccess(thread.site);
  let woken = 0;
  while (woken < most && cell.waiters.length > 0) {
    wake(cell.waiters.shift()!, thread, 'ok');
    woken++;
  }
  if (woken > 0) {
    enterList(thread, cell, true);
    thread.writes++;
  }
  if (x.trace !== undefined) traceOperation(thread, woken);
  return woken;
}

/** Wakes a waiter, whether a thread or a promise. */
export function wake(waiter: Thread | AsyncWaiter, waker: Thread, result: 'ok' | 'timed-out'): void {
  const sleeper = waiter instanceof Thread ? waiter : waiter.owner;
  if (sleeper !== waker) observeEdge(waker.site, waiter.site, 'wakes');
  if (waiter instanceof Thread) {
    if (x.trace !== undefined && waiter !== waker) traceWaking(waiter);
    waiter.status = READY;
    waiter.kind = RESUME;
    waiter.waitResult = result;
    waiter.wakeAfter(waker.dependency);
    join(waiter.happensBefore, waker.happensBefore);
    return;
  }
  const { owner } = waiter;
  const traced = x.trace === undefined ? undefined : traceSettling(owner);
  owner.tasks.push({
    run() {
      traced?.();
      waiter.settle(result);
    },
    dependency: waker.dependency.slice(),
    happensBefore: waker.happensBefore.slice(),
  });
  rouse(owner);
}

/** Lets a thread whose event loop had nothing to do look again. */
export function rouse(owner: Thread): void {
  if (!owner.isIdle) return;
  owner.isIdle = false;
  owner.status = READY;
  owner.kind = RESUME;
  owner.waitResult = 'ok';
}

/** The virtual cell of a thread's queue of tasks. */
function queueKey(owner: Thread): number {
  if (owner.queueKey === 0) owner.queueKey = x.memory.virtualKey();
  return owner.queueKey;
}

/** Settles the promise of a waitAsync; what makes one, src/runtime registers. */
let makePromise: (owner: Thread) => { promise: unknown; settle: (result: 'ok' | 'timed-out') => void } = () => {
  throw new Error('the runtime is not loaded');
};

/** Registers how promises are made. */
export function onWaitAsync(make: typeof makePromise): void {
  makePromise = make;
}

/** Compares, and goes to sleep or does not; null where the thread sleeps. */
function beginWait(thread: Thread, kind: number): unknown {
  const { key, cells, operand, operand2 } = thread;
  const view = thread.view!;
  const cell = x.memory.cell(key);
  const expected = elementOf(view, operand);
  const timeout = operand2 === undefined || Number.isNaN(Number(operand2)) ? Infinity : Math.max(0, Number(operand2));
  // The footprint of a step must not depend on its outcome: one that does not sleep changes the list too.
  record(thread, kind, key, cells, false, LIST_CHANGE, thread.lifeKey);
  const value = atomicRead(thread);
  const sleepsAnyway = thread.splitKind === kind;
  thread.splitKind = 0;
  if (value !== expected && !sleepsAnyway) {
    note(thread, value);
    if (x.trace !== undefined) traceOperation(thread, 'not-equal');
    return kind === WAIT ? 'not-equal' : { async: false, value: 'not-equal' };
  }
  if (timeout === 0) {
    note(thread, value);
    if (x.trace !== undefined) traceOperation(thread, 'timed-out');
    return kind === WAIT ? 'timed-out' : { async: false, value: 'timed-out' };
  }
  enterList(thread, cell, true);
  thread.writes++;
  if (x.trace !== undefined) traceOperation(thread, 'sleeps');
  if (kind === WAIT_ASYNC) {
    const { promise, settle } = makePromise(thread);
    const waiter: AsyncWaiter = { owner: thread, site: thread.site, settle };
    cell.waiters.push(waiter);
    if (timeout < Infinity) {
      thread.timers.push({
        id: -1,
        deadline: x.now + timeout,
        period: undefined,
        callback() {
          const at = cell.waiters.indexOf(waiter);
          if (at < 0) return;
          cell.waiters.splice(at, 1);
          settle('timed-out');
        },
      });
    }
    return { async: true, value: promise };
  }
  cell.waiters.push(thread);
  thread.expected = expected;
  thread.deadline = x.now + timeout;
  thread.sleptAt = x.depth - 1;
  if (timeout < Infinity && x.limits.timeouts === 'any') thread.kind = TIMEOUT;
  else {
    thread.status = SLEEPING;
    thread.kind = RESUME;
  }
  x.next = choose();
  return null;
}

/** Does an operation at once, outside of a model. */
export function performNow(
  kind: number,
  view: TypedArray,
  index: number,
  operand: unknown,
  operand2: unknown,
): unknown {
  const words = view as Int32Array<SharedArrayBuffer>;
  switch (kind) {
    case LOAD:
      return Atomics.load(words, index);
    case STORE:
      return Atomics.store(words, index, operand as number);
    case UPDATE:
      return UPDATES[operand2 as string]!(words, index, operand as number);
    case COMPARE_EXCHANGE:
      return Atomics.compareExchange(words, index, operand as number, operand2 as number);
    case NOTIFY:
      return Atomics.notify(words, index, operand as number);
    case WAIT:
      return Atomics.wait(words, index, operand as number, operand2 as number);
    case WAIT_ASYNC:
      return Atomics.waitAsync(words, index, operand as number, operand2 as number);
    default:
      throw new Error(`the engine has no operation of kind ${kind}`);
  }
}

/** Tells whether an operation concerns the model: one on memory that is not shared, or that will throw, does not. */
export function concernsModel(kind: number, view: unknown, index: unknown): view is TypedArray {
  if (x.current === undefined || !isSharedView(view) || !('length' in view)) return false;
  if (!Number.isInteger(index) || (index as number) < 0 || (index as number) >= (view as TypedArray).length)
    return false;
  if (view instanceof Float32Array || view instanceof Float64Array || view instanceof Uint8ClampedArray) return false;
  const isWaitable = view instanceof Int32Array || view instanceof BigInt64Array;
  return isWaitable || (kind !== WAIT && kind !== WAIT_ASYNC);
}

/** Proposes the beginning or the end of an operation whose history is checked. */
export function proposeHistory(kind: typeof INVOKE | typeof RESPOND): boolean {
  const thread = x.current!;
  thread.kind = kind;
  thread.view = undefined;
  thread.key = 0;
  thread.cells = 0;
  return giveWay(thread);
}
