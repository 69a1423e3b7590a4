// What `using` declarations come to: a stack of resources, each with the method that disposes
// of it, which is read when the resource is declared.

import { Awaited } from './agent.ts';
import { callAny } from './promise.ts';
import { rethrowStop } from './stop.ts';

type AnyFunction = (...args: never[]) => unknown;

/** A resource, or what the block threw. */
type Entry =
  | { readonly value: unknown; readonly method: AnyFunction | undefined; readonly isAsync: boolean }
  | { readonly error: unknown };

function methodOf(value: object, isAsync: boolean): AnyFunction {
  const { asyncDispose } = Symbol as { asyncDispose?: symbol };
  const disposable = value as Record<symbol, AnyFunction | undefined>;
  const method =
    (isAsync && asyncDispose !== undefined ? disposable[asyncDispose] : undefined) ?? disposable[Symbol.dispose];
  if (typeof method !== 'function') throw new TypeError('a value declared with using has no Symbol.dispose method');
  return method;
}

/** What is thrown when a disposal throws after something else has. */
function suppressed(error: unknown, before: unknown): unknown {
  const { SuppressedError } = globalThis as { SuppressedError?: new (error: unknown, suppressed: unknown) => Error };
  if (SuppressedError !== undefined) return new SuppressedError(error, before);
  return Object.assign(new Error('An error was suppressed during disposal'), {
    name: 'SuppressedError',
    error,
    suppressed: before,
  });
}

/** The part of `$rt` that disposes. */
export const disposal = {
  use<T>(stack: Entry[], value: T, isAsync: boolean): T {
    if (value !== null && value !== undefined) stack.push({ value, method: methodOf(value, isAsync), isAsync });
    else if (isAsync) stack.push({ value, method: undefined, isAsync });
    return value;
  },
  failed(stack: Entry[], error: unknown): void {
    rethrowStop(error);
    stack.push({ error });
  },
  *dispose(stack: Entry[]): Generator<unknown, void, unknown> {
    let failure: { readonly error: unknown } | undefined;
    for (const entry of stack.toReversed()) {
      if ('error' in entry) {
        failure = entry;
        continue;
      }
      const { value, method, isAsync } = entry;
      try {
        const result = method === undefined ? undefined : yield* callAny(method, value, []);
        if (isAsync) yield new Awaited(result);
      } catch (error) {
        rethrowStop(error);
        failure = { error: failure === undefined ? error : suppressed(error, failure.error) };
      }
    }
    if (failure !== undefined) throw failure.error as Error;
  },
};
