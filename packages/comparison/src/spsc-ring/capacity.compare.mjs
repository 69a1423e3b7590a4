// Numbers from one thread to another, one at a time, through rings of several sizes.

import { streaming } from './streaming.mjs';

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'float32 numbers between two threads, one at a time',
  unit: 'M/s',
  reference: 'ringbuf.js',
  threads: 2,
  parameter: { name: 'slots', values: [16, 128, 1024, 8192] },
  chart: 'lines',
  subjects: {
    'push and pop': {
      package: '@concurrency-lab/spsc-ring',
      setup: ({ parameter }) => streaming('each', parameter),
    },
    'ringbuf.js': { package: 'ringbuf.js', setup: ({ parameter }) => streaming('ringbuf.js', parameter) },
  },
};
