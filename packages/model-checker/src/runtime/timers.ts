// Timers inside a model. Time is virtual: a timer may fire whenever its thread has nothing
// else to do, in the order of the deadlines of that thread.

import { x } from '../engine/state.ts';
import { callAny } from './promise.ts';

let lastId = 0;

/** A timer as Node's: with methods that code calls without asking. */
export class ModelTimer {
  readonly id: number;
  constructor(id: number) {
    this.id = id;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
}

/** Sets a timer of the current thread. */
export function setTimer(fn: unknown, delay: unknown, args: unknown[], repeats: boolean): ModelTimer {
  const thread = x.current!;
  const id = ++lastId;
  const milliseconds = Math.max(0, Number(delay) || 0);
  const run = function* (): Generator<unknown, void, unknown> {
    yield* callAny(fn as (...values: never[]) => unknown, undefined, args);
  };
  thread.timers.push({
    id,
    deadline: x.now + milliseconds,
    period: repeats ? milliseconds : undefined,
    callback: () => void thread.jobs.push(run),
  });
  return new ModelTimer(id);
}

/** Clears a timer of the current thread. */
export function clearTimer(timer: unknown): void {
  if (!(timer instanceof ModelTimer)) return;
  const { timers } = x.current!;
  const at = timers.findIndex(({ id }) => id === timer.id);
  if (at >= 0) timers.splice(at, 1);
}
