// Generators of the code under test, and iteration: their `yield` gives a value to whoever
// iterates, while a bare `yield` gives way to another thread.

import { x } from '../engine/state.ts';
import { isSharedView, type TypedArray } from '../engine/memory.ts';
import { accessAll, readElement } from './access.ts';
import { Awaited } from './agent.ts';
import { callAny } from './promise.ts';
import { rethrowStop, isStop } from './stop.ts';
import { drive, driveTo, link, twinOf, type Instrumented, type Twin } from './twins.ts';

type Generating = Generator<unknown, unknown, unknown>;
type AnyFunction = (...args: never[]) => unknown;

/** What a generator of the code under test yields. */
export class Given {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** Yielded by a generator whose parameters have been computed: the call returns here. */
export const START: unique symbol = Symbol('model-checker.start');

const generators = new WeakMap<object, Generating>();

/** What generator objects of the code under test inherit: `next`, `return` and `throw`. */
export const generatorPrototype: Iterator<unknown> = Object.create(
  Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object,
  { [Symbol.toStringTag]: { value: 'Generator', configurable: true } },
) as Iterator<unknown>;

/** Makes a generator object. */
export function makeGenerator(generator: Generating, prototype: unknown, isPrimed: boolean): object {
  // The parameters are computed at the call.
  if (isPrimed) driveTo(generator, START);
  const made = Object.create(isObject(prototype) ? prototype : generatorPrototype) as object;
  generators.set(made, generator);
  return made;
}

/** What the last `return()` of a generator was called with. */
let returned: unknown;

function* resume(self: object, method: 'next' | 'return' | 'throw', value: unknown): Generating {
  const generator = generators.get(self);
  if (generator === undefined)
    throw new TypeError(`${method} method called on incompatible receiver ${Object.prototype.toString.call(self)}`);
  if (method === 'return') returned = value;
  let step = generator[method](value);
  while (step.done !== true && !(step.value instanceof Given)) {
    yield;
    step = generator.next();
  }
  return step.done === true ? step : { value: (step.value as Given).value, done: false };
}

for (const method of ['next', 'return', 'throw'] as const) {
  const twin = function (this: object, value: unknown): Generating {
    return resume(this, method, value);
  };
  const { [method]: fn } = {
    [method](this: object, value: unknown): unknown {
      return drive(resume(this, method, value));
    },
  } as Record<string, AnyFunction>;
  Object.defineProperty(generatorPrototype, method, {
    value: link(fn as Instrumented, twin as Twin),
    writable: true,
    configurable: true,
  });
}

/** Iterates over shared memory, which the race detector watches. */
function* elements(view: TypedArray): Generator<number | bigint, void, unknown> {
  for (let i = 0; i < view.length; i++) yield readElement(view, i);
}

/** Tells whether a value is a view whose elements are watched. */
export function isWatched(value: unknown): value is TypedArray {
  return isSharedView(value) && 'length' in value;
}

/** An iterator, and its `next`, which is read once. */
export interface Iteration {
  readonly iterator: Iterator<unknown>;
  readonly next: AnyFunction;
  /** True where `for await` iterates over something that knows nothing of promises. */
  readonly isSync: boolean;
}

function begun(iterator: unknown, isSync = false): Iteration {
  if (!isObject(iterator)) throw new TypeError('Result of the Symbol.iterator method is not an object');
  return { iterator: iterator as never, next: (iterator as unknown as Iterator<unknown>).next as AnyFunction, isSync };
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Begins an iteration; a generator is returned where that may have to be suspended. */
export function iterate(iterable: Iterable<unknown>): Iteration | Generating {
  if (x.current !== undefined && isWatched(iterable)) return begun(elements(iterable));
  const method = iterable[Symbol.iterator] as unknown;
  if (typeof method !== 'function') throw new TypeError(`${describe(iterable)} is not iterable`);
  return twinOf(method) === undefined
    ? begun(Reflect.apply(method, iterable, []))
    : beginSuspendably(method as AnyFunction, iterable);
}

function describe(value: unknown): string {
  return isObject(value) ? 'object' : String(value);
}

function* beginSuspendably(method: AnyFunction, iterable: unknown, isSync = false): Generating {
  return begun(yield* callAny(method, iterable, []), isSync);
}

/** Begins the iteration of `for await`. */
export function* iterateAsync(iterable: Iterable<unknown> & Partial<AsyncIterable<unknown>>): Generating {
  const method = iterable[Symbol.asyncIterator] as AnyFunction | null | undefined;
  const isSync = method === undefined || method === null;
  return yield* beginSuspendably(isSync ? (iterable[Symbol.iterator] as AnyFunction) : method, iterable, isSync);
}

/** Takes a step of an iteration, suspendably. */
export function* stepOf({ iterator, next }: Iteration, value?: unknown): Generating {
  return yield* callAny(next, iterator, [value]);
}

/** Tells whether an iteration is over. */
export function isDone(step: unknown): boolean {
  if (!isObject(step)) throw new TypeError(`Iterator result ${String(step)} is not an object`);
  return Boolean((step as IteratorResult<unknown>).done);
}

/** The loop was left before the iterator's end. */
const LEFT = 1;
/** The loop's body threw. */
const THREW = 2;

/** Says how an iteration is to be closed, when something was thrown while it was open or not. */
export function thrown(error: unknown, open: number): number {
  return isStop(error) || open === 0 ? 0 : THREW;
}

/** Closes an iteration that has not come to its end. */
export function* close({ iterator }: Iteration, how: number): Generating {
  try {
    const method = iterator.return as AnyFunction | null | undefined;
    if (method === undefined || method === null) return undefined;
    const result = yield* callAny(method, iterator, []);
    if (how === LEFT && !isObject(result)) throw new TypeError(`${String(result)} is not an object`);
  } catch (error) {
    rethrowStop(error);
    // What the body threw goes first.
    if (how !== THREW) throw error;
  }
  return undefined;
}

/** Closes an iteration of `for await`. */
export function* closeAsync({ iterator }: Iteration, how: number): Generating {
  try {
    const method = iterator.return as AnyFunction | null | undefined;
    if (method === undefined || method === null) return undefined;
    const result: unknown = yield new Awaited(yield* callAny(method, iterator, []));
    if (how === LEFT && !isObject(result)) throw new TypeError(`${String(result)} is not an object`);
  } catch (error) {
    rethrowStop(error);
    if (how !== THREW) throw error;
  }
  return undefined;
}

/** Does what `yield*` does. */
export function* delegate(iterable: Iterable<unknown>): Generating {
  const begins = iterate(iterable);
  const iteration = (Symbol.iterator in begins ? yield* begins : begins) as Iteration;
  const { iterator } = iteration;
  let step = yield* stepOf(iteration);
  while (!isDone(step)) {
    let isOpen = true;
    let sent: unknown;
    let error: { readonly value: unknown } | undefined;
    try {
      sent = yield new Given((step as IteratorResult<unknown>).value);
      isOpen = false;
    } catch (failure) {
      rethrowStop(failure);
      error = { value: failure };
      isOpen = false;
    } finally {
      // Resumed by `return`, which the other iterator may refuse.
      const method = isOpen ? (iterator.return as AnyFunction | null | undefined) : undefined;
      if (method !== undefined && method !== null) {
        step = yield* callAny(method, iterator, [returned]);
        // eslint-disable-next-line no-unsafe-finally
        if (isDone(step)) return (step as IteratorResult<unknown, unknown>).value;
        // eslint-disable-next-line no-unsafe-finally
        continue;
      }
    }
    if (error === undefined) step = yield* stepOf(iteration, sent);
    else if (iterator.throw === undefined) {
      yield* close(iteration, LEFT);
      throw new TypeError('The iterator does not provide a throw method');
    } else step = yield* callAny(iterator.throw as AnyFunction, iterator, [error.value]);
  }
  return (step as IteratorResult<unknown, unknown>).value;
}

/** Says that a built-in function or the language reads all of a view. */
export function observe(values: unknown): void {
  if (x.current !== undefined && isWatched(values)) accessAll(values, false);
}

/** Tells whether an iterable's iterator is instrumented, so that it has to be run step by step. */
export function iteratesSuspendably(values: unknown): boolean {
  if (Array.isArray(values) || !isObject(values)) return false;
  const { [Symbol.iterator]: method } = values as Iterable<unknown>;
  return generators.has(values) || twinOf(method) !== undefined || isGeneratorFunction(method);
}

const functions = new WeakSet<object>();

/** Notes that a function makes generator objects. */
export function noteGeneratorFunction(fn: object): void {
  functions.add(fn);
}

function isGeneratorFunction(fn: unknown): boolean {
  return typeof fn === 'function' && functions.has(fn);
}

/** Collects `count` values of an iterable, or all of them, where `count` is below 0. */
export function* collect(iterable: Iterable<unknown>, count: number): Generating {
  const begins = iterate(iterable);
  const iteration = (Symbol.iterator in begins ? yield* begins : begins) as Iteration;
  const values: unknown[] = [];
  while (values.length !== count) {
    const step = yield* stepOf(iteration);
    if (isDone(step)) return values;
    values.push((step as IteratorResult<unknown>).value);
  }
  yield* close(iteration, LEFT);
  return values;
}
