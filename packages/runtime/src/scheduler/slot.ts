// The state word of a task's slot. It alone decides what becomes of the task; queues and lists
// only say where to look.
//
//   FREE       the slot has no task; the lane that owns its page may write it
//   QUEUED     the task waits; whichever worker claims it runs it
//   BLOCKING   as QUEUED, for the threads of the blocking pool alone: a stale entry in the queue of
//              a worker does not have it run there
//   CANCELLED  as either, but aborted: whoever claims it ends it
//   RUNNING    claimed by the thread whose seat is in the upper bits: it alone uses the payload
//   ABORTING   as RUNNING; the task was asked to end
//
// A machine (machine-slot.ts) goes on from RUNNING to further states, which only it has:
//
//   POLLING    as RUNNING, while it is polled
//   NOTIFIED   as POLLING; it was woken meanwhile
//   IDLE       it waits to be woken; its frame is the payload
//   READY      it was woken, and waits; whoever claims it polls it
//
// And a task that a machine has spawned ends in one of its own:
//
//   ENDED      the outcome waits for that machine; the seat is that of the thread that ended it
//
//   FREE --1 publish--> QUEUED, BLOCKING --2 claim--> RUNNING --4 ask to end--> ABORTING
//              QUEUED, BLOCKING --3 cancel--> CANCELLED --2 claim--> RUNNING
//              RUNNING, ABORTING --5 release, after the completion was taken from the inbox,
//                                  or the thread of the seat is lost--> FREE
//              RUNNING --6 put back, by its thread--> QUEUED
//              QUEUED --7 hand over, by a worker that is about to block--> BLOCKING
//
// 1, 3, 4 and 5 are the owner's: the lane that spawned the task. 2, 6 and 7 are any worker's. So a task
// is claimed once, however many entries of queues name its slot, and an entry of an earlier
// life does no harm: it claims the present task, whose own entry then finds nothing to claim.
// Seats are never used again, so a RUNNING slot whose seat is gone is a lost task.

import { NONE, type RuntimeMemory, SLOT } from './memory.ts';

export const FREE = 0;
export const QUEUED = 1;
export const CANCELLED = 2;
export const RUNNING = 3;
export const ABORTING = 4;
export const BLOCKING = 5;
export const POLLING = 6;
export const NOTIFIED = 7;
export const IDLE = 8;
export const READY = 9;
export const ENDED = 10;

const STATE_BITS = 4;
const STATE = (1 << STATE_BITS) - 1;

/** Gives the state in a state word. */
export function stateOf(word: number): number {
  return word & STATE;
}

/** Gives the seat in a state word; 0 unless it is RUNNING or ABORTING. */
export function seatOf(word: number): number {
  return word >>> STATE_BITS;
}

/** Makes a state word of a state with a seat. */
export function seated(state: number, seat: number): number {
  return state | (seat << STATE_BITS);
}

/** Publishes a task whose slot the owner has filled: QUEUED for workers, or BLOCKING. Edge 1. */
export function publish(memory: RuntimeMemory, at: number, queued: number = QUEUED): void {
  // ORDERING(S1): publishes the task and its arguments (S7) to S2.
  Atomics.store(memory.words, at + SLOT.state, queued);
}

/**
 * Claims a task for the thread with this seat; gives the state it was claimed from, `queued`, READY
 * or CANCELLED, or NONE where there is nothing to claim. Edge 2.
 *
 * @param queued - QUEUED on a worker, which claims READY machines too; BLOCKING on a thread of the blocking pool
 */
export function claim(memory: RuntimeMemory, at: number, seat: number, queued: number = QUEUED): number {
  const { words } = memory;
  // ORDERING(S3): a first guess for S2, which decides.
  let word = Atomics.load(words, at + SLOT.state);
  while (word === queued || word === CANCELLED || (word === READY && queued === QUEUED)) {
    const claimed = seated(word === READY ? POLLING : RUNNING, seat);
    // ORDERING(S2): admits one of several threads that found an entry; observes S1, S4 and W2.
    const seen = Atomics.compareExchange(words, at + SLOT.state, word, claimed);
    if (seen === word) return word;
    word = seen;
  }
  return NONE;
}

/** Says that a task was aborted before anybody claimed it. */
export const CANCELLED_IN_TIME = 0;
/** Says that a machine was aborted while it was idle: no queue has an entry of it, and somebody must claim it. */
export const CANCELLED_IDLE = -2;

/**
 * Aborts a task: cancels it if nobody has claimed it, asks it to end if it runs. Gives
 * CANCELLED_IN_TIME or CANCELLED_IDLE, or the seat of the thread that was asked, or NONE where
 * there is nothing to abort, or it was done before. Edges 3 and 4.
 */
export function abort(memory: RuntimeMemory, at: number): number {
  const { words } = memory;
  // ORDERING(S5): a first guess for S4, which decides.
  let word = Atomics.load(words, at + SLOT.state);
  for (;;) {
    const state = stateOf(word);
    const isRunning = state === RUNNING || state === POLLING || state === NOTIFIED;
    if (!isRunning && state !== QUEUED && state !== BLOCKING && state !== READY && state !== IDLE) return NONE;
    // ORDERING(S4): either this or S2, S9, W1, W2 or W4 comes first; the other sees it.
    const seen = Atomics.compareExchange(
      words,
      at + SLOT.state,
      word,
      isRunning ? (word & ~STATE) | ABORTING : CANCELLED,
    );
    if (seen === word) return isRunning ? seatOf(word) : state === IDLE ? CANCELLED_IDLE : CANCELLED_IN_TIME;
    word = seen;
  }
}

/** Puts a claimed task back, to be queued and claimed again; false where it was asked to end meanwhile. Edge 6. */
export function putBack(memory: RuntimeMemory, at: number, seat: number): boolean {
  const running = seated(RUNNING, seat);
  // ORDERING(S9): either this or S4 comes first; publishes what S2 observed to the next S2.
  return Atomics.compareExchange(memory.words, at + SLOT.state, running, QUEUED) === running;
}

/** Hands a task that waits for a worker over to the blocking pool; false where none waits, or it was cancelled. Edge 7. */
export function toPool(memory: RuntimeMemory, at: number): boolean {
  // ORDERING(S10): either this or S2, or S4, comes first; hands on what S1 published.
  return Atomics.compareExchange(memory.words, at + SLOT.state, QUEUED, BLOCKING) === QUEUED;
}

/** Gives the state word. */
export function peek(memory: RuntimeMemory, at: number): number {
  // ORDERING(S6): a look at what others wrote; whoever acts on it asks again.
  return Atomics.load(memory.words, at + SLOT.state);
}

/** Gives a slot back to its owner's free ones. Edge 5. */
export function release(memory: RuntimeMemory, at: number): void {
  // ORDERING(S8): tells a later thread of this lane that the slot has no task.
  Atomics.store(memory.words, at + SLOT.state, FREE);
}
