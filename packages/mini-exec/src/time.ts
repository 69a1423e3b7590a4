// Waiting for time to pass. Each sleeping future holds one timer of the event loop.

import { requireInteger } from '@concurrency-lab/atomics';
import { Completion, type Context, type Future, type Poll } from './core/future.ts';

// Timers of longer delays fire at once: they overflow int32.
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Waits for a number of milliseconds from the first poll on; it keeps the event loop alive.
 *
 * @param milliseconds - an integer from 0 to 2147483647 (24.8 days)
 * @throws {InvalidArgumentError} on any other number
 *
 * @example
 * ```ts
 * import { Executor } from '@concurrency-lab/mini-exec';
 * import { sleep } from '@concurrency-lab/mini-exec/time';
 *
 * const log: string[] = [];
 * const executor = new Executor();
 * function* timer(name: string, milliseconds: number) {
 *   log.push(`${name} starts`);
 *   yield* sleep(milliseconds);
 *   log.push(`${name} done`);
 * }
 * await executor.spawn(function* () {
 *   const first = executor.spawn(timer('one', 100));
 *   const second = executor.spawn(timer('two', 50));
 *   yield* first;
 *   yield* second;
 * });
 * log; // => ['one starts', 'two starts', 'two done', 'one done']
 * ```
 */
export function sleep(milliseconds: number): Future<void> {
  return new Sleep(requireInteger('milliseconds', milliseconds, 0, LONGEST_MS));
}

class Sleep extends Completion<void> {
  readonly #milliseconds: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(milliseconds: number) {
    super();
    this.#milliseconds = milliseconds;
  }

  override poll(cx: Context): Poll<void> {
    this.#timer ??= setTimeout(() => this.finish(() => {}), this.#milliseconds);
    return super.poll(cx);
  }

  override drop(): void {
    clearTimeout(this.#timer);
  }
}
