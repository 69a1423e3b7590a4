// When an executor gets to poll, seen from the event loop.
//
// A task woken by another task or by a promise is polled in a microtask. A task woken by an
// event of the reactor need not wait for one: the stack is empty but for the event. If events
// come one at a time, the task is polled in the event's callback. If they come in batches, as
// from a busy server's sockets, all their tasks are polled together after the last event of
// the batch, which keeps each step's code and data in the caches. Which of the two it is,
// the last batch tells; while there are no batches, every PROBE events look again.
// `node bench/echo/run.mjs` measures what that is worth.

import { scheduleMacrotask } from '@concurrency-lab/atomics';
import type { Waker } from './core/future.ts';

const PROBE = 32;
const settled = Promise.resolve();

/** The drains asked for by events, to be run together. */
let due: (() => void)[] = [];
let inEvent = false;
let events = 0;
let batching = false;
/** So many events are still to be handled one at a time. */
let single = 0;

/** Drives an executor: turns come soon after a task got ready, and between them I/O and timers have theirs. */
export function onEventLoop(turn: () => boolean): () => void {
  /** Set from the request for a turn until one has left no task ready. */
  let driven = false;
  const drain = (): void => {
    if (turn()) scheduleMacrotask(drain);
    else driven = false;
  };
  return () => {
    if (driven) return;
    driven = true;
    if (inEvent) due.push(drain);
    else void settled.then(drain);
  };
}

/** Wakes a task for an event of the reactor; for callbacks that the event loop calls, only. */
export function wakeFromEvent(waker: Waker): void {
  inEvent = true;
  try {
    waker.wake();
  } finally {
    inEvent = false;
  }
  events++;
  if (single > 0) {
    single--;
    run();
  } else if (!batching) {
    batching = true;
    scheduleMacrotask(endBatch); // I/O callbacks of one turn all come before its macrotasks
  }
}

function endBatch(): void {
  batching = false;
  if (events === 1) single = PROBE;
  run();
}

function run(): void {
  events = 0;
  const drains = due;
  due = [];
  for (const drain of drains) drain();
}
