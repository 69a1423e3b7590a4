// Properties for tests: `test.prop([…])(name, check)` is a test that tries `check` on random values (fast-check), as
// many, and from the seed, as vitest.setup.ts says.
//
// The package @fast-check/vitest does the same, and prepares all modifiers of a test in every order: for seconds, in each file.

import * as fc from 'fast-check';
import { it } from 'vitest';

type Arbitraries<Values extends readonly unknown[]> = { [I in keyof Values]: fc.Arbitrary<Values[I]> };
type Check<Values extends readonly unknown[]> = (...values: Values) => unknown;

/** Defines tests of properties. */
export const test = {
  /** Takes where the values come from, one arbitrary for each; gives the function that defines the test. */
  prop:
    <Values extends [unknown, ...unknown[]]>(
      arbitraries: Arbitraries<Values>,
      parameters?: fc.Parameters<Values>,
    ): ((name: string, check: Check<Values>, timeout?: number) => void) =>
    (name, check, timeout) => {
      const predicate = async (...values: Values): Promise<boolean | void> =>
        (await check(...values)) as boolean | void;
      const property = fc.asyncProperty<Values>(
        ...([...arbitraries, predicate] as never as Parameters<typeof fc.asyncProperty<Values>>),
      );
      it(name, () => fc.assert(property, parameters), timeout);
    },
};

export { fc };
