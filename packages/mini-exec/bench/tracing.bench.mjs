// What tracing costs: `node bench/tracing.bench.mjs`, in nanoseconds for each task or step.
//
// "no seam" is this package with the calls of the seam taken out of its built files; all
// others are the package as it is, with nobody, or somebody, listening. Every round runs all
// variants one after the other, in changing order; the ratios are medians of those of the rounds.

import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { subscribe as listen, unsubscribe as unlisten } from 'node:diagnostics_channel';
import { fileURLToPath } from 'node:url';

const ROUNDS = 41;
const TASKS = 2000;

const built = fileURLToPath(new URL('../dist', import.meta.url));
/** Lies within the package, so that its imports are found. */
const bare = fileURLToPath(new URL('../node_modules/.cache/tracing-bench', import.meta.url));

/** Copies the built files without the seam's calls. */
function withoutSeam() {
  rmSync(bare, { recursive: true, force: true });
  cpSync(built, bare, { recursive: true });
  for (const [name, expected] of [
    ['core/task.js', 4],
    ['panic.js', 1],
  ]) {
    let calls = 0;
    const source = readFileSync(`${bare}/${name}`, 'utf8');
    const stripped = source.replace(/trace\.sink\?\.\w+\([^)]*\)( \?\? this)?;?/g, (call, fallback) => {
      calls++;
      return fallback === undefined ? '' : call.replace(/trace\.sink\?\.\w+\([^)]*\) \?\? /, '');
    });
    if (calls !== expected) throw new Error(`found ${calls} calls of the seam in ${name}, not ${expected}`);
    writeFileSync(`${bare}/${name}`, stripped);
  }
}

withoutSeam();
const packages = {
  bare: { exec: await import(`${bare}/index.js`) },
  whole: { exec: await import(`${built}/index.js`), tracing: await import(`${built}/tracing/index.js`) },
};
const { CHANNELS, enableTracing, subscribe, TaskMonitor } = packages.whole.tracing;

const subjects = {
  'spawn and join': ({ blockOn, Executor }) => {
    const executor = new Executor();
    let next = 0;
    function* task() {
      return next++;
    }
    return () => {
      next = 0;
      const sum = blockOn(function* () {
        let total = 0;
        for (let i = 0; i < TASKS; i++) total += yield* executor.spawn(task());
        return total;
      }, executor);
      if (sum !== (TASKS * (TASKS - 1)) / 2) throw new Error('a task was lost');
    };
  },
  'yield, 100 tasks': ({ blockOn, Executor, yieldNow }) => {
    const executor = new Executor();
    function* task() {
      for (let i = 0; i < TASKS / 100; i++) yield* yieldNow();
    }
    return () => {
      for (let i = 1; i < 100; i++) executor.spawn(task());
      blockOn(task(), executor);
    };
  },
};

const variants = {
  'no seam': { of: 'bare', enter: () => () => {} },
  'nobody listens': { of: 'whole', enter: () => () => {} },
  'enableTracing(), nobody listens': {
    of: 'whole',
    enter: () => {
      const { unsubscribe } = enableTracing();
      return unsubscribe;
    },
  },
  'subscribe(), no locations': { of: 'whole', enter: () => subscribe(() => {}, { locations: false }).unsubscribe },
  'subscribe()': { of: 'whole', enter: () => subscribe(() => {}).unsubscribe },
  'one channel': {
    of: 'whole',
    enter: () => {
      const listener = () => {};
      const { unsubscribe } = enableTracing({ locations: false });
      listen(CHANNELS.complete, listener);
      return () => {
        unlisten(CHANNELS.complete, listener);
        unsubscribe();
      };
    },
  },
  'console (TaskMonitor)': {
    of: 'whole',
    enter: () => {
      const monitor = new TaskMonitor();
      return () => monitor[Symbol.dispose]();
    },
  },
};

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Compares some variants; each has its executor, but the code is shared, as it would be in a program. */
function compare(subject, setup, chosen) {
  const runs = chosen.map(([name, { of, enter }]) => ({
    name,
    enter,
    call: setup(packages[of].exec),
    times: [],
  }));
  for (let round = -5; round < ROUNDS; round++) {
    for (let i = 0; i < runs.length; i++) {
      const { enter, call, times } = runs[(i + round + 5) % runs.length];
      const leave = enter();
      const before = performance.now();
      call();
      const time = performance.now() - before;
      leave();
      if (round >= 0) times.push((time * 1e6) / TASKS);
    }
  }
  const base = runs[0].times;
  console.log(subject);
  console.table(
    runs.map(({ name, times }) => ({
      variant: name,
      'median ns': median(times).toFixed(0),
      ratio: median(times.map((time, i) => time / base[i])).toFixed(2),
    })),
  );
}

// Before anybody has ever listened, then with those who do.
for (const [subject, setup] of Object.entries(subjects)) compare(subject, setup, Object.entries(variants).slice(0, 2));
for (const [subject, setup] of Object.entries(subjects)) compare(subject, setup, Object.entries(variants));
rmSync(bare, { recursive: true, force: true });
