// Machines as their authors write them: generator functions, which a build step makes into
// { frame, begin, poll } (src/compiler). Nothing here runs: the build step replaces the waits.

import type { Child, MachineContext } from './context.ts';

declare const STEP: unique symbol;

/** Is where a machine that is written as a generator function may wait, and move. */
export interface MachineStep {
  readonly [STEP]: never;
}

/**
 * Is what a machine that is written as a generator function returns: the steps to a `Result`. Write it as the
 * function's return type where the machine spawns itself.
 *
 * @example
 * ```ts
 * import { isRuntimeWorker, machine, type MachineSteps, Runtime } from '@concurrency-lab/runtime';
 *
 * export const factorial = machine(import.meta, 'factorial', function* (cx, n: number): MachineSteps<number> {
 *   return n < 2 ? 1 : n * (yield* cx.join(cx.spawn(factorial, n - 1)));
 * });
 *
 * if (!isRuntimeWorker()) {
 *   const rt = Runtime.builder().workerThreads(2).build();
 *   await rt.spawn(factorial, 10); // => 3628800
 *   await rt.shutdown();
 * }
 * ```
 */
export type MachineSteps<Result> = Generator<MachineStep, Result, unknown>;

/** Is waited for with `yield*`, which gives its value. */
export interface MachineWait<Value> {
  [Symbol.iterator](): Iterator<MachineStep, Value, unknown>;
}

/**
 * Is what a machine that is written as a generator function waits with. Each wait stands right behind `yield*`, in
 * the function itself.
 */
export interface StepsContext extends Pick<MachineContext, 'waker' | 'now' | 'spawn'> {
  /**
   * Waits for a task that this machine has spawned, and gives its value; once.
   *
   * @throws {JoinError} if it threw, or its worker was lost
   * @throws {InvalidArgumentError} on anything but a task that this machine has spawned and not joined
   */
  join<Result>(child: Child<Result>): MachineWait<Result>;
  /** Lets the tasks that wait now go first; whichever worker has time goes on. */
  yieldNow(): MachineWait<void>;
  /** Waits for so many milliseconds, at least. The thread that built the runtime serves it. */
  sleep(ms: number): MachineWait<void>;
  /** Waits until `now()` has reached a time. */
  sleepUntil(time: number): MachineWait<void>;
  /**
   * Waits until a condition holds. It is looked at first, and whenever this machine is woken: whoever makes it hold wakes
   * the machine, by the number `waker.handle`, after that. It may be looked at for nothing, on any worker.
   */
  until(condition: () => boolean): MachineWait<void>;
}
