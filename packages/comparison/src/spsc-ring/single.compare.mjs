// Numbers from one thread to another, one push and one pop each, both sides spinning.

import { nativeRing, unsupported } from './native.mjs';
import { streaming } from './streaming.mjs';

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'float32 numbers between two threads, one at a time, 1024 slots',
  unit: 'M/s',
  reference: 'ringbuf.js',
  threads: 2,
  chart: 'bars',
  subjects: {
    'push and pop': { package: '@concurrency-lab/spsc-ring', setup: () => streaming('each') },
    'push and pop, published every 64': { package: '@concurrency-lab/spsc-ring', setup: () => streaming('every64') },
    'push and pop, published lazily': { package: '@concurrency-lab/spsc-ring', setup: () => streaming('lazy') },
    'ringbuf.js': { package: 'ringbuf.js', setup: () => streaming('ringbuf.js') },
    'C++, seq_cst indices': { unsupported, setup: () => nativeRing('seq_cst') },
    'C++, seq_cst indices, slots handed back 64 at once': { unsupported, setup: () => nativeRing('seq_cst-batched') },
    'C++, acquire and release': { unsupported, setup: () => nativeRing('release') },
  },
};
