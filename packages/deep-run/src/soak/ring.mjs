// @ts-check
// Numbers go to a worker through one ring and come back through another, none lost, none twice,
// in order; and rings are made and closed all the time.

import { Worker } from 'node:worker_threads';
import { SpscRing } from '@concurrency-lab/spsc-ring';

const PATIENCE = { timeout: 60_000 };

/** @param {() => number} random @returns {import('../soak.mjs').Workload} */
export function start(random) {
  const [there, from] = SpscRing.create({ kind: 'int32', capacity: 512 });
  const [to, back] = SpscRing.create({ kind: 'int32', capacity: 512 });
  const worker = new Worker(new URL('../workers/ring-echo.mjs', import.meta.url), {
    workerData: { from: from.handle, to: to.handle },
  });
  let sent = 0;
  let received = 0;
  const check = () => {
    const value = back.receive(PATIENCE);
    if (value !== (received | 0)) throw new Error(`${received} was expected, ${value} came`);
    received++;
  };
  return {
    round() {
      const [producer, consumer] = SpscRing.create({ kind: 'float64', capacity: 16 });
      producer.push(random());
      consumer.pop();
      producer.close();
      for (const end = sent + 1000 + Math.floor(random() * 4000); sent < end;) {
        if (there.push(sent | 0)) sent++;
        else check();
      }
      while (received < sent) check();
    },
    leftovers: () => (back.size === 0 ? [] : [`${back.size} numbers came twice`]),
    async stop() {
      there.close();
      await new Promise((resolve) => worker.once('exit', resolve));
    },
  };
}
