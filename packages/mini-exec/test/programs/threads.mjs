// A program whose worker has tasks, too. It says nothing of the console.
import { Worker } from 'node:worker_threads';
import { Executor } from '@concurrency-lab/mini-exec';
import { sleep } from '@concurrency-lab/mini-exec/time';

const source = `
  import { parentPort } from 'node:worker_threads';
  import { Executor } from '@concurrency-lab/mini-exec';
  import { sleep } from '@concurrency-lab/mini-exec/time';
  void new Executor().spawn(sleep(1e6), { name: 'in the worker' });
  parentPort.postMessage('ready');`;
new Executor().spawn(sleep(1e6), { name: 'in the main thread' });
const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
process.stdin.on('end', () => process.exit()).resume();
worker.once('message', () => console.log(JSON.stringify(worker.threadId)));
