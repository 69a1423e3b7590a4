// What bench-gate compares between two commits: `node packages/bench-gate/src/run.mjs --package spsc-ring`.
//
// Each case makes its subject with the module it is given, which is that of the one commit or of
// the other, and returns a call that takes some microseconds. On one thread a side never waits for the
// other: that is what the operations themselves cost.

import { Worker } from 'node:worker_threads';

const ITEMS = 256;

/** Fills a ring with numbers one by one and empties it again. */
const singles =
  (options) =>
  ({ SpscRing }) => {
    const [producer, consumer] = SpscRing.create({ kind: 'float32', capacity: ITEMS, ...options });
    return () => {
      for (let i = 0; i < ITEMS; i++) producer.push(i);
      producer.flush();
      for (let i = 0; i < ITEMS; i++) if (consumer.pop() !== i) throw new Error(`${i} was lost`);
    };
  };

export const cases = [
  { name: 'push and pop', setup: singles({}) },
  { name: 'push and pop, lazily', setup: singles({ publishEvery: 'lazy' }) },
  {
    name: 'pushMany and popMany of 32',
    setup({ SpscRing }) {
      const [producer, consumer] = SpscRing.create({ kind: 'float32', capacity: ITEMS });
      const block = Float32Array.from({ length: 32 }, (_, i) => i);
      const into = new Float32Array(32);
      return () => {
        for (let i = 0; i < 40; i++) {
          into[31] = 0;
          const moved = producer.pushMany(block) + consumer.popMany(into);
          if (moved !== 64 || into[31] !== 31) throw new Error('a block was lost');
        }
      };
    },
  },
  {
    name: 'reserve and read in place',
    setup({ SpscRing }) {
      const [producer, consumer] = SpscRing.create({ kind: 'float32', capacity: ITEMS });
      return () => {
        for (let i = 0; i < 40; i++) {
          producer.reserve(32).first[0] = i;
          producer.commit(32);
          if (consumer.read(32).first[0] !== i) throw new Error(`block ${i} was lost`);
          consumer.release(32);
        }
      };
    },
  },
  {
    name: 'send and receive, nobody waits',
    setup({ SpscRing }) {
      const [producer, consumer] = SpscRing.create({ kind: 'int32', capacity: ITEMS });
      return () => {
        for (let i = 0; i < 100; i++) {
          producer.send(i);
          if (consumer.receive() !== i) throw new Error(`${i} was lost`);
        }
      };
    },
  },
  {
    name: 'ByteRing, 64 bytes',
    setup({ ByteRing }) {
      const [producer, consumer] = ByteRing.create({ capacity: 8192 });
      const message = Uint8Array.from({ length: 64 }, (_, i) => i);
      const into = new Uint8Array(64);
      return () => {
        for (let i = 0; i < 50; i++) {
          message[0] = i;
          producer.push(message);
          if (consumer.popInto(into) !== 64 || into[0] !== i) throw new Error(`message ${i} was lost`);
        }
      };
    },
  },
  {
    name: 'ByteRing, text',
    setup({ ByteRing }) {
      const [producer, consumer] = ByteRing.create({ capacity: 8192, codec: 'text' });
      return () => {
        for (let i = 0; i < 20; i++) {
          producer.push('grüße, and more of the kind');
          if (consumer.pop() !== 'grüße, and more of the kind') throw new Error(`message ${i} was lost`);
        }
      };
    },
  },
  {
    name: 'OverwritingRing, 64 bytes',
    setup({ OverwritingRing }) {
      const [producer, consumer] = OverwritingRing.create({ capacity: 16, maxMessageBytes: 64 });
      const message = Uint8Array.from({ length: 64 }, (_, i) => i);
      const into = new Uint8Array(64);
      return () => {
        for (let i = 0; i < 50; i++) {
          message[0] = i;
          producer.push(message);
          if (consumer.popInto(into) !== 64 || into[0] !== i) throw new Error(`message ${i} was lost`);
        }
      };
    },
  },
  {
    name: 'AudioRing, 128 frames of two channels',
    setup({ AudioRing }) {
      const [producer, consumer] = AudioRing.create({ channels: 2, frames: 1024 });
      const input = [new Float32Array(128).fill(0.25), new Float32Array(128).fill(0.5)];
      const output = [new Float32Array(128), new Float32Array(128)];
      return () => {
        for (let i = 0; i < 20; i++) {
          output[1][127] = 0;
          if (producer.write(input) !== 128 || consumer.read(output) !== 128) throw new Error('frames were lost');
          if (output[1][127] !== 0.5) throw new Error('the channels are mixed up');
        }
      };
    },
  },
  {
    // The partner spins while its side has its turn, and sleeps when told to, while the other side has.
    name: 'there and back over two rings',
    threads: 2,
    async setup({ SpscRing }) {
      const [there, inbox] = SpscRing.create({ kind: 'int32', capacity: ITEMS });
      const [outbox, back] = SpscRing.create({ kind: 'int32', capacity: ITEMS });
      const words = new Int32Array(new SharedArrayBuffer(4));
      const worker = new Worker(new URL('workers/gate-echo.mjs', import.meta.url), {
        workerData: { inbox: inbox.handle, outbox: outbox.handle, words },
        execArgv: [],
      });
      await new Promise((resolve, reject) => worker.once('online', resolve).once('error', reject));
      const answer = () => {
        for (;;) {
          const value = back.pop();
          if (value !== undefined) return value;
        }
      };
      const call = () => {
        Atomics.store(words, 0, 1);
        Atomics.notify(words, 0);
        for (let i = 1; i <= 50; i++) {
          there.push(i);
          if (answer() !== i) throw new Error(`${i} did not come back`);
        }
        there.push(0); // the worker may sleep
        if (answer() !== 0) throw new Error('the partner goes on');
      };
      call();
      const close = async () => {
        const ended = new Promise((resolve) => worker.once('exit', resolve));
        there.push(-1);
        Atomics.store(words, 0, 1);
        Atomics.notify(words, 0);
        await ended;
      };
      return { call, close };
    },
  },
];
