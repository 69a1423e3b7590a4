// Litmus tests with atomics only: sequentially consistent, so every outcome is one of an
// interleaving, and every interleaving's outcome is found.

// The import has this file instrumented.
// eslint-disable-next-line no-unassigned-import
import '@concurrency-lab/model-checker';
import type { Litmus } from './outcomes.ts';
import { all, except, together, words, X, Y, Z } from './program.ts';

const BIT = [0, 1];

export const orderings: readonly Litmus[] = [
  {
    name: 'SB: store buffering',
    body() {
      const w = words();
      return together(
        () => (Atomics.store(w, X, 1), [Atomics.load(w, Y)]),
        () => (Atomics.store(w, Y, 1), [Atomics.load(w, X)]),
      );
    },
    outcomes: ['0 1', '1 0', '1 1'],
    why: '0 0 needs both loads before both stores',
  },
  {
    name: 'SB with exchanges for stores',
    body() {
      const w = words();
      return together(
        () => (Atomics.exchange(w, X, 1), [Atomics.load(w, Y)]),
        () => (Atomics.exchange(w, Y, 1), [Atomics.load(w, X)]),
      );
    },
    outcomes: ['0 1', '1 0', '1 1'],
  },
  {
    name: 'SB of three threads in a ring',
    body() {
      const w = words();
      return together(
        () => (Atomics.store(w, X, 1), [Atomics.load(w, Y)]),
        () => (Atomics.store(w, Y, 1), [Atomics.load(w, Z)]),
        () => (Atomics.store(w, Z, 1), [Atomics.load(w, X)]),
      );
    },
    outcomes: except(all(BIT, BIT, BIT), '0 0 0'),
  },
  {
    name: 'MP: message passing',
    body() {
      const w = words();
      return together(
        () => void (Atomics.store(w, X, 1), Atomics.store(w, Y, 1)),
        () => [Atomics.load(w, Y), Atomics.load(w, X)],
      );
    },
    outcomes: ['0 0', '0 1', '1 1'],
  },
  {
    name: 'LB: load buffering',
    body() {
      const w = words();
      return together(
        () => {
          const read = Atomics.load(w, X);
          Atomics.store(w, Y, 1);
          return [read];
        },
        () => {
          const read = Atomics.load(w, Y);
          Atomics.store(w, X, 1);
          return [read];
        },
      );
    },
    outcomes: ['0 0', '0 1', '1 0'],
  },
  {
    name: 'IRIW: independent reads of independent writes',
    body() {
      const w = words();
      return together(
        () => void Atomics.store(w, X, 1),
        () => void Atomics.store(w, Y, 1),
        () => [Atomics.load(w, X), Atomics.load(w, Y)],
        () => [Atomics.load(w, Y), Atomics.load(w, X)],
      );
    },
    outcomes: except(all(BIT, BIT, BIT, BIT), '1 0 1 0'),
    why: 'the readers agree on the order of the writes',
  },
  {
    name: '2+2W: two writes to each of two words',
    body() {
      const w = words();
      together(
        () => void (Atomics.store(w, X, 1), Atomics.store(w, Y, 2)),
        () => void (Atomics.store(w, Y, 1), Atomics.store(w, X, 2)),
      );
      return [Atomics.load(w, X), Atomics.load(w, Y)];
    },
    outcomes: ['1 2', '2 1', '2 2'],
  },
  {
    name: 'R',
    body() {
      const w = words();
      const read = together(
        () => void (Atomics.store(w, X, 1), Atomics.store(w, Y, 1)),
        () => (Atomics.store(w, Y, 2), [Atomics.load(w, X)]),
      );
      return [...read, Atomics.load(w, Y)];
    },
    outcomes: ['0 1', '1 1', '1 2'],
    why: 'where Y = 2 comes last, X = 1 came before it',
  },
  {
    name: 'S',
    body() {
      const w = words();
      const read = together(
        () => void (Atomics.store(w, X, 2), Atomics.store(w, Y, 1)),
        () => {
          const flag = Atomics.load(w, Y);
          Atomics.store(w, X, 1);
          return [flag];
        },
      );
      return [...read, Atomics.load(w, X)];
    },
    outcomes: ['0 1', '0 2', '1 1'],
  },
  {
    name: 'WRC: write-to-read causality',
    body() {
      const w = words();
      return together(
        () => void Atomics.store(w, X, 1),
        () => {
          const read = Atomics.load(w, X);
          Atomics.store(w, Y, 1);
          return [read];
        },
        () => [Atomics.load(w, Y), Atomics.load(w, X)],
      );
    },
    outcomes: except(all(BIT, BIT, BIT), '1 1 0'),
  },
  {
    name: 'ISA2: message passing over a third thread',
    body() {
      const w = words();
      return together(
        () => void (Atomics.store(w, X, 1), Atomics.store(w, Y, 1)),
        () => {
          const read = Atomics.load(w, Y);
          Atomics.store(w, Z, 1);
          return [read];
        },
        () => [Atomics.load(w, Z), Atomics.load(w, X)],
      );
    },
    outcomes: except(all(BIT, BIT, BIT), '1 1 0'),
  },
  {
    name: 'RWC: read-to-write causality',
    body() {
      const w = words();
      return together(
        () => void Atomics.store(w, X, 1),
        () => [Atomics.load(w, X), Atomics.load(w, Y)],
        () => (Atomics.store(w, Y, 1), [Atomics.load(w, X)]),
      );
    },
    outcomes: except(all(BIT, BIT, BIT), '1 0 0'),
  },
];

const ASCENDING = ['0 0', '0 1', '0 2', '1 1', '1 2', '2 2'];
const DESCENDING = ['0 0', '0 2', '0 1', '2 2', '2 1', '1 1'];
const pairs = (list: readonly string[]): string[] => list.flatMap((a) => list.map((b) => `${a} ${b}`));

export const coherence: readonly Litmus[] = [
  {
    name: 'CoRR: two reads of one write',
    body() {
      const w = words();
      return together(
        () => void Atomics.store(w, X, 1),
        () => [Atomics.load(w, X), Atomics.load(w, X)],
      );
    },
    outcomes: ['0 0', '0 1', '1 1'],
  },
  {
    name: 'CoRR: two reads of two writers',
    body() {
      const w = words();
      return together(
        () => void Atomics.store(w, X, 1),
        () => void Atomics.store(w, X, 2),
        () => [Atomics.load(w, X), Atomics.load(w, X)],
      );
    },
    outcomes: ['0 0', '0 1', '0 2', '1 1', '1 2', '2 1', '2 2'],
  },
  {
    name: 'CoRR: two readers agree on the order of two writers',
    body() {
      const w = words();
      return together(
        () => void Atomics.store(w, X, 1),
        () => void Atomics.store(w, X, 2),
        () => [Atomics.load(w, X), Atomics.load(w, X)],
        () => [Atomics.load(w, X), Atomics.load(w, X)],
      );
    },
    outcomes: [...new Set([...pairs(ASCENDING), ...pairs(DESCENDING)])],
    why: 'either 1 comes before 2, for both of them, or after',
  },
  {
    name: 'CoWW: writes of one thread are seen in order',
    body() {
      const w = words();
      return together(
        () => void (Atomics.store(w, X, 1), Atomics.store(w, X, 2)),
        () => [Atomics.load(w, X), Atomics.load(w, X)],
      );
    },
    outcomes: ASCENDING,
  },
  {
    name: 'CoRW: a read does not see its own later write',
    body() {
      const w = words();
      const read = together(
        () => {
          const before = Atomics.load(w, X);
          Atomics.store(w, X, 1);
          return [before];
        },
        () => void Atomics.store(w, X, 2),
      );
      return [...read, Atomics.load(w, X)];
    },
    outcomes: ['0 1', '0 2', '2 1'],
  },
  {
    name: 'CoWR: a read sees its own write or a newer one',
    body() {
      const w = words();
      const read = together(
        () => (Atomics.store(w, X, 1), [Atomics.load(w, X)]),
        () => void Atomics.store(w, X, 2),
      );
      return [...read, Atomics.load(w, X)];
    },
    outcomes: ['1 1', '1 2', '2 2'],
  },
];

export const updates: readonly Litmus[] = [
  {
    name: 'add: two threads',
    body() {
      const w = words();
      const read = together(
        () => [Atomics.add(w, X, 1)],
        () => [Atomics.add(w, X, 1)],
      );
      return [...read, Atomics.load(w, X)];
    },
    outcomes: ['0 1 2', '1 0 2'],
  },
  {
    name: 'add: three threads',
    body() {
      const w = words();
      return together(
        () => [Atomics.add(w, X, 1)],
        () => [Atomics.add(w, X, 1)],
        () => [Atomics.add(w, X, 1)],
      );
    },
    outcomes: ['0 1 2', '0 2 1', '1 0 2', '1 2 0', '2 0 1', '2 1 0'],
  },
  {
    name: 'add: twice by two threads',
    body() {
      const w = words();
      return together(
        () => [Atomics.add(w, X, 1), Atomics.add(w, X, 1)],
        () => [Atomics.add(w, X, 1), Atomics.add(w, X, 1)],
      );
    },
    outcomes: ['0 1 2 3', '0 2 1 3', '0 3 1 2', '1 2 0 3', '1 3 0 2', '2 3 0 1'],
  },
  {
    name: 'add: no thread sees half of it',
    body() {
      const w = words();
      return together(
        () => void Atomics.add(w, X, 1),
        () => void Atomics.sub(w, X, 1),
        () => [Atomics.load(w, X)],
      );
    },
    outcomes: ['-1', '0', '1'],
  },
  {
    name: 'exchange',
    body() {
      const w = words();
      const read = together(
        () => [Atomics.exchange(w, X, 1)],
        () => [Atomics.exchange(w, X, 2)],
      );
      return [...read, Atomics.load(w, X)];
    },
    outcomes: ['0 1 2', '2 0 1'],
  },
  {
    name: 'compareExchange: one winner',
    body() {
      const w = words();
      const read = together(
        () => [Atomics.compareExchange(w, X, 0, 1)],
        () => [Atomics.compareExchange(w, X, 0, 2)],
      );
      return [...read, Atomics.load(w, X)];
    },
    outcomes: ['0 1 1', '2 0 2'],
  },
  {
    name: 'compareExchange: one of three wins',
    body() {
      const w = words();
      return together(
        () => [Atomics.compareExchange(w, X, 0, 1)],
        () => [Atomics.compareExchange(w, X, 0, 2)],
        () => [Atomics.compareExchange(w, X, 0, 3)],
      );
    },
    outcomes: ['0 1 1', '2 0 2', '3 3 0'],
  },
  {
    name: 'compareExchange: one that fails writes nothing',
    body() {
      const w = words();
      const read = together(
        () => [Atomics.compareExchange(w, X, 9, 5)],
        () => void Atomics.store(w, X, 1),
      );
      return [...read, Atomics.load(w, X)];
    },
    outcomes: ['0 1', '1 1'],
  },
  {
    name: 'compareExchange: a chain needs the right order',
    body() {
      const w = words();
      const read = together(
        () => [Atomics.compareExchange(w, X, 0, 1)],
        () => [Atomics.compareExchange(w, X, 1, 2)],
      );
      return [...read, Atomics.load(w, X)];
    },
    outcomes: ['0 0 1', '0 1 2'],
  },
  {
    name: 'compareExchange: A, B, A is not noticed',
    body() {
      const w = words();
      const read = together(
        () => {
          const seen = Atomics.load(w, X);
          return [seen, Atomics.compareExchange(w, X, seen, 5)];
        },
        () => void (Atomics.store(w, X, 1), Atomics.store(w, X, 0)),
      );
      return [...read, Atomics.load(w, X)];
    },
    outcomes: ['0 0 0', '0 0 5', '0 1 0', '1 0 0', '1 1 0'],
  },
  {
    name: 'and, xor',
    body() {
      const w = words();
      Atomics.store(w, X, 3);
      const read = together(
        () => [Atomics.and(w, X, 1)],
        () => [Atomics.xor(w, X, 2)],
      );
      return [...read, Atomics.load(w, X)];
    },
    outcomes: ['1 3 1', '3 1 3'],
  },
  {
    name: 'or',
    body() {
      const w = words();
      const read = together(
        () => [Atomics.or(w, X, 1)],
        () => [Atomics.or(w, X, 2)],
      );
      return [...read, Atomics.load(w, X)];
    },
    outcomes: ['0 1 3', '2 0 3'],
  },
  {
    name: 'load, then store: an increment is lost',
    body() {
      const w = words();
      const increment = (): void => void Atomics.store(w, X, Atomics.load(w, X) + 1);
      together(increment, increment);
      return [Atomics.load(w, X)];
    },
    outcomes: ['1', '2'],
  },
];
