// One execution: the main thread and those it spawns, step by step, until none can go on.

import { readsAs, stillAwaits } from './awaiting.ts';
import { messageOf, Refine, Stop } from './failure.ts';
import { JOIN, NOTIFY, RESUME } from './kinds.ts';
import { releaseDelayed } from './mutation.ts';
import { rouse, wake } from './operations.ts';
import { arePromisesKept } from './racy.ts';
import { choose } from './schedule.ts';
import { fail, x } from './state.ts';
import { CUT, earliest, FINISHED, MAX_THREADS, READY, SLEEPING, type Thread, type Timer } from './thread.ts';
import { traceSpawn, beginTrace } from './trace.ts';
import { checkReleased } from './watch.ts';

/** How an execution ended. */
export type Ending = 'complete' | 'failed' | 'blocked' | 'cut' | 'steps';

/** Makes a thread that begins with what its parent did so far. */
export function newThread(parent: Thread | undefined): Thread {
  const id = x.threads.length;
  if (id === MAX_THREADS) fail('unsupported', `a model may have at most ${MAX_THREADS} threads, the main one included`);
  const thread = x.pool[id]!;
  thread.reset();
  x.threads.push(thread);
  if (parent !== undefined) {
    for (let t = 0; t < MAX_THREADS; t++) {
      thread.dependency[t] = thread.birth[t] = parent.dependency[t]!;
      if (t !== id) thread.happensBefore[t] = parent.happensBefore[t]!;
    }
    parent.happensBefore[parent.id]!++;
  }
  return thread;
}

/** Runs a new thread to its first step. */
export function startThread(thread: Thread, generator: Generator<unknown, unknown, unknown>, parent?: Thread): void {
  const { current, isStarting, unsuspendable } = x;
  thread.generator = generator;
  if (x.trace !== undefined && parent !== undefined) traceSpawn(parent, thread);
  x.isStarting = true;
  x.unsuspendable = 0;
  x.current = thread;
  try {
    advance(thread);
  } catch (error) {
    // Not its parent's to catch.
    if (parent !== undefined) failWith(error);
    throw error;
  }
  if (x.failure !== undefined) throw new Stop();
  x.current = current;
  x.isStarting = isStarting;
  x.unsuspendable = unsuspendable;
}

/** Finds what a thread does after its function has returned: an async one runs its event loop. */
let afterReturn: (value: unknown) => Generator<unknown, unknown, unknown> | undefined = () => undefined;

/** Registers what comes after a thread's function. */
export function onReturn(next: typeof afterReturn): void {
  afterReturn = next;
}

/** Runs a thread until it yields; false when it has returned. */
function advance(thread: Thread): boolean {
  const { done, value } = thread.generator!.next();
  if (done !== true) return true;
  const next = afterReturn(value);
  if (next !== undefined) {
    thread.generator = next;
    return advance(thread);
  }
  releaseDelayed(thread.id);
  thread.status = FINISHED;
  thread.result = value;
  return false;
}

/** Runs one execution: along the prefix of the tree, then as `choose` says. */
export function execute(body: () => Generator<unknown, unknown, unknown>): Ending {
  begin();
  try {
    startMain(body());
    x.next = choose();
    for (;;) {
      while (x.next >= 0) {
        const thread = x.threads[x.next]!;
        x.current = thread;
        const goesOn = advanceOrFail(thread);
        if (x.failure !== undefined && arePromisesKept()) return 'failed';
        if (x.failure !== undefined) postpone(thread);
        if (!goesOn) x.next = choose();
      }
      if (x.abort !== 'none' || !passTime()) break;
    }
    x.current = undefined;
    if (!arePromisesKept()) return 'cut';
    x.failure = x.postponed;
    if (x.failure === undefined && x.abort === 'none') finish();
  } catch (error) {
    if (error instanceof Refine) throw error;
    noteError(error);
  } finally {
    x.current = undefined;
  }
  const isCut = x.threads.some(({ status }) => status === CUT);
  if (x.judge !== undefined && x.abort === 'none' && (x.failure !== undefined || !isCut))
    x.failure = x.judge(x.failure);
  if (x.failure !== undefined) return 'failed';
  if (x.abort === 'none') return isCut ? 'cut' : 'complete';
  return x.abort;
}

/** Runs the main thread to its first step. */
function startMain(generator: Generator<unknown, unknown, unknown>): void {
  const main = newThread(undefined);
  try {
    startThread(main, generator);
  } catch (error) {
    if (error instanceof Refine) throw error;
    noteError(error);
    if (arePromisesKept()) throw error;
    postpone(main);
  }
}

/** Runs a thread until it yields; false when it has returned, or failed. */
function advanceOrFail(thread: Thread): boolean {
  try {
    return advance(thread);
  } catch (error) {
    if (error instanceof Refine) throw error;
    noteError(error);
    return false;
  }
}

/** A failure counts only if the racy reads before it turn out to be possible: the other threads go on. */
function postpone(thread: Thread): void {
  x.postponed ??= x.failure;
  x.failure = undefined;
  // Not finished: nobody may join a thread that failed. The current one is a child that failed as it was spawned.
  thread.status = CUT;
  if (x.current !== undefined) x.current.status = CUT;
  x.isStarting = false;
  x.unsuspendable = 0;
  x.next = choose();
}

/** Makes what a thread threw the failure of the execution. */
function noteError(error: unknown): void {
  if (error instanceof Stop) return;
  x.failure ??= {
    kind: 'error',
    message: messageOf(error),
    thread: x.current?.id ?? 0,
    site: x.current?.site ?? -1,
    error,
  };
}

function failWith(error: unknown): never {
  if (error instanceof Refine) throw error;
  noteError(error);
  throw new Stop();
}

function begin(): void {
  x.memory.begin();
  x.threads.length = 0;
  x.current = undefined;
  x.unsuspendable = 0;
  x.isStarting = false;
  x.failure = undefined;
  x.postponed = undefined;
  x.abort = 'none';
  x.next = -1;
  x.now = 0;
  x.random = 1;
  x.depth = 0;
  x.nodes = 0;
  x.redirect = -1;
  x.redone = -1;
  x.sleep = 0;
  x.raceFirst.length = 0;
  x.raceSecond.length = 0;
  x.names.clear();
  if (x.mutant !== undefined) x.mutant.delayed.length = 0;
  if (x.trace !== undefined) beginTrace();
}

/** Nothing can happen but time: ends the wait, or fires the timer, that is next; false where there is none. */
function passTime(): boolean {
  let first: Thread | undefined;
  let deadline = Infinity;
  for (const thread of x.threads) {
    if (thread.status !== SLEEPING) continue;
    const next = thread.isIdle ? (nextTimer(thread)?.deadline ?? Infinity) : thread.deadline;
    if (next >= deadline) continue;
    deadline = next;
    first = thread;
  }
  if (first === undefined) return false;
  x.now = Math.max(x.now, deadline);
  if (first.isIdle) {
    first.firing = nextTimer(first);
    rouse(first);
  } else {
    first.deadline = Infinity;
    const { waiters } = x.memory.cell(first.key);
    waiters.splice(waiters.indexOf(first), 1);
    wake(first, first, 'timed-out');
    first.isWoken = false;
  }
  x.next = choose();
  return true;
}

/** Counts what all threads have changed, in shared memory and elsewhere. */
export function changes(): number {
  return x.threads.reduce((sum, { writes, touches }) => sum + writes + touches, 0);
}

/** Finds the timer that fires next; a periodic one that would find all as it was need not. */
function nextTimer(thread: Thread): Timer | undefined {
  const now = changes();
  return earliest(thread.timers.filter(({ seen }) => seen !== now));
}

/** Looks at how the threads ended, when none can go on. */
function finish(): void {
  const stuck = x.threads.filter(({ status }) => status !== FINISHED && status !== CUT);
  const cut = x.threads.filter(({ status }) => status === CUT);
  if (stuck.length > 0 || cut.length > 0) {
    // A thread that was given up here would go on in another execution, and perhaps wake others.
    if (cut.some((thread) => !readsAs(thread.cutRound!))) return;
    reportStuck(stuck, cut);
  }
  checkReleased();
}

function reportStuck(stuck: readonly Thread[], cut: readonly Thread[]): void {
  const sleeping = stuck.filter(({ status, isIdle, kind }) => status === SLEEPING && !isIdle && kind === RESUME);
  const idle = stuck.filter(({ isIdle }) => isIdle);
  const spinning = [...stuck.filter((thread) => stillAwaits(thread)), ...cut];
  const names = (threads: readonly Thread[]): string => threads.map(({ name }) => name).join(', ');
  const missed = sleeping.find((thread) => missedWakeUp(thread));
  if (missed !== undefined) {
    fail('lost-wake-up', `${missed.name} sleeps, and the wake-up that it waits for came before it slept`, {
      thread: missed.id,
      site: missed.site,
    });
  }
  if (sleeping.length > 0 || idle.length > 0) {
    const [first] = sleeping.length > 0 ? sleeping : idle;
    const verb = sleeping.length + idle.length > 1 ? 'sleep' : 'sleeps';
    fail('deadlock', `${names([...sleeping, ...idle])} ${verb}, and nobody is left to notify`, {
      thread: first!.id,
      site: first!.site,
    });
  }
  if (spinning.length > 0) {
    const verb = spinning.length > 1 ? 'spin' : 'spins';
    fail('livelock', `${names(spinning)} ${verb}, and nobody is left to change what memory holds`, {
      thread: spinning[0]!.id,
      site: spinning[0]!.site,
    });
  }
  const waiting = stuck.filter(({ status, kind }) => status === READY && kind === JOIN);
  fail('deadlock', `${names(waiting)} waits for a thread that never ends`, { thread: waiting[0]?.id ?? -1 });
}

/** A sleeper has missed its wake-up when its word has changed, or a notify in no order with its wait found nobody. */
function missedWakeUp(thread: Thread): boolean {
  if (thread.view![thread.index] !== thread.expected) return true;
  const base = thread.sleptAt * MAX_THREADS;
  for (let n = 0; n < thread.sleptAt; n++) {
    if (x.stepKind[n] !== NOTIFY || x.stepKey[n] !== thread.key || x.stepThread[n] === thread.id) continue;
    // The wait comes after every notify of its word; did the step before it?
    const previous = clockBefore(thread, base);
    if (previous[x.stepThread[n]!]! < x.stepIndex[n]!) return true;
  }
  return false;
}

function clockBefore(thread: Thread, base: number): Int32Array {
  const index = x.stepClock[base + thread.id]! - 1;
  for (let n = thread.sleptAt - 1; n >= 0; n--) {
    if (x.stepThread[n] === thread.id && x.stepIndex[n] === index) {
      return x.stepClock.subarray(n * MAX_THREADS, (n + 1) * MAX_THREADS);
    }
  }
  return thread.birth;
}
