// What bench-gate compares between two commits: `node packages/bench-gate/src/run.mjs --package mini-exec`.
//
// Each case makes its subject with the module it is given, which is that of the one commit or of
// the other, and returns a call that takes some microseconds.

const TIMES = 200;

export const cases = [
  {
    name: 'spawn and join',
    setup({ blockOn, Executor }) {
      const executor = new Executor();
      let next = 0;
      function* task() {
        return next++;
      }
      const call = () =>
        blockOn(function* () {
          let sum = 0;
          for (let i = 0; i < TIMES; i++) sum += yield* executor.spawn(task());
          return sum;
        }, executor);
      if (call() !== (TIMES * (TIMES - 1)) / 2) throw new Error('a task was lost');
      return call;
    },
  },
  {
    name: 'yieldNow, 100 tasks',
    setup({ blockOn, Executor, yieldNow }) {
      const executor = new Executor();
      let done = 0;
      function* task() {
        yield* yieldNow();
        yield* yieldNow();
        done++;
      }
      const call = () => {
        for (let i = 1; i < 100; i++) executor.spawn(task());
        blockOn(task(), executor);
      };
      call();
      if (done !== 100) throw new Error(`${done} of 100 tasks are done`);
      return call;
    },
  },
  {
    name: 'await ready coroutines',
    setup({ blockOn, coroutine, Executor }) {
      const executor = new Executor();
      let next = 0;
      function* ready() {
        return next++;
      }
      const call = () =>
        blockOn(function* () {
          let sum = 0;
          for (let i = 0; i < TIMES; i++) sum += yield* coroutine(ready());
          return sum;
        }, executor);
      if (call() !== (TIMES * (TIMES - 1)) / 2) throw new Error('a value was lost');
      return call;
    },
  },
  {
    name: 'microtask turn',
    setup({ Executor }) {
      const executor = new Executor();
      function* task() {
        return 1;
      }
      return async () => {
        let sum = 0;
        for (let i = 0; i < 20; i++) sum += await executor.spawn(task());
        if (sum !== 20) throw new Error('a task was lost');
      };
    },
  },
];
