// A published ring, and what each of its operations is to do.

import * as fc from 'fast-check';
import { RingBuffer } from 'ringbuf.js';
import type { GeneratedDefinition } from '../../dist/linearizability/index.js';

export interface Shared {
  readonly buffer: SharedArrayBuffer;
  readonly ring: RingBuffer;
}

export type Operations = {
  push: readonly [...values: number[]];
  pop: readonly [most: number];
  write: readonly [value: number, written: number];
  full: readonly [];
  empty: readonly [];
  availableWrite: readonly [];
  availableRead: readonly [];
};

const one = fc.integer({ min: 1, max: 99 });

function attach(buffer: SharedArrayBuffer): Shared {
  return { buffer, ring: new RingBuffer(buffer, Int32Array) };
}

export function ringbuf(capacity: number): GeneratedDefinition<Shared, readonly number[], Operations> {
  return {
    create: () => attach(RingBuffer.getStorageForCapacity(capacity, Int32Array)),
    attach: ({ buffer }) => attach(buffer),
    specification: {
      init: () => [],
      steps: {
        push: (items, ...values) => {
          const pushed = Math.min(values.length, capacity - items.length);
          return { result: pushed, state: [...items, ...values.slice(0, pushed)] };
        },
        pop: (items, most) => ({ result: items.slice(0, most), state: items.slice(most) }),
        write: (items, value, written) => {
          const published = items.length < capacity ? written : 0;
          return { result: published, state: published === 1 ? [...items, value] : items };
        },
        full: (items) => ({ result: items.length === capacity, state: items }),
        empty: (items) => ({ result: items.length === 0, state: items }),
        availableWrite: (items) => ({ result: capacity - items.length, state: items }),
        availableRead: (items) => ({ result: items.length, state: items }),
      },
    },
    operations: {
      push: {
        run: ({ ring }, ...values) => ring.push(Int32Array.from(values), values.length),
        arguments: fc.tuple(one),
        role: 'producer',
      },
      write: {
        // Writes the value only if it is to say that it has.
        run: ({ ring }, value, written) =>
          ring.writeCallback(1, (first) => {
            if (written === 1) first[0] = value;
            return written;
          }),
        arguments: fc.tuple(one, fc.constant(1)),
        role: 'producer',
      },
      full: { run: ({ ring }) => ring.full(), role: 'producer' },
      availableWrite: { run: ({ ring }) => ring.availableWrite(), role: 'producer' },
      pop: {
        run: ({ ring }, most) => {
          const items = new Int32Array(most);
          return Array.from(items.subarray(0, ring.pop(items)));
        },
        arguments: fc.constant([1] as const),
        role: 'consumer',
      },
      empty: { run: ({ ring }) => ring.empty(), role: 'consumer' },
      availableRead: { run: ({ ring }) => ring.availableRead(), role: 'consumer' },
    },
  };
}
