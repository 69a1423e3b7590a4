// Promises inside a model. Those of the engine settle between two turns of the real event
// loop, which no execution lives to see; these settle in the queue of the model's thread, in
// the order that the language prescribes, and their reactions can be suspended.

import { x } from '../engine/state.ts';
import type { Thread } from '../engine/thread.ts';
import { rethrowStop } from './stop.ts';
import { link, selfOf, twinOf, type Instrumented } from './twins.ts';

type Generating = Generator<unknown, void, unknown>;
type Reaction = { readonly agent: Thread; readonly run: (promise: ModelPromise) => Generating | void };
type Callback = ((value: never) => unknown) | null | undefined;

type Native = (fn: never, self: unknown, args: unknown[]) => Generator<unknown, unknown, unknown> | undefined;
let native: { call: Native; value(): unknown } | undefined;

/** Sets what calls functions that are not instrumented (natives.ts). */
export function onNative(call: Native, value: () => unknown): void {
  native = { call, value };
}

/** Calls a function that may be instrumented, suspendably. */
export function callAny(
  fn: (...args: never[]) => unknown,
  self: unknown,
  args: unknown[],
): Generator<unknown, unknown, unknown> {
  const twin = twinOf(fn);
  return twin === undefined ? callOther(fn, self, args) : Reflect.apply(twin, selfOf(fn, self), args as never[]);
}

function* callOther(
  fn: (...args: never[]) => unknown,
  self: unknown,
  args: unknown[],
): Generator<unknown, unknown, unknown> {
  if (x.current === undefined || native === undefined || typeof fn !== 'function')
    return Reflect.apply(fn, self, args) as unknown;
  const generator = native.call(fn as never, self, args);
  return generator === undefined ? native.value() : yield* generator;
}

/** Makes the two functions that settle a promise, of which the first call counts. */
export function resolversOf(promise: ModelPromise): {
  resolve: (value?: unknown) => void;
  reject: (reason?: unknown) => void;
} {
  let isSettled = false;
  const once =
    (settle: (value: unknown) => void) =>
    (value?: unknown): void => {
      if (isSettled) return;
      isSettled = true;
      settle(value);
    };
  return { resolve: once((value) => promise.resolve(value)), reject: once((reason) => promise.reject(reason)) };
}

/** A promise of the model. */
export class ModelPromise {
  state: 'pending' | 'fulfilled' | 'rejected' = 'pending';
  value: unknown;
  /** Whether anybody has asked what becomes of it. */
  isHandled = false;
  readonly #reactions: Reaction[] = [];

  constructor(executor?: (resolve: (value?: unknown) => void, reject: (reason?: unknown) => void) => void) {
    if (executor === undefined) return;
    const { resolve, reject } = resolversOf(this);
    try {
      executor(resolve, reject);
    } catch (error) {
      rethrowStop(error);
      reject(error);
    }
  }

  /** Fulfils the promise, or makes it follow another. */
  resolve(value: unknown): void {
    if (value === this) {
      this.reject(new TypeError('Chaining cycle detected for promise #<Promise>'));
      return;
    }
    let then: unknown;
    try {
      const hasMembers = (typeof value === 'object' && value !== null) || typeof value === 'function';
      then = hasMembers ? (Reflect.get(value, 'then', value) as unknown) : undefined;
    } catch (error) {
      rethrowStop(error);
      this.reject(error);
      return;
    }
    if (typeof then !== 'function') {
      this.#settle('fulfilled', value);
      return;
    }
    // A job of its own asks the other promise, as the language prescribes.
    const { resolve, reject } = resolversOf(this);
    x.current!.jobs.push(function* () {
      try {
        yield* callAny(then as (...args: never[]) => unknown, value, [resolve, reject]);
      } catch (error) {
        rethrowStop(error);
        reject(error);
      }
    });
  }

  reject(reason: unknown): void {
    this.#settle('rejected', reason);
  }

  /** Runs a reaction on its thread once the promise is settled. */
  react(reaction: Reaction): void {
    this.isHandled = true;
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
    if (typeof callback !== 'function') return this.then(callback, callback);
    const run = (after: () => unknown): Callback => {
      const handler: Instrumented = () => undefined;
      return link(handler, function* (): Generator<unknown, unknown, unknown> {
        return ModelPromise.resolve(yield* callAny(callback, undefined, [])).then(after);
      });
    };
    const result = new ModelPromise();
    this.react({
      agent: x.current!,
      run: function* ({ state, value }) {
        const after = (): unknown => {
          if (state === 'rejected') throw value as Error;
          return value;
        };
        try {
          result.resolve(yield* callAny(run(after) as never, undefined, []));
        } catch (error) {
          rethrowStop(error);
          result.reject(error);
        }
      },
    });
    return result;
  }

  #settle(state: 'fulfilled' | 'rejected', value: unknown): void {
    if (this.state !== 'pending') return;
    this.state = state;
    this.value = value;
    if (state === 'rejected' && !this.isHandled) x.current?.rejections.push(this);
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

  static withResolvers(): {
    promise: ModelPromise;
    resolve: (value?: unknown) => void;
    reject: (reason?: unknown) => void;
  } {
    const promise = new ModelPromise();
    return { promise, ...resolversOf(promise) };
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

  static try(fn: (...args: never[]) => unknown, ...args: unknown[]): ModelPromise {
    return new ModelPromise((resolve) => resolve(Reflect.apply(fn, undefined, args)));
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
