// Many tasks that sleep a millisecond at the same time: the time until the last has woken.

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'tasks that all sleep 1 ms',
  unit: 'ms',
  reference: 'setTimeout promises',
  chart: 'bars',
  parameter: { name: 'tasks', values: [10_000, 100_000] },
  block: 200,
  subjects: {
    'setTimeout promises': {
      setup: ({ parameter }) =>
        subject(parameter, (wake) => {
          const sleep = async () => {
            await new Promise((resolve) => setTimeout(resolve, 1));
            wake();
          };
          return Promise.all(Array.from({ length: parameter }, sleep));
        }),
    },
    'mini-exec': {
      package: '@concurrency-lab/mini-exec',
      async setup({ parameter }) {
        const { Executor } = await import('@concurrency-lab/mini-exec');
        const { sleep } = await import('@concurrency-lab/mini-exec/time');
        const executor = new Executor();
        return subject(parameter, (wake) => {
          function* sleeper() {
            yield* sleep(1);
            wake();
          }
          return executor.spawn(function* () {
            const handles = Array.from({ length: parameter }, () => executor.spawn(sleeper()));
            for (const handle of handles) yield* handle;
          });
        });
      },
    },
    'Effect fibers': {
      package: 'effect',
      async setup({ parameter }) {
        const { Effect } = await import('effect');
        return subject(parameter, (wake) =>
          Effect.runPromise(
            Effect.forEach(
              Array.from({ length: parameter }),
              () => Effect.andThen(Effect.sleep(1), Effect.sync(wake)),
              {
                concurrency: 'unbounded',
                discard: true,
              },
            ),
          ),
        );
      },
    },
  },
};

/** Makes the fixture: every sleeper wakes, once, and not before its time. */
function subject(tasks, sleepAll) {
  let woken = 0;
  const all = async () => {
    woken = 0;
    const begin = performance.now();
    await sleepAll(() => woken++);
    if (woken !== tasks) throw new Error(`${woken} of ${tasks} woke`);
    return performance.now() - begin;
  };
  return {
    async verify() {
      // The host's timers count whole milliseconds, so one may come a part of one early.
      if ((await all()) < 0.5) throw new Error('they did not sleep');
    },
    async run(operations) {
      for (let i = 0; i < operations; i++) await all();
    },
  };
}
