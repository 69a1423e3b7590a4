// Litmus tests with plain accesses: data races, with the two accesses that are in no order;
// and their neighbours that are none.

import { spawn } from '@concurrency-lab/model-checker';
import type { Litmus } from './outcomes.ts';
import { together, words, X, Y, Z } from './program.ts';

/** A test whose executions race. */
export interface Race {
  readonly name: string;
  readonly body: () => unknown;
  /** The two accesses, in either order. */
  readonly pair: readonly [string, string];
  /** What stands on their lines. */
  readonly lines: readonly [string, string];
}

const WRITE = 'plain write';
const READ = 'plain read';

export const races: readonly Race[] = [
  {
    name: 'MP: plain flag, plain data',
    body() {
      const w = words();
      together(
        () => {
          w[X] = 1;
          w[Y] = 1;
        },
        () => [w[Y]!, w[X]!],
      );
    },
    pair: [READ, WRITE],
    lines: ['w[Y] = 1;', '[w[Y]!, w[X]!]'],
  },
  {
    name: 'MP: atomic flag that nobody looks at, plain data',
    body() {
      const w = words();
      together(
        () => {
          w[X] = 1;
          Atomics.store(w, Y, 1);
        },
        () => {
          Atomics.load(w, Y);
          return [w[X]!];
        },
      );
    },
    pair: [READ, WRITE],
    lines: ['w[X] = 1;', 'return [w[X]!]'],
  },
  {
    name: 'MP: plain flag, atomic data',
    body() {
      const w = words();
      together(
        () => {
          Atomics.store(w, X, 1);
          w[Y] = 1;
        },
        () => [w[Y]!, Atomics.load(w, X)],
      );
    },
    pair: [READ, WRITE],
    lines: ['w[Y] = 1;', '[w[Y]!, Atomics.load(w, X)]'],
  },
  {
    name: 'MP: data after the flag',
    body() {
      const w = words();
      together(
        () => {
          Atomics.store(w, Y, 1);
          w[X] = 1;
        },
        () => {
          if (Atomics.load(w, Y) === 1) return [w[X]!];
          return [];
        },
      );
    },
    pair: [READ, WRITE],
    lines: ['w[X] = 1;', 'return [w[X]!]'],
  },
  {
    name: 'SB',
    body() {
      const w = words();
      together(
        () => {
          w[X] = 1;
          return [w[Y]!];
        },
        () => {
          Atomics.store(w, Y, 1);
          return [Atomics.load(w, Z)];
        },
      );
    },
    pair: [READ, 'atomic write'],
    lines: ['return [w[Y]!]', 'Atomics.store(w, Y, 1);'],
  },
  {
    name: 'LB',
    body() {
      const w = words();
      together(
        () => {
          const read = w[X]!;
          Atomics.store(w, Y, 1);
          return [read];
        },
        () => {
          const read = Atomics.load(w, Y);
          w[X] = 1;
          return [read];
        },
      );
    },
    pair: [READ, WRITE],
    lines: ['const read = w[X]!;', 'w[X] = 1;'],
  },
  {
    name: '2+2W',
    body() {
      const w = words();
      together(
        () => void (w[X] = 1),
        () => void (w[X] = 2),
      );
    },
    pair: [WRITE, WRITE],
    lines: ['(w[X] = 1)', '(w[X] = 2)'],
  },
  {
    name: 'a release that another store overwrites',
    body() {
      const w = words();
      together(
        () => {
          w[X] = 42;
          Atomics.store(w, Y, 1);
        },
        () => void Atomics.store(w, Y, 2),
        () => {
          if (Atomics.load(w, Y) === 2) return [w[X]!];
          return [];
        },
      );
    },
    pair: [READ, WRITE],
    lines: ['w[X] = 42;', 'return [w[X]!]'],
  },
  {
    name: 'atomics are no fences: two stores do not synchronise',
    body() {
      const w = words();
      together(
        () => {
          w[X] = 1;
          Atomics.store(w, Y, 1);
        },
        () => {
          Atomics.store(w, Y, 2);
          w[X] = 2;
        },
      );
    },
    pair: [WRITE, WRITE],
    lines: ['w[X] = 1;', 'w[X] = 2;'],
  },
  {
    name: 'plain write, atomic read',
    body() {
      const w = words();
      together(
        () => void (w[X] = 1),
        () => [Atomics.load(w, X)],
      );
    },
    pair: [WRITE, 'atomic read'],
    lines: ['(w[X] = 1)', '[Atomics.load(w, X)]'],
  },
  {
    name: 'plain write, atomic write',
    body() {
      const w = words();
      together(
        () => void (w[X] = 1),
        () => void Atomics.store(w, X, 2),
      );
    },
    pair: [WRITE, 'atomic write'],
    lines: ['(w[X] = 1)', 'Atomics.store(w, X, 2)'],
  },
  {
    name: 'plain write, read-modify-write',
    body() {
      const w = words();
      together(
        () => void (w[X] = 1),
        () => void Atomics.add(w, X, 2),
      );
    },
    pair: [WRITE, 'atomic write'],
    lines: ['(w[X] = 1)', 'Atomics.add(w, X, 2)'],
  },
  {
    name: 'plain write, compareExchange that fails',
    body() {
      const w = words();
      together(
        () => void (w[X] = 1),
        () => void Atomics.compareExchange(w, X, 8, 9),
      );
    },
    pair: [WRITE, 'atomic read'],
    lines: ['(w[X] = 1)', 'Atomics.compareExchange(w, X, 8, 9)'],
  },
  {
    name: 'plain read, compareExchange that succeeds',
    body() {
      const w = words();
      together(
        () => [w[X]!],
        () => void Atomics.compareExchange(w, X, 0, 9),
      );
    },
    pair: [READ, 'atomic write'],
    lines: ['[w[X]!]', 'Atomics.compareExchange(w, X, 0, 9)'],
  },
  {
    name: 'plain write, wait',
    body() {
      const w = words();
      together(
        () => void (w[X] = 1),
        () => void Atomics.wait(w, X, 8),
      );
    },
    pair: [WRITE, 'atomic read'],
    lines: ['(w[X] = 1)', 'Atomics.wait(w, X, 8)'],
  },
  {
    name: 'an increment of a plain word',
    body() {
      const w = words();
      const increment = (): void => void w[X]!++;
      together(increment, increment);
    },
    pair: [READ, WRITE],
    lines: ['w[X]!++', 'w[X]!++'],
  },
  {
    name: 'atomics of overlapping bytes',
    body() {
      const w = words();
      const b = new Int8Array(w.buffer);
      together(
        () => void Atomics.store(w, X, 1),
        () => [Atomics.load(b, 3)],
      );
    },
    pair: ['atomic read', 'atomic write of overlapping bytes'],
    lines: ['Atomics.store(w, X, 1)', '[Atomics.load(b, 3)]'],
  },
  {
    name: 'atomics of 32 and 64 bits that overlap',
    body() {
      const w = words();
      const l = new BigInt64Array(w.buffer);
      together(
        () => void Atomics.store(l, 0, 1n),
        () => void Atomics.add(w, Y, 1),
      );
    },
    pair: ['atomic write', 'atomic write of overlapping bytes'],
    lines: ['Atomics.store(l, 0, 1n)', 'Atomics.add(w, Y, 1)'],
  },
  {
    name: 'a float over two words',
    body() {
      const w = words();
      const f = new Float64Array(w.buffer);
      together(
        () => void (f[0] = 1.5),
        () => [w[Y]!],
      );
    },
    pair: [READ, WRITE],
    lines: ['(f[0] = 1.5)', '[w[Y]!]'],
  },
  {
    name: 'a half of a word',
    body() {
      const w = words();
      const h = new Uint16Array(w.buffer);
      together(
        () => void (h[1] = 7),
        () => void (w[X] = 1),
      );
    },
    pair: [WRITE, WRITE],
    lines: ['(h[1] = 7)', '(w[X] = 1)'],
  },
  {
    name: 'what a grandchild does that nobody joins',
    body() {
      const w = words();
      const child = spawn(() => {
        spawn(() => {
          w[X] = 3;
        });
      });
      child.join();
      return w[X]!;
    },
    pair: [READ, WRITE],
    lines: ['w[X] = 3;', 'return w[X]!;'],
  },
];

export const noRaces: readonly Litmus[] = [
  {
    name: 'two plain reads',
    body() {
      const w = words();
      w[X] = 5;
      return together(
        () => [w[X]!],
        () => [w[X]!],
      );
    },
    outcomes: ['5 5'],
  },
  {
    name: 'plain read, atomic read',
    body() {
      const w = words();
      return together(
        () => [w[X]!],
        () => [Atomics.load(w, X)],
      );
    },
    outcomes: ['0 0'],
  },
  {
    name: 'plain read, compareExchange that fails',
    body() {
      const w = words();
      return together(
        () => [w[X]!],
        () => [Atomics.compareExchange(w, X, 8, 9)],
      );
    },
    outcomes: ['0 0'],
  },
  {
    name: 'MP: atomic flag, plain data',
    body() {
      const w = words();
      return together(
        () => {
          w[X] = 42;
          Atomics.store(w, Y, 1);
        },
        () => [Atomics.load(w, Y) === 1 ? w[X]! : 'none'],
      );
    },
    outcomes: ['42', 'none'],
  },
  {
    name: 'MP over a read-modify-write in between',
    body() {
      const w = words();
      return together(
        () => {
          w[X] = 42;
          Atomics.store(w, Y, 1);
        },
        () => void Atomics.add(w, Y, 1),
        () => [Atomics.load(w, Y) === 2 ? w[X]! : 'none'],
      );
    },
    outcomes: ['42', 'none'],
    why: 'who reads 2 reads from the add, which read from the store',
  },
  {
    name: 'ISA2: plain data, two atomic flags',
    body() {
      const w = words();
      return together(
        () => {
          w[X] = 42;
          Atomics.store(w, Y, 1);
        },
        () => {
          if (Atomics.load(w, Y) === 1) Atomics.store(w, Z, 1);
        },
        () => [Atomics.load(w, Z) === 1 ? w[X]! : 'none'],
      );
    },
    outcomes: ['42', 'none'],
  },
];
