// A program whose worker has tasks, too. It says nothing of the console.
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { Executor } from '@concurrency-lab/mini-exec';
import { sleep } from '@concurrency-lab/mini-exec/time';

void new Executor().spawn(sleep(1e6), { name: isMainThread ? 'in the main thread' : 'in the worker' });
if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  process.stdin.on('end', () => process.exit()).resume();
  worker.once('message', () => console.log(JSON.stringify(worker.threadId)));
} else {
  parentPort.postMessage('ready');
}
