// What the executor costs beside promises: `node bench/mini-exec.bench.mjs`.
//
// A task of the bench repeats its subject a thousand times; results are per repetition.

import { coroutine, Executor, yieldNow } from '@concurrency-lab/mini-exec';
import { Bench } from 'tinybench';
import { showRows } from '../../bench-gate/src/rows.mjs';

const TIMES = 1000;
const executor = new Executor();

function* trivial() {
  return 1;
}
async function trivialAsync() {
  return 1;
}
function* yielding() {
  yield* yieldNow();
}
async function yieldingAsync() {
  await null;
}

// A single run must work before it is timed.
if ((await executor.spawn(trivial())) !== 1) throw new Error('the subject does not work');

const bench = new Bench({ time: 400, warmupTime: 100 });
bench
  .add('async call, await', async () => {
    for (let i = 0; i < TIMES; i++) await trivialAsync();
  })
  .add('spawn, join in a coroutine', () =>
    executor.spawn(function* () {
      for (let i = 0; i < TIMES; i++) yield* executor.spawn(trivial());
    }),
  )
  .add('await null, 1000 at once', () => Promise.all(Array.from({ length: TIMES }, yieldingAsync)))
  .add('yieldNow, 1000 tasks', () => {
    for (let i = 1; i < TIMES; i++) executor.spawn(yielding());
    return executor.spawn(yielding());
  })
  .add('generator call, yield*', () =>
    executor.spawn(function* () {
      for (let i = 0; i < TIMES; i++) yield* trivial();
    }),
  )
  .add('coroutine, poll', () => {
    for (let i = 0; i < TIMES; i++) coroutine(trivial()).poll({ waker: { wake() {} } });
  });
await bench.run();

showRows(
  'mini-exec',
  bench.tasks.map(({ name, result }) => ({
    subject: name,
    'median ns': ((result.latency.p50 * 1e6) / TIMES).toFixed(1),
  })),
);
