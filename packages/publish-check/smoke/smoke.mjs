// Uses the installed packages as a program would, with real threads and sockets, on whatever
// runtime runs this file. Prints what ran, as one line of JSON; exits with 1 at any surprise.

import { Worker } from 'node:worker_threads';
import { Backoff, CancelToken, canBlock, CancelledError, park, parkAsync } from '@concurrency-lab/atomics';
import { blockOn, Executor, fromPromise, yieldNow } from '@concurrency-lab/mini-exec';
import { TcpListener, TcpStream } from '@concurrency-lab/mini-exec/net';
import { sleep } from '@concurrency-lab/mini-exec/time';

function check(condition, what) {
  if (!condition) throw new Error(`smoke: ${what}`);
}

const words = new Int32Array(new SharedArrayBuffer(8));
const token = CancelToken.create();
const worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData: { words, handle: token.handle } });
const message = new Promise((resolve, reject) => {
  worker.on('message', resolve);
  worker.on('error', reject);
});

// atomics: blocking and asynchronous waits, woken by the worker.
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

// mini-exec: tasks, promises, timers, TCP.
check(
  blockOn(function* () {
    yield* yieldNow();
    return 42;
  }) === 42,
  'blockOn',
);
const executor = new Executor();
const echoed = await executor.spawn(function* () {
  yield* fromPromise(Promise.resolve());
  yield* sleep(5);
  const listener = yield* TcpListener.bind({ port: 0 });
  const server = executor.spawn(function* () {
    const stream = yield* listener.accept();
    for (let bytes = yield* stream.read(); bytes !== null; bytes = yield* stream.read()) yield* stream.write(bytes);
    yield* stream.shutdown();
    stream.close();
  });
  const stream = yield* TcpStream.connect(listener.address);
  yield* stream.write('across the wire');
  yield* stream.shutdown();
  let text = '';
  for (let bytes = yield* stream.read(); bytes !== null; bytes = yield* stream.read()) {
    text += new TextDecoder().decode(bytes);
  }
  stream.close();
  yield* server;
  listener.close();
  return text;
});
check(echoed === 'across the wire', `the echo came back as ${JSON.stringify(echoed)}`);
check(executor.liveTasks === 0, 'no task is left');

const { bun, deno, node } = process.versions;
const [runtime, version] = bun ? ['bun', bun] : deno ? ['deno', deno] : ['node', node];
console.log(JSON.stringify({ runtime, version, waitAsync: typeof Atomics.waitAsync, pause: typeof Atomics.pause }));
