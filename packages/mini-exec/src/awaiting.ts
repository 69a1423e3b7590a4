// What `yield*` goes through when a coroutine waits for a future: the future is polled on the
// spot, and only if it is pending does the coroutine yield it, to whoever drives it, and go on
// later with the value that it is resumed with. So a future that is ready suspends nothing,
// however deep in nested generators it is waited for, and what it throws is thrown right there.
//
// A generator of a few lines would do, but `yield*` is the commonest step of all, and this way
// it allocates nothing: one iterator and one result serve all coroutines of the thread, because
//
// - `yield*` asks for the iterator and calls `next` at once, and nothing runs in between;
// - every later call of `next` comes with the value, whichever future it belongs to;
// - whoever drives a generator reads the result before anything else runs.

import { mayGoOn } from './coop.ts';
import type { Context, Future } from './core/future.ts';
import { Pending } from './pending.ts';

interface Step {
  done: boolean;
  value: unknown;
}

type Awaiting<T> = Iterator<Future<unknown> | undefined, T, unknown>;

/** What the coroutine that runs is polled with; undefined while none runs. */
let context: Context | undefined;
/** The future whose `yield*` begins with the next call of `next`. */
let begun: Future<unknown> | undefined;
const step: Step = { done: false, value: undefined };

function proceed(value: unknown): Step {
  step.done = true;
  step.value = value;
  return step;
}

function suspend(future: Future<unknown>): Step {
  step.done = false;
  step.value = future;
  return step;
}

function rethrow(error: unknown): never {
  throw error;
}

const awaiting = {
  next(value: unknown): Step {
    const future = begun;
    if (future === undefined) return proceed(value);
    begun = undefined;
    const cx = context;
    if (cx === undefined || !mayGoOn(cx)) return suspend(future);
    const polled = future.poll(cx);
    return polled === Pending ? suspend(future) : proceed(polled);
  },
  throw: rethrow,
};

/** Begins a `yield*` of a future. */
export function awaitFuture<T>(future: Future<T>): Awaiting<T> {
  begun = future;
  return awaiting as Awaiting<T>;
}

const yielding = {
  next(): Step {
    if (begun === undefined) return proceed(undefined);
    begun = undefined;
    step.done = false;
    step.value = undefined;
    return step;
  },
  throw: rethrow,
};

/** Begins a `yield*` that lets others have their turn, as a bare `yield` does. */
export function awaitTurn(future: Future<void>): Awaiting<void> {
  begun = future;
  return yielding as Awaiting<void>;
}

/** Says what the coroutine that is to run is polled with; returns what the one around it is, to say so afterwards. */
export function enter(cx: Context | undefined): Context | undefined {
  const outer = context;
  context = cx;
  return outer;
}

/** Tells whether `cx` is what the coroutine that runs is polled with. */
export function isEntered(cx: Context): boolean {
  return context === cx;
}

/** Tells whether a future that a coroutine has just yielded was polled, or need not be, before it is woken. */
export function wasPolled(future: unknown): boolean {
  const was = step.value === future;
  step.value = undefined;
  return was;
}
