// How long single round trips take: those of round-trip.compare.mjs, each with a look at the clock.

import { pingPong } from './ping-pong.mjs';

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'single round trips over two rings, spinning, with a look at the clock',
  unit: 'ns',
  reference: 'ringbuf.js',
  threads: 2,
  chart: 'latency',
  subjects: {
    'push and pop': { package: '@concurrency-lab/spsc-ring', setup: () => pingPong('each', true) },
    'ringbuf.js': { package: 'ringbuf.js', setup: () => pingPong('ringbuf.js', true) },
  },
};
