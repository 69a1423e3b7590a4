// @ts-check
// A producer is terminated while it fills a ring. What it has published comes out whole and in
// order, and the next producer goes on where it ended.

import { Worker } from 'node:worker_threads';
import { Producer, SpscRing } from '@concurrency-lab/spsc-ring';

/** @param {() => number} random @returns {import('../chaos.mjs').Scenario} */
export function start(random) {
  let received = 0;
  return {
    async round() {
      const [producer, consumer] = SpscRing.create({ kind: 'int32', capacity: 1 + Math.floor(random() * 200) });
      const worker = new Worker(new URL('../workers/ring-fill.mjs', import.meta.url), { workerData: producer.handle });
      const take = () => {
        const value = consumer.pop();
        if (value === undefined) return false;
        received++;
        if (value !== ++last) throw new Error(`${last} was expected, ${value} came`);
        return true;
      };
      let last = 0;
      for (const until = 1 + random() * 5000; last < until;)
        if (!take()) await new Promise((resolve) => setImmediate(resolve));
      const ended = worker.terminate();
      while (random() < 0.999) take();
      await ended;
      const successor = Producer.from(producer.handle, { takeOver: true });
      while (take());
      for (let i = 1; i <= 100; i++) {
        if (!successor.push(-i)) throw new Error(`the ring is full when ${i} could not be pushed`);
        if (consumer.pop() !== -i) throw new Error(`${-i} did not come from the successor`);
      }
      successor.close();
    },
    stop: () => `${received} numbers came, in order`,
  };
}
