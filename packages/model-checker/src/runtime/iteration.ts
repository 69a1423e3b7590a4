// Generators of the code under test, and `for … of` over them: their `yield` gives a value to
// whoever iterates, while a bare `yield` gives way to another thread.

import { isSharedView, type TypedArray } from '../engine/memory.ts';
import { readElement } from './access.ts';
import { drive, TWIN, type Instrumented, type Twin } from './twins.ts';

type Generating = Generator<unknown, unknown, unknown>;

/** What a generator of the code under test yields. */
export class Given {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** A generator object of the code under test. */
export class ModelGenerator implements Iterable<unknown> {
  readonly #generator: Generating;

  constructor(generator: Generating) {
    this.#generator = generator;
  }

  *resume(method: 'next' | 'return' | 'throw', value: unknown): Generator<unknown, IteratorResult<unknown>, unknown> {
    let step = this.#generator[method](value);
    while (step.done !== true && !(step.value instanceof Given)) {
      yield;
      step = this.#generator.next();
    }
    return step.done === true ? step : { done: false, value: (step.value as Given).value };
  }

  next(value?: unknown): IteratorResult<unknown> {
    return drive(this.resume('next', value)) as IteratorResult<unknown>;
  }

  return(value?: unknown): IteratorResult<unknown> {
    return drive(this.resume('return', value)) as IteratorResult<unknown>;
  }

  throw(error?: unknown): IteratorResult<unknown> {
    return drive(this.resume('throw', error)) as IteratorResult<unknown>;
  }

  [Symbol.iterator](): this {
    return this;
  }
}

for (const method of ['next', 'return', 'throw'] as const) {
  const fn = ModelGenerator.prototype[method] as Instrumented;
  fn[TWIN] = function (this: ModelGenerator, value: unknown) {
    return this.resume(method, value);
  } as Twin;
}

/** Iterates over shared memory, which the race detector watches. */
export function* elements(view: TypedArray): Generator<number | bigint, void, unknown> {
  for (let i = 0; i < view.length; i++) yield readElement(view, i);
}

/** Tells whether a value is a view whose elements are watched. */
export function isWatched(value: unknown): value is TypedArray {
  return isSharedView(value) && 'length' in value;
}
