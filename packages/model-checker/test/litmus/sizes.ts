// Litmus tests with elements of several sizes over one buffer.

// The import has this file instrumented.
// eslint-disable-next-line no-unassigned-import
import '@concurrency-lab/model-checker';
import type { Litmus } from './outcomes.ts';
import { together } from './program.ts';

export const sizes: readonly Litmus[] = [
  {
    name: 'MP over two bytes of one word',
    body() {
      const b = new Int8Array(new SharedArrayBuffer(4));
      return together(
        () => void (Atomics.store(b, 0, 1), Atomics.store(b, 1, 1)),
        () => [Atomics.load(b, 1), Atomics.load(b, 0)],
      );
    },
    outcomes: ['0 0', '0 1', '1 1'],
  },
  {
    name: 'SB over two halves of one word',
    body() {
      const h = new Uint16Array(new SharedArrayBuffer(4));
      return together(
        () => (Atomics.store(h, 0, 1), [Atomics.load(h, 1)]),
        () => (Atomics.store(h, 1, 1), [Atomics.load(h, 0)]),
      );
    },
    outcomes: ['0 1', '1 0', '1 1'],
  },
  {
    name: 'SB of 64 bits',
    body() {
      const l = new BigInt64Array(new SharedArrayBuffer(16));
      return together(
        () => (Atomics.store(l, 0, 1n), [Atomics.load(l, 1)]),
        () => (Atomics.store(l, 1, 1n), [Atomics.load(l, 0)]),
      );
    },
    outcomes: ['0 1', '1 0', '1 1'],
  },
  {
    name: 'atomics of 64 bits do not tear',
    body() {
      const l = new BigUint64Array(new SharedArrayBuffer(8));
      return together(
        () => void Atomics.store(l, 0, 0x1_0000_0001n),
        () => [Atomics.load(l, 0)],
      );
    },
    outcomes: ['0', '4294967297'],
  },
  {
    name: 'compareExchange of 64 bits',
    body() {
      const l = new BigInt64Array(new SharedArrayBuffer(8));
      return together(
        () => [Atomics.compareExchange(l, 0, 0n, -1n)],
        () => [Atomics.compareExchange(l, 0, 0n, 2n)],
      );
    },
    outcomes: ['0 -1', '2 0'],
  },
  {
    name: 'neighbouring bytes are no conflict, plain or atomic',
    body() {
      const b = new Uint8Array(new SharedArrayBuffer(4));
      together(
        () => void (b[0] = 1),
        () => void Atomics.store(b, 1, 2),
        () => void (b[2] = 3),
      );
      return [new Int32Array(b.buffer)[0]!];
    },
    outcomes: [String(0x03_02_01)],
  },
  {
    name: 'neighbouring words are no conflict, plain or atomic',
    body() {
      const buffer = new SharedArrayBuffer(16);
      const w = new Int32Array(buffer);
      const l = new BigInt64Array(buffer);
      together(
        () => void (l[0] = 1n),
        () => void Atomics.store(w, 2, 2),
        () => void (w[3] = 3),
      );
      return [...w];
    },
    outcomes: ['1 0 2 3'],
  },
  {
    name: 'signed and unsigned views of the same bytes synchronise',
    body() {
      const buffer = new SharedArrayBuffer(8);
      const w = new Int32Array(buffer);
      const u = new Uint32Array(buffer);
      return together(
        () => {
          w[1] = 7;
          Atomics.store(w, 0, -1);
        },
        () => [Atomics.load(u, 0) === 0 ? 'none' : w[1]!],
      );
    },
    outcomes: ['7', 'none'],
    why: 'equal ranges of bytes, whatever the type',
  },
  {
    name: 'a view of another offset reaches the same bytes',
    body() {
      const buffer = new SharedArrayBuffer(16);
      const whole = new Int32Array(buffer);
      const tail = new Int32Array(buffer, 8);
      return together(
        () => void Atomics.store(whole, 2, 5),
        () => [Atomics.load(tail, 0)],
      );
    },
    outcomes: ['0', '5'],
  },
  {
    name: 'sizes may mix where the accesses are in order',
    body() {
      const buffer = new SharedArrayBuffer(8);
      const w = new Int32Array(buffer);
      const b = new Uint8Array(buffer);
      const flag = new Int32Array(buffer, 4);
      return together(
        () => {
          Atomics.store(b, 0, 1);
          b[1] = 2;
          Atomics.store(flag, 0, 1);
        },
        () => [Atomics.load(flag, 0) === 0 ? 'none' : Atomics.load(w, 0)],
      );
    },
    outcomes: [String(0x02_01), 'none'],
  },
  {
    name: 'bytes wrap; store returns what it was given',
    body() {
      const b = new Int8Array(new SharedArrayBuffer(4));
      const [stored] = together(() => [Atomics.store(b, 0, 128)]);
      return [stored!, Atomics.load(b, 0), Atomics.sub(b, 0, 1), Atomics.load(b, 0)];
    },
    outcomes: ['128 -128 -128 127'],
  },
  {
    name: 'DataView, in order by an atomic flag',
    body() {
      const buffer = new SharedArrayBuffer(16);
      const view = new DataView(buffer, 4);
      const flag = new Int32Array(buffer, 0, 1);
      return together(
        () => {
          view.setInt16(1, 258);
          Atomics.store(flag, 0, 1);
        },
        () => [Atomics.load(flag, 0) === 0 ? 'none' : view.getInt16(1)],
      );
    },
    outcomes: ['258', 'none'],
  },
];
