// A timer that is set and taken back before it comes, as most timeouts are, while another
// one is set all the time.

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'set a timer and cancel it',
  unit: 'ns',
  reference: 'setTimeout and clearTimeout',
  chart: 'bars',
  subjects: {
    'setTimeout and clearTimeout': {
      setup() {
        const fail = () => {
          throw new Error('a cancelled timer came');
        };
        const other = setTimeout(() => {}, 600_000);
        return {
          async verify() {
            clearTimeout(setTimeout(fail, 1));
            await new Promise((resolve) => setTimeout(resolve, 5));
          },
          run(operations) {
            for (let i = 0; i < operations; i++) clearTimeout(setTimeout(fail, 5000));
          },
          close: () => clearTimeout(other),
        };
      },
    },
    'mini-exec': {
      package: '@concurrency-lab/mini-exec',
      async setup() {
        const { sleep } = await import('@concurrency-lab/mini-exec/time');
        const cx = {
          waker: {
            wake() {
              throw new Error('a cancelled timer came');
            },
          },
        };
        const other = sleep(600_000);
        other.poll({ waker: { wake() {} } });
        return {
          async verify() {
            const short = sleep(1);
            short.poll(cx);
            short.drop();
            await new Promise((resolve) => setTimeout(resolve, 5));
          },
          run(operations) {
            for (let i = 0; i < operations; i++) {
              const future = sleep(5000);
              future.poll(cx);
              future.drop();
            }
          },
          close: () => other.drop(),
        };
      },
    },
  },
};
