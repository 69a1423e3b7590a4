// Promises inside a model. Those of the engine settle between two turns of the real event
// loop, which no execution lives to see; these settle in the queue of the model's thread, in
// the order that the language prescribes, and their reactions can be suspended.

import { x } from '../engine/state.ts';
import type { Thread } from '../engine/thread.ts';
import { rethrowStop } from './stop.ts';
import { SELF, TWIN, type Instrumented } from './twins.ts';

type Generating = Generator<unknown, void, unknown>;
type Reaction = { readonly agent: Thread; readonly run: (promise: ModelPromise) => Generating | void };
type Callback = ((value: never) => unknown) | null | undefined;

/** Calls a function that may be instrumented, suspendably. */
export function* callAny(fn: (...args: never[]) => unknown, self: unknown, args: unknown[]): Generator<unknown, unknown, unknown> {
  const instrumented = fn as Instrumented;
  const twin = instrumented[TWIN];
  if (twin === undefined) return Reflect.apply(fn, self, args);
  return yield* Reflect.apply(twin, instrumented[SELF] ?? self, args) as Generator<unknown, unknown, unknown>;
}

/** A promise of the model. */
export class ModelPromise {
  state: 'pending' | 'fulfilled' | 'rejected' = 'pending';
  value: unknown;
  readonly #reactions: Reaction[] = [];

  constructor(executor?: (resolve: (value?: unknown) => void, reject: (reason?: unknown) => void) => void) {
    if (executor === undefined) return;
    let settled = false;
    const once =
      (settle: (value: unknown) => void) =>
      (value?: unknown): void => {
        if (settled) return;
        settled = true;
        settle(value);
      };
    const reject = once((reason) => this.reject(reason));
    try {
      executor(
        once((value) => this.resolve(value)),
        reject,
      );
    } catch (error) {
      reject(error);
    }
  }

  /** Fulfils the promise, or makes it follow another. */
  resolve(value: unknown): void {
    if (value instanceof ModelPromise) {
      const follow = (settled: ModelPromise): void => this.#settle(settled.state as 'fulfilled', settled.value);
      value.react({ agent: x.current!, run: follow });
      return;
    }
    const then = typeof value === 'object' && value !== null ? (value as { then?: unknown }).then : undefined;
    if (typeof then !== 'function') {
      this.#settle('fulfilled', value);
      return;
    }
    const adopt = new ModelPromise();
    adopt.#settle('fulfilled', undefined);
    void adopt.then(() => {
      Reflect.apply(then, value, [(inner: unknown) => this.resolve(inner), (reason: unknown) => this.reject(reason)]);
    });
  }

  reject(reason: unknown): void {
    this.#settle('rejected', reason);
  }

  /** Runs a reaction on its thread once the promise is settled. */
  react(reaction: Reaction): void {
    if (this.state === 'pending') this.#reactions.push(reaction);
    else reaction.agent.jobs.push(() => reaction.run(this));
  }

  then(onFulfilled?: Callback, onRejected?: Callback): ModelPromise {
    const result = new ModelPromise();
    this.react({
      agent: x.current!,
      run: function* (settled) {
        const handler = settled.state === 'fulfilled' ? onFulfilled : onRejected;
        if (typeof handler !== 'function') {
          if (settled.state === 'fulfilled') result.resolve(settled.value);
          else result.reject(settled.value);
          return;
        }
        try {
          result.resolve(yield* callAny(handler, undefined, [settled.value]));
        } catch (error) {
          rethrowStop(error);
          result.reject(error);
        }
      },
    });
    return result;
  }

  catch(onRejected?: Callback): ModelPromise {
    return this.then(undefined, onRejected);
  }

  finally(callback?: () => unknown): ModelPromise {
    if (typeof callback !== 'function') return this.then();
    const run = (after: () => unknown): unknown => {
      const result = new ModelPromise();
      result.resolve(undefined);
      const ran = result.then(callback);
      return ran.then(after);
    };
    return this.then(
      (value) => run(() => value),
      (reason) =>
        run(() => {
          throw reason as Error;
        }),
    );
  }

  #settle(state: 'fulfilled' | 'rejected', value: unknown): void {
    if (this.state !== 'pending') return;
    this.state = state;
    this.value = value;
    for (const { agent, run } of this.#reactions) agent.jobs.push(() => run(this));
    this.#reactions.length = 0;
  }

  static resolve(value?: unknown): ModelPromise {
    if (value instanceof ModelPromise) return value;
    const promise = new ModelPromise();
    promise.resolve(value);
    return promise;
  }

  static reject(reason?: unknown): ModelPromise {
    const promise = new ModelPromise();
    promise.reject(reason);
    return promise;
  }

  static withResolvers(): { promise: ModelPromise; resolve: (value?: unknown) => void; reject: (reason?: unknown) => void } {
    const promise = new ModelPromise();
    return { promise, resolve: (value) => promise.resolve(value), reject: (reason) => promise.reject(reason) };
  }

  static all(values: Iterable<unknown>): ModelPromise {
    return ModelPromise.#collect(values, 'all');
  }

  static allSettled(values: Iterable<unknown>): ModelPromise {
    return ModelPromise.#collect(values, 'allSettled');
  }

  static any(values: Iterable<unknown>): ModelPromise {
    return ModelPromise.#collect(values, 'any');
  }

  static race(values: Iterable<unknown>): ModelPromise {
    const result = new ModelPromise();
    for (const value of values)
      ModelPromise.resolve(value).then(
        (first) => result.resolve(first),
        (reason) => result.reject(reason),
      );
    return result;
  }

  static #collect(values: Iterable<unknown>, mode: 'all' | 'allSettled' | 'any'): ModelPromise {
    const result = new ModelPromise();
    const collected: unknown[] = [];
    let left = 1;
    const done = (): void => {
      if (--left > 0) return;
      if (mode === 'any') result.reject(new AggregateError(collected, 'All promises were rejected'));
      else result.resolve(collected);
    };
    let index = 0;
    for (const value of values) {
      const at = index++;
      left++;
      const keep = (item: unknown): void => {
        collected[at] = item;
        done();
      };
      ModelPromise.resolve(value).then(
        (item) => {
          if (mode === 'any') result.resolve(item);
          else keep(mode === 'all' ? item : { status: 'fulfilled', value: item });
        },
        (reason) => {
          if (mode === 'all') result.reject(reason);
          else keep(mode === 'any' ? reason : { status: 'rejected', reason });
        },
      );
    }
    done();
    return result;
  }

  get [Symbol.toStringTag](): string {
    return 'Promise';
  }
}
