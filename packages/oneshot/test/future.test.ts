// A receiver as a future, for the types of an executor that knows nothing of this package: the
// declarations below are those of mini-exec, whose Pending is a unique symbol of its own.

import { expect, expectTypeOf, it } from 'vitest';
import { oneshot, Pending } from '../src/index.ts';

const ForeignPending: unique symbol = Symbol.for('@concurrency-lab/mini-exec.Pending');

interface Context {
  readonly waker: { wake(): void };
}

abstract class Future<T> {
  abstract poll(cx: Context): T | typeof ForeignPending;
  drop(): void {}
  abstract [Symbol.iterator](): Iterator<Future<unknown>, T, unknown>;
}

type Coroutine<T> = Generator<Future<unknown>, T, unknown>;

/** Polls once, as an executor would. */
function pollOnce<T>(source: Future<T> | Coroutine<T> | (() => Coroutine<T>)): T | undefined {
  if (!('poll' in source)) return undefined;
  const value = source.poll({ waker: { wake() {} } });
  return value === ForeignPending ? undefined : value;
}

it('is a future of its value, and of nothing else', () => {
  const [sender, receiver] = oneshot<number>();
  const first = pollOnce(receiver);
  expectTypeOf(first).toEqualTypeOf<number | undefined>();
  expect(first).toBe(undefined);
  sender.send(42);
  expect(pollOnce(receiver)).toBe(42);
});

it('polled by hand, tells the value from Pending', () => {
  const [, receiver] = oneshot<number>();
  const polled = receiver.poll({ waker: { wake() {} } });
  expectTypeOf(polled).toEqualTypeOf<number | typeof Pending>();
  expect(polled).toBe(Pending);
});

it('is waited for in a coroutine, which goes on with the value', () => {
  const [, receiver] = oneshot<number>();
  function* waiting(): Coroutine<number> {
    const value = yield* receiver;
    expectTypeOf(value).toEqualTypeOf<number>();
    return value;
  }
  expectTypeOf(pollOnce(waiting)).toEqualTypeOf<number | undefined>();
  expect(waiting().next().value).toBe(receiver);
});
