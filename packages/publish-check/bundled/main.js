// A program that is bundled: leaves what came out of its tasks where the test finds it.
import { parallelMap, Runtime } from '@concurrency-lab/runtime';
import { fib, square } from './tasks.js';

async function run() {
  const rt = Runtime.builder()
    .workerThreads(2)
    .worker(() => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }))
    .build();
  const results = [await rt.spawn(fib, 10), await parallelMap(rt, square, [1, 2, 3])];
  await rt.shutdown();
  return results;
}

globalThis.outcome = run().catch((error) => String(error));
