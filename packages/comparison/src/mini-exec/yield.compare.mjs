// A thousand tasks that let each other have their turn: the time of one turn of one task.

const TASKS = 1000;

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'a thousand tasks that yield to each other, for one yield',
  unit: 'ns',
  reference: 'await null',
  chart: 'bars',
  subjects: {
    'await null': {
      setup: () =>
        subject((turns, took) => {
          const task = async () => {
            for (let i = 0; i < turns; i++) {
              await null;
              took();
            }
          };
          return Promise.all(Array.from({ length: TASKS }, task));
        }),
    },
    'mini-exec, yield': executorOf(
      () =>
        function* (turns, took) {
          for (let i = 0; i < turns; i++) {
            yield;
            took();
          }
        },
    ),
    'mini-exec, yield* yieldNow()': executorOf(
      ({ yieldNow }) =>
        function* (turns, took) {
          for (let i = 0; i < turns; i++) {
            yield* yieldNow();
            took();
          }
        },
    ),
  },
};

/** Makes the subject whose tasks are the coroutines that are made from the package's exports. */
function executorOf(makeTask) {
  return {
    package: '@concurrency-lab/mini-exec',
    async setup() {
      const exports = await import('@concurrency-lab/mini-exec');
      const executor = new exports.Executor();
      const task = makeTask(exports);
      return subject((turns, took) =>
        executor.spawn(function* () {
          const handles = Array.from({ length: TASKS }, () => executor.spawn(task(turns, took)));
          for (const handle of handles) yield* handle;
        }),
      );
    },
  };
}

/** Makes the fixture; an operation is one turn of one task, rounded up to as many for each. */
function subject(runAll) {
  const all = async (operations) => {
    const turns = Math.ceil(operations / TASKS);
    let taken = 0;
    await runAll(turns, () => taken++);
    if (taken !== turns * TASKS) throw new Error(`${taken} turns of ${turns * TASKS} were taken`);
    return taken;
  };
  return {
    verify: async () => void (await all(3000)),
    run: async (operations) => ({ operations: await all(operations) }),
  };
}
