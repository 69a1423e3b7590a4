// The benchmark that the field uses for executors: ten thousand tasks that sleep for 1 ms. First on
// this thread, by mini-exec; then on worker threads, by the runtime, where each task and its result
// also cross threads.
//
// node dist/sleeps/demo.js [--tasks 10000] [--workers 2]

import { parseArgs } from 'node:util';
import { Executor } from '@concurrency-lab/mini-exec';
import { Runtime } from '@concurrency-lab/runtime';
import { nap } from './tasks.ts';

const { values } = parseArgs({
  options: { tasks: { type: 'string', default: '10000' }, workers: { type: 'string', default: '2' } },
});
const numbers = Array.from({ length: Number(values.tasks) }, (_, i) => i);

async function report(what: string, run: () => Promise<number[]>): Promise<void> {
  const start = performance.now();
  const results = await run();
  const ms = (performance.now() - start).toFixed(1);
  const sum = results.reduce((total, n) => total + n, 0);
  console.log(`${what}: ${results.length} tasks, sum ${sum}, in ${ms} ms`);
}

const executor = new Executor();
await report('current thread', () => Promise.all(numbers.map((n) => executor.spawn(() => nap.body(n)))));

const rt = Runtime.builder().workerThreads(Number(values.workers)).build();
await Promise.all([0, 1, 2, 3].map((n) => rt.spawn(nap, n))); // the workers have started, and know the task
await report(`${rt.workerThreads} workers`, () => Promise.all(numbers.map((n) => rt.spawn(nap, n))));
await rt.shutdown();
