// Litmus tests of the JavaScript memory model: each with exactly the outcomes that it allows,
// thought through from ECMA-262 (and Watt et al., "Repairing and Mechanising the JavaScript
// Relaxed Memory Model", PLDI 2020), not taken from what the checker prints.

import { explore, spawn } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import { coherence, orderings, updates } from './litmus/atomics.ts';
import { outcomesOf, type Litmus } from './litmus/outcomes.ts';
import { noRaces, races } from './litmus/plain.ts';
import {
  atomicReaders,
  atomicWriters,
  bothReadOne,
  mixed,
  ordered,
  tearing,
  unsupported,
  weak,
} from './litmus/racy.ts';
import { sizes } from './litmus/sizes.ts';
import { awaits, edges, promises, timeouts, waits } from './litmus/waiting.ts';

function run(tests: readonly Litmus[]): void {
  it.each(tests.map((test) => [test.name, test] as const))(
    '%s',
    (_, { body, outcomes, failures = [], timeouts: mode }) => {
      const seen = outcomesOf(body, mode);
      expect(seen.outcomes).toEqual([...outcomes].toSorted());
      expect(seen.failures).toEqual([...failures].toSorted());
      expect(seen.isExhaustive).toBe(true);
    },
  );
}

describe('atomics: orderings', () => {
  run(orderings);
});
describe('atomics: coherence', () => {
  run(coherence);
});
describe('atomics: read-modify-writes', () => {
  run(updates);
});
describe('sizes', () => {
  run(sizes);
});
describe('waiting', () => {
  run(waits);
});
describe('waiting: timeouts', () => {
  run(timeouts);
});
describe('waiting: promises', () => {
  run(promises);
});
describe('waiting: spins', () => {
  run(awaits);
});
describe('waiting: spawn and join', () => {
  run(edges);
});
describe('plain: no data races', () => {
  run(noRaces);
});

describe('plain: data races', () => {
  it.each(races.map((race) => [race.name, race] as const))('%s', (_, { body, pair, lines }) => {
    const { failure } = explore(body);
    expect(failure?.kind).toBe('data-race');
    const [a, b] = pair;
    const swapped = b.endsWith(' of overlapping bytes')
      ? `${b.replace(' of overlapping bytes', '')} and ${a} of overlapping bytes`
      : `${b} and ${a}`;
    expect([`${a} and ${b}, in no order`, `${swapped}, in no order`]).toContain(failure!.message);
    for (const line of lines) expect(failure!.report).toContain(line);
  });
});

describe('racy: weak outcomes', () => {
  run(weak);
});
describe('racy: in order', () => {
  run(ordered);
});
describe('racy: with atomics', () => {
  run([...mixed, atomicWriters, atomicReaders]);
});
describe('racy: tearing', () => {
  run(tearing);
});
describe('racy: not supported', () => {
  run(unsupported);
});

describe('racy: reports', () => {
  it('shows and replays a read of a later write', () => {
    const { failure } = explore(bothReadOne);
    expect(failure?.kind).toBe('error');
    expect(failure!.message).toBe('Error: both read 1');
    expect(failure!.schedule).toContain('v1');
    expect(failure!.report).toContain('1 (plain), from a later write');
    expect(failure!.report).toContain('error: Error: both read 1');
  });
});

describe('operands are converted to elements', () => {
  // A compareExchange that waits for its turn is a write if it would succeed, whatever its operand looks like.
  it.each([
    ['-1 of a Uint32Array', Uint32Array, -1],
    ['2 ** 32 - 1 of an Int32Array', Int32Array, 2 ** 32 - 1],
    ['257 of a Uint8Array', Uint8Array, 257],
    ['1.5 of an Int16Array', Int16Array, 1.5],
  ] as const)('%s', (_, Kind, operand) => {
    const [before] = Kind.of(operand);
    const seen = outcomesOf(() => {
      const w = new (Kind as Uint32ArrayConstructor)(new SharedArrayBuffer(8));
      Atomics.store(w, 0, operand);
      const writer = spawn(() => Atomics.compareExchange(w, 0, operand, 5));
      const reader = spawn(() => Atomics.load(w, 0));
      return [writer.join(), reader.join()];
    });
    expect(seen.outcomes).toEqual([`${before} ${before}`, `${before} 5`].toSorted());
  });
});

describe('known gaps', () => {
  // By the letter of "Tear Free Reads" a word may take some bytes from the zeroed block and others
  // from a write, since the block's range is another. No engine does so; it is taken for an oversight.
  // eslint-disable-next-line no-disabled-tests
  it.skip('a word that tears with its initial zero', () => {});
  // By the specification every entry of a list of waiters happens after whoever left it before.
  // Here a notify that wakes nobody leaves nothing behind, so that such notifies stay independent
  // of each other, and neither does a wait that is not-equal: threads that are in order by nothing
  // else are reported as a data race.
  // eslint-disable-next-line no-disabled-tests
  it.skip('a notify that wakes nobody, or a wait that is not-equal, orders what comes after', () => {});
});
