// What it costs to make a way for one value, to put the value in, and to take it out, all on
// one thread.

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'create, send, receive one number, one thread',
  unit: 'ns',
  reference: 'promise',
  chart: 'bars',
  subjects: {
    promise: {
      setup: () =>
        checked(async (operations) => {
          let sum = 0;
          for (let i = 0; i < operations; i++) {
            let fulfil;
            const promise = new Promise((resolve) => {
              fulfil = resolve;
            });
            fulfil(i);
            sum += await promise;
          }
          return sum;
        }),
    },
    oneshot: {
      package: '@concurrency-lab/oneshot',
      async setup() {
        const { oneshot } = await import('@concurrency-lab/oneshot');
        return checked((operations) => {
          let sum = 0;
          for (let i = 0; i < operations; i++) {
            const [sender, receiver] = oneshot();
            sender.send(i);
            sum += Number(receiver.receive());
          }
          return sum;
        });
      },
    },
    'oneshot through a slot': {
      package: '@concurrency-lab/oneshot',
      async setup() {
        const { oneshot, Sender } = await import('@concurrency-lab/oneshot');
        return checked((operations) => {
          let sum = 0;
          for (let i = 0; i < operations; i++) {
            const [sender, receiver] = oneshot();
            Sender.from(sender.handle).send(i);
            sum += Number(receiver.receive());
          }
          return sum;
        });
      },
    },
    'new MessageChannel': {
      async setup() {
        const { MessageChannel, receiveMessageOnPort } = await import('node:worker_threads');
        return checked((operations) => {
          let sum = 0;
          for (let i = 0; i < operations; i++) {
            const { port1, port2 } = new MessageChannel();
            port1.postMessage(i);
            sum += receiveMessageOnPort(port2).message;
            port1.close();
          }
          return sum;
        });
      },
    },
  },
};

function checked(work) {
  let sum = 0;
  const run = async (operations) => {
    sum = await work(operations);
  };
  return {
    async verify() {
      await run(100);
      if (sum !== 4950) throw new Error(`the numbers below 100 came to ${sum}`);
    },
    run,
  };
}
