// Litmus tests of memory that is declared racy: plain accesses with all that the memory model
// allows them. Unordered reads owe no coherence: only a write that happens-before hides is out
// of reach, and there is no order among the plain writes of a word.

import { spawn } from '@concurrency-lab/model-checker';
import { racy } from '../../dist/memory-api.js';
import type { Litmus } from './outcomes.ts';
import { all, except, together, words, X, Y, Z, type Words } from './program.ts';

const BIT = [0, 1];

function racyWords(): Words {
  const w = words();
  racy(w);
  return w;
}

export const weak: readonly Litmus[] = [
  {
    name: 'MP: stale data behind a new flag',
    body() {
      const w = racyWords();
      return together(
        () => void ((w[X] = 1), (w[Y] = 1)),
        () => [w[Y]!, w[X]!],
      );
    },
    outcomes: all(BIT, BIT),
  },
  {
    name: 'SB: 0 0 too',
    body() {
      const w = racyWords();
      return together(
        () => ((w[X] = 1), [w[Y]!]),
        () => ((w[Y] = 1), [w[X]!]),
      );
    },
    outcomes: all(BIT, BIT),
  },
  {
    name: 'LB: 1 1 too',
    body() {
      const w = racyWords();
      return together(
        () => {
          const read = w[X]!;
          w[Y] = 1;
          return [read];
        },
        () => {
          const read = w[Y]!;
          w[X] = 1;
          return [read];
        },
      );
    },
    outcomes: all(BIT, BIT),
  },
  {
    name: 'LB with a dependency of one of them',
    body() {
      const w = racyWords();
      return together(
        () => {
          const read = w[X]!;
          w[Y] = read;
          return [read];
        },
        () => {
          const read = w[Y]!;
          w[X] = 1;
          return [read];
        },
      );
    },
    outcomes: ['0 0', '1 0', '1 1'],
  },
  {
    name: 'LB with a dependency that is none',
    body() {
      const w = racyWords();
      return together(
        () => {
          const read = w[X]!;
          w[Y] = read === 1 ? 1 : read + 1;
          return [read];
        },
        () => {
          const read = w[Y]!;
          w[X] = 1;
          return [read];
        },
      );
    },
    outcomes: all(BIT, BIT),
  },
  {
    name: 'values do not come out of thin air: copies',
    body() {
      const w = racyWords();
      return together(
        () => {
          const read = w[X]!;
          w[Y] = read;
          return [read];
        },
        () => {
          const read = w[Y]!;
          w[X] = read;
          return [read];
        },
      );
    },
    outcomes: ['0 0'],
    why: 'the axioms do not exclude a value that justifies itself; no engine makes one, and a read sees only what some execution writes',
  },
  {
    name: 'values do not come out of thin air: conditions',
    body() {
      const w = racyWords();
      return together(
        () => {
          const read = w[X]!;
          if (read === 1) w[Y] = 1;
          return [read];
        },
        () => {
          const read = w[Y]!;
          if (read === 1) w[X] = 1;
          return [read];
        },
      );
    },
    outcomes: ['0 0'],
  },
  {
    name: 'IRIW: readers need not agree',
    body() {
      const w = racyWords();
      return together(
        () => void (w[X] = 1),
        () => void (w[Y] = 1),
        () => [w[X]!, w[Y]!],
        () => [w[Y]!, w[X]!],
      );
    },
    outcomes: all(BIT, BIT, BIT, BIT),
  },
  {
    name: '2+2W: any of the writes may be the last',
    body() {
      const w = racyWords();
      together(
        () => void ((w[X] = 1), (w[Y] = 2)),
        () => void ((w[Y] = 1), (w[X] = 2)),
      );
      return [w[X]!, w[Y]!];
    },
    outcomes: all([1, 2], [1, 2]),
  },
  {
    name: 'R',
    body() {
      const w = racyWords();
      const read = together(
        () => void ((w[X] = 1), (w[Y] = 1)),
        () => ((w[Y] = 2), [w[X]!]),
      );
      return [...read, w[Y]!];
    },
    outcomes: all(BIT, [1, 2]),
  },
  {
    name: 'S',
    body() {
      const w = racyWords();
      const read = together(
        () => void ((w[X] = 2), (w[Y] = 1)),
        () => {
          const flag = w[Y]!;
          w[X] = 1;
          return [flag];
        },
      );
      return [...read, w[X]!];
    },
    outcomes: all(BIT, [1, 2]),
  },
  {
    name: 'WRC',
    body() {
      const w = racyWords();
      return together(
        () => void (w[X] = 1),
        () => {
          const read = w[X]!;
          w[Y] = 1;
          return [read];
        },
        () => [w[Y]!, w[X]!],
      );
    },
    outcomes: all(BIT, BIT, BIT),
  },
  {
    name: 'ISA2',
    body() {
      const w = racyWords();
      return together(
        () => void ((w[X] = 1), (w[Y] = 1)),
        () => {
          const read = w[Y]!;
          w[Z] = 1;
          return [read];
        },
        () => [w[Z]!, w[X]!],
      );
    },
    outcomes: all(BIT, BIT, BIT),
  },
  {
    name: 'RWC',
    body() {
      const w = racyWords();
      return together(
        () => void (w[X] = 1),
        () => [w[X]!, w[Y]!],
        () => ((w[Y] = 1), [w[X]!]),
      );
    },
    outcomes: all(BIT, BIT, BIT),
  },
  {
    name: 'CoRR: back to the old value',
    body() {
      const w = racyWords();
      return together(
        () => void (w[X] = 1),
        () => [w[X]!, w[X]!],
      );
    },
    outcomes: all(BIT, BIT),
  },
  {
    name: 'CoWW: writes of one thread in any order',
    body() {
      const w = racyWords();
      return together(
        () => void ((w[X] = 1), (w[X] = 2)),
        () => [w[X]!, w[X]!],
      );
    },
    outcomes: all([0, 1, 2], [0, 1, 2]),
  },
  {
    name: 'CoRW: not its own later write, but one behind it',
    body() {
      const w = racyWords();
      const read = together(
        () => {
          const before = w[X]!;
          w[X] = 1;
          return [before];
        },
        () => void (w[X] = 2),
      );
      return [...read, w[X]!];
    },
    outcomes: all([0, 2], [1, 2]),
  },
  {
    name: 'CoWR: its own write hides the first value, and nothing else',
    body() {
      const w = racyWords();
      const read = together(
        () => ((w[X] = 1), [w[X]]),
        () => void (w[X] = 2),
      );
      return [...read, w[X]!];
    },
    outcomes: all([1, 2], [1, 2]),
  },
];

export const ordered: readonly Litmus[] = [
  {
    name: 'one thread alone reads what it wrote last',
    body() {
      const w = racyWords();
      w[X] = 1;
      w[X] = 2;
      return [w[X]];
    },
    outcomes: ['2'],
  },
  {
    name: 'spawn and join hide what was before',
    body() {
      const w = racyWords();
      w[X] = 1;
      const child = spawn(() => {
        const before = w[X]!;
        w[X] = 2;
        return before;
      });
      return [child.join(), w[X]];
    },
    outcomes: ['1 2'],
  },
  {
    name: 'two writers, joined: either value, at each read',
    body() {
      const w = racyWords();
      together(
        () => void (w[X] = 1),
        () => void (w[X] = 2),
      );
      return [w[X]!, w[X]!];
    },
    outcomes: all([1, 2], [1, 2]),
  },
  {
    name: 'MP with an atomic flag: the data is there',
    body() {
      const w = words();
      racy(w, X, 1);
      return together(
        () => {
          w[X] = 42;
          Atomics.store(w, Y, 1);
        },
        () => [Atomics.load(w, Y), w[X]!],
      );
    },
    outcomes: ['0 0', '0 42', '1 42'],
  },
  {
    name: 'MP with a plain flag and atomic data',
    body() {
      const w = words();
      racy(w, Y, 1);
      return together(
        () => {
          Atomics.store(w, X, 1);
          w[Y] = 1;
        },
        () => [w[Y]!, Atomics.load(w, X)],
      );
    },
    outcomes: all(BIT, BIT),
    why: 'a plain flag orders nothing: the store may come after the load',
  },
  {
    name: 'a store over the flag: who reads it has not seen the data',
    body() {
      const w = words();
      racy(w, X, 1);
      return together(
        () => {
          w[X] = 42;
          Atomics.store(w, Y, 1);
        },
        () => void Atomics.store(w, Y, 2),
        () => {
          const flag = Atomics.load(w, Y);
          return [flag, flag === 0 ? 'none' : w[X]!];
        },
      );
    },
    outcomes: ['0 none', '1 42', '2 0', '2 42'],
  },
  {
    name: 'an exchange over the flag: who reads it has, if the exchange saw the flag',
    body() {
      const w = words();
      racy(w, X, 1);
      return together(
        () => {
          w[X] = 42;
          Atomics.store(w, Y, 1);
        },
        () => [Atomics.exchange(w, Y, 2)],
        () => {
          const flag = Atomics.load(w, Y);
          return [flag, flag === 2 ? w[X]! : 'none'];
        },
      );
    },
    outcomes: ['0 0 none', '0 1 none', '0 2 0', '0 2 42', '1 0 none', '1 1 none', '1 2 42'],
  },
  {
    name: 'a woken waiter sees the data',
    body() {
      const w = words();
      racy(w, X, 1);
      return together(
        () => {
          w[X] = 42;
          Atomics.store(w, Y, 1);
          Atomics.notify(w, Y);
        },
        () => (Atomics.wait(w, Y, 0), [w[X]!]),
      );
    },
    outcomes: ['42'],
  },
  {
    name: 'seqlock, plain payload: torn',
    body() {
      const w = words();
      racy(w, Y, 2);
      return together(
        () => {
          Atomics.store(w, X, 1);
          w[Y] = 1;
          w[Z] = 1;
          Atomics.store(w, X, 2);
        },
        () => {
          const before = Atomics.load(w, X);
          const [y, z] = [w[Y]!, w[Z]!];
          const isSame = Atomics.load(w, X) === before && before % 2 === 0;
          return isSame ? [y, z] : ['again'];
        },
      );
    },
    outcomes: ['again', '0 0', '0 1', '1 0', '1 1'],
    why: 'nothing orders the reads of the payload before the second load',
  },
  {
    name: 'seqlock, atomic payload: clean',
    body() {
      const w = racyWords();
      return together(
        () => {
          Atomics.store(w, X, 1);
          Atomics.store(w, Y, 1);
          Atomics.store(w, Z, 1);
          Atomics.store(w, X, 2);
        },
        () => {
          const before = Atomics.load(w, X);
          const [y, z] = [Atomics.load(w, Y), Atomics.load(w, Z)];
          const isSame = Atomics.load(w, X) === before && before % 2 === 0;
          return isSame ? [y, z] : ['again'];
        },
      );
    },
    outcomes: ['again', '0 0', '1 1'],
  },
  {
    name: 'a promise that the other thread cannot keep',
    body() {
      const w = words();
      racy(w, X, 1);
      return together(
        () => {
          const read = w[X]!;
          if (read === 1) Atomics.store(w, Y, 1);
          return [read];
        },
        () => {
          const isForbidden = Atomics.load(w, Y);
          if (isForbidden === 0) w[X] = 1;
          return [isForbidden];
        },
      );
    },
    outcomes: ['0 0', '1 0'],
    why: 'having read 1, it forbids 1 only where the other has looked already',
  },
  {
    name: 'a promise that only who joins a failed thread could keep',
    body() {
      const w = racyWords();
      const first = spawn(() => {
        const read = w[X]!;
        if (read === 1) w[Y] = 1;
        return read;
      });
      const second = spawn(() => {
        if (w[Y] === 1) throw new Error('saw what is written only where nothing is thrown');
      });
      second.join();
      w[X] = 1;
      return [first.join()];
    },
    outcomes: ['0', '1'],
    why: 'X = 1 is written once the second thread has ended well',
  },
];

export const mixed: readonly Litmus[] = [
  {
    name: 'SB with atomics stays as it is',
    body() {
      const w = racyWords();
      return together(
        () => (Atomics.store(w, X, 1), [Atomics.load(w, Y)]),
        () => (Atomics.store(w, Y, 1), [Atomics.load(w, X)]),
      );
    },
    outcomes: ['0 1', '1 0', '1 1'],
  },
  {
    name: 'CoRR with atomics stays as it is',
    body() {
      const w = racyWords();
      return together(
        () => void (Atomics.store(w, X, 1), Atomics.store(w, X, 2)),
        () => [Atomics.load(w, X), Atomics.load(w, X)],
      );
    },
    outcomes: ['0 0', '0 1', '0 2', '1 1', '1 2', '2 2'],
  },
  {
    name: 'atomic reads of a plain write: back to the old value',
    body() {
      const w = racyWords();
      return together(
        () => void (w[X] = 1),
        () => [Atomics.load(w, X), Atomics.load(w, X)],
      );
    },
    outcomes: all(BIT, BIT),
  },
  {
    name: 'plain reads of an atomic write: back to the old value',
    body() {
      const w = racyWords();
      return together(
        () => void Atomics.store(w, X, 1),
        () => [w[X]!, w[X]!],
      );
    },
    outcomes: all(BIT, BIT),
  },
  {
    name: 'MP with a flag that is written plainly and read atomically',
    body() {
      const w = racyWords();
      return together(
        () => void ((w[X] = 1), (w[Y] = 1)),
        () => [Atomics.load(w, Y), w[X]!],
      );
    },
    outcomes: all(BIT, BIT),
    why: 'only two atomics synchronise',
  },
  {
    name: 'an atomic write and a plain one',
    body() {
      const w = racyWords();
      const read = together(
        () => void (w[X] = 1),
        () => (Atomics.store(w, X, 2), [Atomics.load(w, X)]),
      );
      return [...read, w[X]!];
    },
    outcomes: all([1, 2], [1, 2]),
  },
  {
    name: 'add on top of a plain write',
    body() {
      const w = racyWords();
      const read = together(
        () => void (w[X] = 5),
        () => [Atomics.add(w, X, 1)],
      );
      return [...read, w[X]!];
    },
    outcomes: ['0 1', '0 5', '5 5', '5 6'],
  },
  {
    name: 'compareExchange against a plain write',
    body() {
      const w = racyWords();
      const read = together(
        () => void (w[X] = 5),
        () => [Atomics.compareExchange(w, X, 0, 1)],
      );
      return [...read, w[X]!];
    },
    outcomes: ['0 1', '0 5', '5 5'],
  },
  {
    name: 'two atomic writers, joined: plain reads see the later one',
    body() {
      const w = racyWords();
      together(
        () => void Atomics.store(w, X, 1),
        () => void Atomics.store(w, X, 2),
      );
      return [w[X]!, w[X]!];
    },
    outcomes: ['1 1', '2 2'],
  },
  {
    name: 'a plain write behind an atomic one is out of reach of atomic reads',
    body() {
      const w = racyWords();
      w[X] = 1;
      return together(
        () => void Atomics.store(w, X, 2),
        () => [Atomics.load(w, X), Atomics.load(w, X)],
      );
    },
    outcomes: ['1 1', '1 2', '2 2'],
  },
];

/** Values of a float that takes each of its upper two bytes from 0 or from 1.5. */
function tornFloats(): string[] {
  const bytes = new DataView(new ArrayBuffer(8));
  return [0, 0x3f_00, 0xf8, 0x3f_f8].map((upper) => {
    bytes.setUint16(0, upper);
    return String(bytes.getFloat64(0));
  });
}

export const tearing: readonly Litmus[] = [
  {
    name: 'a plain access of 64 bits tears',
    body() {
      const l = new BigInt64Array(new SharedArrayBuffer(8));
      racy(l);
      return together(
        () => void (l[0] = 0x1_0000_0001n),
        () => [l[0]!],
      );
    },
    outcomes: ['0', '1', '4294967296', '4294967297'],
  },
  {
    name: 'a float tears',
    body() {
      const f = new Float64Array(new SharedArrayBuffer(8));
      racy(f);
      return together(
        () => void (f[0] = 1.5),
        () => [f[0]!],
      );
    },
    outcomes: tornFloats(),
  },
  {
    name: 'words do not tear',
    body() {
      const w = racyWords();
      return together(
        () => void (w[X] = -1),
        () => [w[X]!],
      );
    },
    outcomes: ['-1', '0'],
  },
  {
    name: 'nor do halves',
    body() {
      const h = new Uint16Array(new SharedArrayBuffer(4));
      racy(h);
      return together(
        () => void (h[1] = 0xff_ff),
        () => [h[1]!, h[0]!],
      );
    },
    outcomes: ['0 0', '65535 0'],
  },
  {
    name: 'the bytes are the same through another type',
    body() {
      const w = racyWords();
      const u = new Uint32Array(w.buffer);
      return together(
        () => void (w[X] = -1),
        () => [u[X]!],
      );
    },
    outcomes: ['0', '4294967295'],
  },
  {
    name: 'what is in order does not tear',
    body() {
      const l = new BigInt64Array(new SharedArrayBuffer(16));
      racy(l, 0, 1);
      return together(
        () => {
          l[0] = 0x1_0000_0001n;
          Atomics.store(l, 1, 1n);
        },
        () => [Atomics.load(l, 1) === 1n ? l[0]! : 'none'],
      );
    },
    outcomes: ['4294967297', 'none'],
  },
];

export const unsupported: readonly Litmus[] = [
  {
    name: 'elements of two sizes',
    body() {
      const w = racyWords();
      const b = new Uint8Array(w.buffer);
      w[X] = 1;
      return [b[0]!];
    },
    outcomes: [],
    failures: ['unsupported'],
  },
  {
    name: 'a bulk access',
    body() {
      const w = racyWords();
      w.fill(1);
      return [];
    },
    outcomes: [],
    failures: ['unsupported'],
  },
  {
    name: 'a DataView',
    body() {
      const w = racyWords();
      return [new DataView(w.buffer).getInt32(0)];
    },
    outcomes: [],
    failures: ['unsupported'],
  },
];

/** A promise in a failing execution: both read 1 (LB). */
export function bothReadOne(): void {
  const w = racyWords();
  const [a, b] = together(
    () => {
      const read = w[X]!;
      w[Y] = 1;
      return [read];
    },
    () => {
      const read = w[Y]!;
      w[X] = 1;
      return [read];
    },
  );
  if (a === 1 && b === 1) throw new Error('both read 1');
}

/** All but what is forbidden of IRIW with atomic writes and plain reads: nothing is. */
export const atomicWriters: Litmus = {
  name: 'IRIW with atomic writes and plain reads',
  body() {
    const w = racyWords();
    return together(
      () => void Atomics.store(w, X, 1),
      () => void Atomics.store(w, Y, 1),
      () => [w[X]!, w[Y]!],
      () => [w[Y]!, w[X]!],
    );
  },
  outcomes: all(BIT, BIT, BIT, BIT),
};

/** The other way round: the first read of each reader is atomic, and orders nothing that the second could see. */
export const atomicReaders: Litmus = {
  name: 'IRIW with atomic writes and atomic reads first',
  body() {
    const w = racyWords();
    return together(
      () => void Atomics.store(w, X, 1),
      () => void Atomics.store(w, Y, 1),
      () => [Atomics.load(w, X), w[Y]!],
      () => [Atomics.load(w, Y), w[X]!],
    );
  },
  outcomes: except(all(BIT, BIT, BIT, BIT)),
};
