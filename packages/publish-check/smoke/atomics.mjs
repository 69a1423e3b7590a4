// Uses the installed package as a program would, with a real thread, on whatever runtime runs
// this file. Prints what ran, as one line of JSON; exits with 1 at any surprise.

import { Worker } from 'node:worker_threads';
import { Backoff, CancelToken, canBlock, CancelledError, park, parkAsync } from '@concurrency-lab/atomics';
import { check, report } from './support/report.mjs';

const words = new Int32Array(new SharedArrayBuffer(8));
const token = CancelToken.create();
const worker = new Worker(new URL('workers/atomics.mjs', import.meta.url), {
  workerData: { words, handle: token.handle },
});
const message = new Promise((resolve, reject) => {
  worker.on('message', resolve);
  worker.on('error', reject);
});

// Blocking and asynchronous waits, woken by the worker.
check(canBlock(), 'this main thread may block');
check(park(words, 0, 1) === 'not-equal', 'park compares');
check(park(words, 0, 0, { timeout: 1 }) === 'timed-out' || Atomics.load(words, 0) === 1, 'park times out');
for (let backoff = new Backoff(); !backoff.isCompleted; backoff.spin());
while (Atomics.load(words, 0) === 0) await parkAsync(words, 0, 0, { timeout: 20_000 });
check(Atomics.load(words, 0) === 1, 'the worker changed the word');

// A token reaches the worker in its synchronous loop, and its plain writes come back.
token.cancel();
check((await message) === 'cancelled', 'the worker saw the token');
check(words[1] === 77, 'what the worker wrote is visible');
check(token.signal.aborted && token.signal.reason instanceof CancelledError, 'the signal of the token aborted');

report();
