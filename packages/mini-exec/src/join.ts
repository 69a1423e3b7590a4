// Waiting for several futures in one task: for all of them, or for the first.

import { coroutine, type IntoFuture } from './coroutine.ts';
import { type Context, Future, Pending, type Poll } from './core/future.ts';

type Values<Sources extends readonly unknown[]> = {
  -readonly [I in keyof Sources]: Sources[I] extends IntoFuture<infer T> ? T : never;
};

/**
 * Waits for all futures, in one task, and returns their values in the order given. When one
 * throws, the others are dropped and the error is thrown.
 *
 * @throws {TypeError} on anything that is neither a future nor a coroutine
 *
 * @example
 * ```ts
 * import { blockOn, join } from '@concurrency-lab/mini-exec';
 * import { sleep } from '@concurrency-lab/mini-exec/time';
 *
 * function* after(milliseconds: number) {
 *   yield* sleep(milliseconds);
 *   return milliseconds;
 * }
 * blockOn(join(after(10), after(5))); // => [10, 5]
 * ```
 */
export function join<const Sources extends readonly IntoFuture<unknown>[]>(
  ...sources: Sources
): Future<Values<Sources>> {
  return new Join(sources.map((source) => coroutine(source))) as Future<unknown> as Future<Values<Sources>>;
}

class Join extends Future<unknown[]> {
  readonly #futures: (Future<unknown> | undefined)[];
  readonly #values: unknown[];
  #left: number;

  constructor(futures: Future<unknown>[]) {
    super();
    this.#futures = futures;
    this.#values = Array.from({ length: futures.length });
    this.#left = futures.length;
  }

  override poll(cx: Context): Poll<unknown[]> {
    for (const [i, future] of this.#futures.entries()) {
      if (future === undefined) continue;
      let polled: unknown;
      try {
        polled = future.poll(cx);
      } catch (error) {
        this.#futures[i] = undefined;
        this.drop();
        throw error;
      }
      if (polled === Pending) continue;
      this.#futures[i] = undefined;
      this.#values[i] = polled;
      this.#left--;
    }
    return this.#left === 0 ? this.#values : Pending;
  }

  override drop(): void {
    dropAll(this.#futures.splice(0));
  }
}

/** Is the first of several named futures to come to a value: its name, and the value. */
export type Selected<Branches extends Readonly<Record<string, IntoFuture<unknown>>>> = {
  [Name in keyof Branches & string]: {
    readonly branch: Name;
    readonly value: Branches[Name] extends IntoFuture<infer T> ? T : never;
  };
}[keyof Branches & string];

/**
 * Waits for the first of several futures, and drops the others: their cleanup has run when it
 * returns. When several are ready, the one that is named first counts. If the first to come
 * to something throws, so does this.
 *
 * @throws {TypeError} on anything that is neither a future nor a coroutine
 *
 * @example
 * ```ts
 * import { blockOn, select } from '@concurrency-lab/mini-exec';
 * import { sleep } from '@concurrency-lab/mini-exec/time';
 *
 * function* answer() {
 *   yield* sleep(5);
 *   return 42;
 * }
 * blockOn(function* () {
 *   const first = yield* select({ answer, tooLate: sleep(1000) });
 *   return first.branch === 'answer' ? first.value : undefined; // a number, by its type
 * }); // => 42
 * ```
 */
export function select<const Branches extends Readonly<Record<string, IntoFuture<unknown>>>>(
  branches: Branches,
): Future<Selected<Branches>> {
  const names = Object.keys(branches);
  const futures = names.map((name) => coroutine(branches[name]!));
  return new Select(futures, (i, value) => ({ branch: names[i]!, value }) as Selected<Branches>);
}

/**
 * Waits for the first of several futures like {@link select}, and returns its value.
 *
 * @throws {TypeError} on anything that is neither a future nor a coroutine
 *
 * @example
 * ```ts
 * import { blockOn, race } from '@concurrency-lab/mini-exec';
 * import { sleep } from '@concurrency-lab/mini-exec/time';
 *
 * function* after(milliseconds: number) {
 *   yield* sleep(milliseconds);
 *   return milliseconds;
 * }
 * blockOn(race(after(1000), after(5))); // => 5
 * ```
 */
export function race<const Sources extends readonly IntoFuture<unknown>[]>(
  ...sources: Sources
): Future<Values<Sources>[number]> {
  return new Select(
    sources.map((source) => coroutine(source)),
    (_, value) => value as Values<Sources>[number],
  );
}

class Select<T> extends Future<T> {
  readonly #futures: Future<unknown>[];
  readonly #result: (i: number, value: unknown) => T;

  constructor(futures: Future<unknown>[], result: (i: number, value: unknown) => T) {
    super();
    this.#futures = futures;
    this.#result = result;
  }

  override poll(cx: Context): Poll<T> {
    for (const [i, future] of this.#futures.entries()) {
      let polled: unknown;
      try {
        polled = future.poll(cx);
      } catch (error) {
        this.#dropOthers(i);
        throw error;
      }
      if (polled === Pending) continue;
      this.#dropOthers(i);
      return this.#result(i, polled);
    }
    return Pending;
  }

  #dropOthers(winner: number): void {
    dropAll(this.#futures.splice(0).filter((_, i) => i !== winner));
  }

  override drop(): void {
    dropAll(this.#futures.splice(0));
  }
}

/** Drops futures, each of them even if the cleanup of another throws; throws the first error. */
function dropAll(futures: readonly (Future<unknown> | undefined)[]): void {
  const errors: unknown[] = [];
  for (const future of futures) {
    try {
      future?.drop();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
