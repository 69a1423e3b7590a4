// Timers beside the host's and Effect's: `node bench/timers.bench.mjs`.
//
// Many tasks that sleep 1 ms at the same time, and timers that are set and cancelled.
// Subjects take turns within one run; the figures are medians, and ratios of medians.

import { Executor } from '@concurrency-lab/mini-exec';
import { sleep } from '@concurrency-lab/mini-exec/time';

const ROUNDS = Number(process.argv[2] ?? 15);
const effect = await import('effect').catch(() => undefined);

const subjects = (tasks) => ({
  'setTimeout promises': () =>
    Promise.all(Array.from({ length: tasks }, () => new Promise((resolve) => setTimeout(resolve, 1)))),
  async 'mini-exec tasks'() {
    const executor = new Executor();
    function* sleeper() {
      yield* sleep(1);
    }
    await executor.spawn(function* () {
      const handles = [];
      for (let i = 0; i < tasks; i++) handles.push(executor.spawn(sleeper()));
      for (const handle of handles) yield* handle;
    });
    if (executor.liveTasks !== 0) throw new Error('tasks are left');
  },
  ...(effect && {
    'Effect fibers': () =>
      effect.Effect.runPromise(
        effect.Effect.forEach(Array.from({ length: tasks }), () => effect.Effect.sleep(1), {
          concurrency: 'unbounded',
          discard: true,
        }),
      ),
  }),
});

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const rows = [];
for (const tasks of [10_000, 100_000]) {
  const times = {};
  const all = Object.entries(subjects(tasks));
  for (let round = 0; round < (tasks === 10_000 ? ROUNDS : Math.ceil(ROUNDS / 3)) + 2; round++) {
    for (let i = 0; i < all.length; i++) {
      const [name, run] = all[(i + round) % all.length];
      globalThis.gc?.();
      const begin = performance.now();
      await run();
      if (round >= 2) (times[name] ??= []).push(performance.now() - begin);
    }
  }
  const base = median(times['mini-exec tasks']);
  for (const [name] of all) {
    rows.push({
      subject: `${tasks} × 1 ms, ${name}`,
      'median ms': median(times[name]).toFixed(1),
      'mini-exec takes': `${(base / median(times[name])).toFixed(2)} of it`,
    });
  }
}

const N = 20_000;
const set = { host: [], wheel: [] };
const nothing = () => {};
const noop = { waker: { wake: nothing } };
const other = setTimeout(() => {}, 60_000);
for (let round = 0; round < 41; round++) {
  let begin = performance.now();
  for (let i = 0; i < N; i++) clearTimeout(setTimeout(nothing, 5000));
  set.host.push(((performance.now() - begin) / N) * 1e6);
  begin = performance.now();
  for (let i = 0; i < N; i++) {
    const future = sleep(5000);
    future.poll(noop);
    future.drop();
  }
  set.wheel.push(((performance.now() - begin) / N) * 1e6);
}
clearTimeout(other);
rows.push(
  { subject: 'set and cancel, setTimeout', 'median ms': `${median(set.host).toFixed(0)} ns` },
  {
    subject: 'set and cancel, sleep',
    'median ms': `${median(set.wheel).toFixed(0)} ns`,
    'mini-exec takes': `${(median(set.wheel) / median(set.host)).toFixed(2)} of it`,
  },
);
console.table(rows);
