// Uses the installed package as a program would, with workers that it starts itself, on whatever runtime
// runs this file. Prints what ran, as one line of JSON; exits with 1 at any surprise.

import { forkJoin, call, JoinSet, mpsc, parallelMap, Runtime, transfer } from '@concurrency-lab/runtime';
import { check, report } from './support/report.mjs';
import * as tasks from './workers/runtime.mjs';

const rt = Runtime.builder().workerThreads(2).unhandledPanic('ignore').build();

const sums = await Promise.all(Array.from({ length: 2000 }, (_, i) => rt.spawn(tasks.add, i, 0.5)));
check(
  sums.every((sum, i) => sum === i + 0.5),
  'each task has its own result',
);
check((await rt.spawn(tasks.fib, 12)) === 144, 'tasks spawn tasks');
check((await rt.spawn(tasks.nap, 'rested')) === 'rested', 'a coroutine sleeps on its worker');
check((await parallelMap(rt, tasks.echo, [1, 2, 3])).join() === '1,2,3', 'a list in its order');
check((await forkJoin(rt, call(tasks.add, 1, 2), call(tasks.echo, 'x'))).join() === '3,x', 'two at once');

const value = {
  text: 'grüße 😀',
  list: [1n, null, undefined, new Map([['k', new Uint8Array([1, 2])]])],
  date: new Date(5),
};
const echoed = await rt.spawn(tasks.echo, value);
check(echoed.text === value.text && echoed.list[0] === 1n && echoed.list[3].get('k')[1] === 2, 'an object came back');
check(echoed.date.getTime() === 5, 'a date came back');
const bytes = new Uint8Array(100_000).fill(7);
const moved = await rt.spawn(tasks.echo, transfer(bytes, [bytes.buffer]));
check(bytes.length === 0 && moved.length === 100_000 && moved[99_999] === 7, 'bytes moved');

const error = await rt.spawn(tasks.fail, 'no').then(
  () => undefined,
  (thrown) => thrown,
);
check(error?.isPanic && error.cause instanceof RangeError && error.cause.message === 'no', 'the error came through');

const started = new Int32Array(new SharedArrayBuffer(4));
const loop = rt.spawn(tasks.untilCancelled, started);
while (Atomics.load(started, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
loop.abort();
check(
  await loop.then(
    () => false,
    (thrown) => thrown.isCancelled,
  ),
  'a running loop was cancelled',
);

const [sender, receiver] = mpsc({ capacity: 4, bytesPerMessage: 64 });
const senders = [1, 2].map(() => rt.spawn(tasks.send, sender.share(), 100));
sender.close();
let received = 0;
for await (const n of receiver) received += n;
await Promise.all(senders);
check(received === 2 * 4950, 'each message once');

const word = new Int32Array(new SharedArrayBuffer(8));
const blocked = rt.spawn(tasks.delegate, word);
check((await rt.spawn(tasks.add, 1, 1)) === 2, 'workers go on while a task blocks');
Atomics.store(word, 0, 1);
Atomics.notify(word, 0);
check(['ok', 'not-equal'].includes(await blocked), 'the task that blocked has ended');

const set = new JoinSet(rt);
for (let i = 0; i < 10; i++) set.spawn(tasks.add, i, i);
check((await set.joinAll()).reduce((a, b) => a + b) === 90, 'a set is joined');

// What runs may end: the process lives that long, with nothing else to keep it alive.
const begun = new Int32Array(new SharedArrayBuffer(8));
const last = rt.spawnBlocking(tasks.block, begun, 300);
while (Atomics.load(begun, 1) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
await rt.shutdownTimeout(Infinity);
check((await last) === 'timed-out', 'what ran has ended');

report();
