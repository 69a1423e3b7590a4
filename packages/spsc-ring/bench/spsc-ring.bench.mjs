// What a push and a pop cost on one thread: `node bench/spsc-ring.bench.mjs`.
//
// By kind of element, alone and after all ten kinds have been used in the same program, by policy, and
// by length of blocks. Each task moves a thousand items, since one alone is shorter than the clock's step.

import { SpscRing } from '@concurrency-lab/spsc-ring';
import { Bench } from 'tinybench';
import { showRows } from '../../bench-gate/src/rows.mjs';

const ITEMS = 1024;
const KINDS = ['float32', 'float64', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'bigint64', 'biguint64'];

function singles(options) {
  const [producer, consumer] = SpscRing.create({ capacity: ITEMS, ...options });
  const one = options.kind.startsWith('big') ? 1n : 1;
  return () => {
    for (let i = 0; i < ITEMS; i++) producer.push(one);
    producer.flush();
    for (let i = 0; i < ITEMS; i++) if (consumer.pop() !== one) throw new Error('the subject does not work');
  };
}

function blocks(length) {
  const [producer, consumer] = SpscRing.create({ kind: 'float32', capacity: ITEMS });
  const block = new Float32Array(length).fill(1);
  return () => {
    for (let i = 0; i < ITEMS; i += length) {
      if (producer.pushMany(block) + consumer.popMany(block) !== 2 * length) {
        throw new Error('the subject does not work');
      }
    }
  };
}

function inPlace(length) {
  const [producer, consumer] = SpscRing.create({ kind: 'float32', capacity: ITEMS });
  return () => {
    for (let i = 0; i < ITEMS; i += length) {
      producer.reserve(length).first[0] = i;
      producer.commit(length);
      if (consumer.read(length).first[0] !== i) throw new Error('the subject does not work');
      consumer.release(length);
    }
  };
}

const rows = [];

async function measure(tasks) {
  const bench = new Bench({ time: 200, warmupTime: 100 });
  for (const [name, task] of Object.entries(tasks)) bench.add(name, task);
  await bench.run();
  for (const { name, result } of bench.tasks) {
    rows.push({ operation: name, 'ns an item, in and out': ((result.latency.p50 * 1e6) / ITEMS).toFixed(1) });
  }
}

await measure({
  'float32, the only kind': singles({ kind: 'float32' }),
  'float32, published every 64': singles({ kind: 'float32', publishEvery: 64 }),
  'float32, lazily': singles({ kind: 'float32', publishEvery: 'lazy' }),
  'float32, handed back one by one': singles({ kind: 'float32', freeEvery: 1 }),
});
await measure(
  Object.fromEntries([8, 32, 128, 1024].map((length) => [`pushMany and popMany of ${length}`, blocks(length)])),
);
await measure({ 'reserve and read of 128, in place': inPlace(128) });
await measure(Object.fromEntries(KINDS.map((kind) => [`${kind}, one of ten kinds`, singles({ kind })])));
showRows('spsc-ring', rows);
