// What it costs to start a task that is done at once, and to wait for its value. Of mini-exec,
// the task is a future that is ready, or a generator that returns at once.

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'start a trivial task and wait for it',
  unit: 'ns',
  reference: 'async function',
  chart: 'bars',
  subjects: {
    'mini-exec, a ready future': {
      package: '@concurrency-lab/mini-exec',
      async setup() {
        const { Executor, Future } = await import('@concurrency-lab/mini-exec');
        const executor = new Executor();
        let next = 0;
        class Ready extends Future {
          poll() {
            return next++;
          }
        }
        return subject((operations) =>
          executor.spawn(function* () {
            let sum = 0;
            for (let i = 0; i < operations; i++) sum += yield* executor.spawn(new Ready());
            return sum;
          }),
        );
      },
    },
    'mini-exec': {
      package: '@concurrency-lab/mini-exec',
      async setup() {
        const { Executor } = await import('@concurrency-lab/mini-exec');
        const executor = new Executor();
        let next = 0;
        function* task() {
          return next++;
        }
        return subject((operations) =>
          executor.spawn(function* () {
            let sum = 0;
            for (let i = 0; i < operations; i++) sum += yield* executor.spawn(task());
            return sum;
          }),
        );
      },
    },
    'async function': {
      setup() {
        let next = 0;
        const task = async () => next++;
        return subject(async (operations) => {
          let sum = 0;
          for (let i = 0; i < operations; i++) sum += await task();
          return sum;
        });
      },
    },
    Effect: {
      package: 'effect',
      async setup() {
        const { Effect, Fiber } = await import('effect');
        let next = 0;
        const task = Effect.sync(() => next++);
        return subject((operations) =>
          Effect.runPromise(
            Effect.gen(function* () {
              let sum = 0;
              for (let i = 0; i < operations; i++) sum += yield* Fiber.join(yield* Effect.forkChild(task));
              return sum;
            }),
          ),
        );
      },
    },
  },
};

/** Makes the fixture: the first hundred tasks give 0 to 99. */
function subject(sumOf) {
  return {
    async verify() {
      const sum = await sumOf(100);
      if (sum !== 4950) throw new Error(`the sum of 0 to 99 is 4950, not ${sum}`);
    },
    run: async (operations) => void (await sumOf(operations)),
  };
}
