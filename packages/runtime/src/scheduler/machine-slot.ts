// The part of a slot's life that only machines have, and the tasks that they spawn. Between two
// polls a machine is nothing but its slot, so any worker may go on with it:
//
//   RUNNING --1 begin--> POLLING --2 rest--> IDLE --4 wake--> READY --claim--> POLLING
//                        POLLING --3 wake--> NOTIFIED --2 rest--> READY
//                        POLLING, NOTIFIED --2 yield--> READY
//   IDLE --abort--> CANCELLED;  POLLING, NOTIFIED --abort--> ABORTING
//
// 1 and 2 are the polling worker's, 3 and 4 anybody's. No wake-up is lost: who wakes a machine
// has given the reason before, and finds it either IDLE, so that it is polled again; or
// POLLING, so that 2 does not let it rest; or waiting to be polled, which is as good. A wake-up
// that comes too late meets whatever has the slot by then, and has it polled once for nothing.
//
// A task that a machine has spawned names it as its parent. It does not go to the inbox of its
// lane when it ends, but waits for its parent, on whatever thread that is polled:
//
//   RUNNING … --5 end--> ENDED --6 claim, by the parent's thread--> RUNNING, and to the inbox
//
// A parent that ends before says so (`disown`) and claims what has ended; a child that ends
// looks afterwards whether it has a parent. One of the two sees the other, or both do, and 6
// decides. A thread that vanishes between two of these steps leaves a machine that is woken by
// the recovery, or a child without a parent, which its lane finds.
//
// Source: the task states of Tokio.

import { NONE, type RuntimeMemory, SLOT } from './memory.ts';
import { ABORTING, ENDED, IDLE, NOTIFIED, peek, POLLING, READY, RUNNING, seated, seatOf, stateOf } from './slot.ts';

/** Begins to poll a machine that was claimed for the first time; false where it was asked to end meanwhile. Edge 1. */
export function beginPolling(memory: RuntimeMemory, at: number, seat: number): boolean {
  const running = seated(RUNNING, seat);
  // ORDERING(W1): either this or S4 comes first. From now on wake-ups are for this machine.
  return Atomics.compareExchange(memory.words, at + SLOT.state, running, seated(POLLING, seat)) === running;
}

/**
 * Ends a poll that came to nothing, after the frame was written. Gives IDLE; or READY where the
 * machine is to be queued, because it was woken meanwhile or `next` says so; or ABORTING where
 * it was asked to end, and this thread has it still. Edge 2.
 */
export function endPoll(
  memory: RuntimeMemory,
  at: number,
  seat: number,
  next: typeof IDLE | typeof READY,
): typeof IDLE | typeof READY | typeof ABORTING {
  let word = seated(POLLING, seat);
  let after = next;
  for (;;) {
    // ORDERING(W2): publishes the frame (S7) to S2. After the looks of the poll, and against W4, in the total order.
    const seen = Atomics.compareExchange(memory.words, at + SLOT.state, word, after);
    if (seen === word) return after;
    if (stateOf(seen) !== NOTIFIED) return ABORTING;
    word = seen;
    after = READY;
  }
}

/** Wakes a machine, after the reason was given; true where the caller must queue it. Edges 3 and 4. */
export function wake(memory: RuntimeMemory, at: number): boolean {
  // ORDERING(W3): after the reason was given, in the total order; W4 decides.
  let word = Atomics.load(memory.words, at + SLOT.state);
  for (;;) {
    const state = stateOf(word);
    if (state !== IDLE && state !== POLLING) return false;
    const woken = state === IDLE ? READY : seated(NOTIFIED, seatOf(word));
    // ORDERING(W4): one of several wakers queues the machine; either this or W2 comes first. Hands on the frame from W2 to S2.
    const seen = Atomics.compareExchange(memory.words, at + SLOT.state, word, woken);
    if (seen === word) return state === IDLE;
    word = seen;
  }
}

/** Gives the slot of a task's parent; NONE where it has none. */
export function parentOf(memory: RuntimeMemory, at: number): number {
  // ORDERING(W6): after W7, in the total order, where a child ends; observes W5.
  return Atomics.load(memory.words, at + SLOT.parent) - 1;
}

/** Makes a machine the parent of a task that is not yet published; NONE where it ends before its child, or has joined it. */
export function setParent(memory: RuntimeMemory, at: number, parent: number): void {
  // ORDERING(W5): before W8, in the total order, where a parent ends.
  Atomics.store(memory.words, at + SLOT.parent, parent + 1);
}

/** Claims a child that has ended for the thread with this seat: as RUNNING, to be put into the inbox of its lane. Edge 6. */
export function claimEnded(memory: RuntimeMemory, at: number, seat: number): boolean {
  const word = peek(memory, at);
  if (stateOf(word) !== ENDED) return false;
  // ORDERING(W8): admits one: the parent, or the child's thread; observes W7.
  return Atomics.compareExchange(memory.words, at + SLOT.state, word, seated(RUNNING, seat)) === word;
}

/** Says that somebody else puts the child into the inbox of its lane. */
export const GONE = -2;

/**
 * Ends a child, after its outcome was written: leaves it to its parent, and gives the parent's slot, to be woken. NONE where the
 * parent was gone, and this thread has the child again, to put it into the inbox of its lane;
 * GONE where somebody else has it. Edge 5.
 */
export function handOver(memory: RuntimeMemory, at: number, seat: number): number {
  const ended = seated(ENDED, seat);
  // ORDERING(W7): publishes the outcome (S7) to W8. Before the looks at the parent (W6, W3), in the total order.
  Atomics.store(memory.words, at + SLOT.state, ended);
  const parent = parentOf(memory, at);
  if (parent !== NONE) return parent;
  return Atomics.compareExchange(memory.words, at + SLOT.state, ended, seated(RUNNING, seat)) === ended ? NONE : GONE; // W8
}

/** Parts a child from its parent; true where it has ended, and is this thread's now, to be put into the inbox of its lane. */
export function disown(memory: RuntimeMemory, at: number, seat: number): boolean {
  setParent(memory, at, NONE);
  return claimEnded(memory, at, seat);
}

/** Disowns all children of the machine in a slot; `deliver` is given those that are this thread's now. */
export function disownAll(
  memory: RuntimeMemory,
  parent: number,
  seat: number,
  deliver: (slot: number, at: number) => void,
): void {
  for (let slot = 0; slot < memory.slots; slot++) {
    const at = memory.slotAt(slot);
    if (parentOf(memory, at) === parent && disown(memory, at, seat)) deliver(slot, at);
  }
}
