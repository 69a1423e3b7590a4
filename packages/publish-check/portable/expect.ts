// `expect` as test files know it, put together from the parts that vitest publishes for that.

import {
  type ExpectStatic,
  ASYMMETRIC_MATCHERS_OBJECT,
  getState,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';
import { getCurrentTest } from '@vitest/runner';
import * as chai from 'chai';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

type Assertions = Record<string, (...args: unknown[]) => unknown>;

function begin(actual: unknown, message?: string): object {
  setState({ assertionCalls: getState(expect).assertionCalls + 1 }, expect);
  const assertion = chai.expect(actual, message) as { withTest(test: unknown): object };
  const test = getCurrentTest();
  return test === undefined ? assertion : assertion.withTest(test);
}

const asymmetric = (globalThis as unknown as Record<symbol, object>)[ASYMMETRIC_MATCHERS_OBJECT];

/** Begins an assertion about a value. */
export const expect = Object.assign(begin, chai.expect, asymmetric, {
  poll,
  unreachable,
  hasAssertions,
}) as unknown as ExpectStatic;

Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: expect, writable: true, configurable: true });
forgetAssertions();

/** Asserts again and again, until the assertion holds or a minute has passed. */
function poll(read: () => unknown): Assertions {
  const attempt = async (name: string, args: unknown[]): Promise<void> => {
    for (const end = performance.now() + 60_000; ;) {
      try {
        (expect(await read()) as unknown as Assertions)[name]!(...args);
        return;
      } catch (error) {
        if (performance.now() > end) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return new Proxy<Assertions>(
    {},
    {
      get:
        (_, name: string) =>
        (...args: unknown[]) =>
          attempt(name, args),
    },
  );
}

function unreachable(message = ''): never {
  throw new chai.AssertionError(`expected "${message}" not to be reached`);
}

function hasAssertions(): void {
  setState({ isExpectingAssertions: true }, expect);
}

/** Makes the count of assertions start anew: a test begins. */
export function forgetAssertions(): void {
  setState({ assertionCalls: 0, isExpectingAssertions: false }, expect);
}

/** Throws if the test was to assert something and did not. */
export function requireAssertions(): void {
  const { isExpectingAssertions, assertionCalls } = getState(expect);
  if (isExpectingAssertions && assertionCalls === 0) throw new Error('expected assertions, but got none');
}
