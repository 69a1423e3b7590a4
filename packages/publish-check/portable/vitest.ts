// What test files import as `vitest` on runtimes that vitest itself does not run on: its own
// parts for collecting tests, asserting and spying, which are plain JavaScript, under their
// names. What rests on vitest's module loader is missing and says so when it is called.

import { restoreAllMocks, fn, spyOn } from '@vitest/spy';

export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from '@vitest/runner';
export { expect } from './expect.ts';

/** Checks types, which is up to the compiler: whatever is asked of it does nothing. */
export const expectTypeOf = (): unknown => nothing;
const nothing: object = new Proxy(() => {}, { get: () => nothing, apply: () => nothing });

const stubbed = new Map<string, PropertyDescriptor | undefined>();

function stubGlobal(name: string, value: unknown): void {
  if (!stubbed.has(name)) stubbed.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true });
}

function unstubAllGlobals(): void {
  for (const [name, descriptor] of stubbed) {
    if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
    else Object.defineProperty(globalThis, name, descriptor);
  }
  stubbed.clear();
}

/** Calls `check` until it neither throws nor rejects; gives what it gave, or fails as it failed last. */
async function waitFor<T>(
  check: () => T | Promise<T>,
  { timeout = 1000, interval = 50 }: { timeout?: number; interval?: number } = {},
): Promise<T> {
  const { setTimeout } = globalThis;
  for (const end = performance.now() + timeout; ;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, interval));
  }
}

const needsTheLoader =
  (name: string): (() => never) =>
  () => {
    throw new Error(`vi.${name} needs vitest itself`);
  };

/** Is the part of vitest's `vi` that needs nothing but the language. */
export const vi: Readonly<Record<string, unknown>> = {
  fn,
  restoreAllMocks,
  spyOn,
  stubGlobal,
  unstubAllGlobals,
  useRealTimers: () => {}, // never others
  waitFor,
  doMock: needsTheLoader('doMock'),
  doUnmock: () => {}, // nothing was mocked
  resetModules: needsTheLoader('resetModules'),
  useFakeTimers: needsTheLoader('useFakeTimers'),
};
