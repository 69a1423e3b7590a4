import { Worker } from 'node:worker_threads';
import { Runtime } from '@concurrency-lab/runtime';
import { sum } from './tasks.ts';

await using rt = Runtime.builder()
  .workerThreads(2)
  .worker(() => new Worker(new URL('./worker.js', import.meta.url)))
  .build();
const { value } = await rt.spawn(sum, 1, 100);
console.log(`the sum is ${value}`);
