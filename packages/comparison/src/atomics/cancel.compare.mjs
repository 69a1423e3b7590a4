// What it costs a synchronous loop to look whether it was cancelled.

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'look whether cancelled',
  unit: 'ns',
  reference: 'bare Atomics.load',
  chart: 'bars',
  subjects: {
    'CancelToken.isCancelled': {
      package: '@concurrency-lab/atomics',
      async setup() {
        const { CancelToken } = await import('@concurrency-lab/atomics');
        const token = CancelToken.create();
        return looking(
          (times) => {
            let seen = 0;
            for (let i = 0; i < times; i++) if (token.isCancelled) seen++;
            return seen;
          },
          () => CancelToken.from(token.handle).cancel(),
        );
      },
    },
    'AbortSignal.aborted': {
      setup() {
        const controller = new AbortController();
        const { signal } = controller;
        return looking(
          (times) => {
            let seen = 0;
            for (let i = 0; i < times; i++) if (signal.aborted) seen++;
            return seen;
          },
          () => controller.abort(),
        );
      },
    },
    'bare Atomics.load': {
      setup() {
        const words = new Int32Array(new SharedArrayBuffer(4));
        return looking(
          (times) => {
            let seen = 0;
            for (let i = 0; i < times; i++) if (Atomics.load(words, 0) !== 0) seen++;
            return seen;
          },
          () => Atomics.store(words, 0, 1),
        );
      },
    },
  },
};

function looking(countSeen, cancel) {
  return {
    verify: () => {
      if (countSeen(5) !== 0) throw new Error('it looks cancelled before it is');
    },
    run: (operations) => {
      countSeen(operations);
    },
    // Shows that it was the real thing that was timed.
    close: () => {
      cancel();
      if (countSeen(5) !== 5) throw new Error('it does not look cancelled after it was');
    },
  };
}
