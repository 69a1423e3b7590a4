// A number to the other thread and back, over two rings, both sides spinning.

import { pingPong } from './ping-pong.mjs';

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'a number there and back, over two rings, spinning',
  unit: 'ns',
  reference: 'ringbuf.js',
  threads: 2,
  chart: 'bars',
  subjects: {
    'push and pop': { package: '@concurrency-lab/spsc-ring', setup: () => pingPong('each') },
    'ringbuf.js': { package: 'ringbuf.js', setup: () => pingPong('ringbuf.js') },
  },
};
