// What bench-gate compares between two commits: `node packages/bench-gate/src/run.mjs --package atomics`.
//
// Each case makes its subject with the module it is given, which is that of the one commit or of
// the other, and returns a call that takes some microseconds.

import { Worker } from 'node:worker_threads';

const TIMES = 1000;

export const cases = [
  {
    name: 'CancelToken.isCancelled',
    setup({ CancelToken }) {
      const token = CancelToken.create();
      let seen = 0;
      const call = () => {
        for (let i = 0; i < TIMES; i++) if (token.isCancelled) seen++;
        return seen;
      };
      if (call() !== 0) throw new Error('the token looks cancelled');
      return call;
    },
  },
  {
    name: 'park, not equal',
    setup({ park }) {
      const words = new Int32Array(new SharedArrayBuffer(64));
      if (park(words, 0, 1) !== 'not-equal') throw new Error('it has not looked');
      return () => {
        for (let i = 0; i < 200; i++) park(words, 0, 1);
      };
    },
  },
  {
    name: 'unpark, nobody waits',
    setup({ unpark }) {
      const words = new Int32Array(new SharedArrayBuffer(64));
      if (unpark(words, 0) !== 0) throw new Error('it has woken somebody');
      return () => {
        for (let i = 0; i < 200; i++) unpark(words, 0);
      };
    },
  },
  {
    name: 'CancelToken.at and from',
    setup({ CancelToken }) {
      const buffer = new SharedArrayBuffer(CancelToken.BYTES);
      const bytes = new Uint8Array(buffer);
      return () => {
        for (let i = 0; i < 20; i++) {
          bytes.fill(0);
          const token = CancelToken.at(buffer, 0);
          if (CancelToken.from(token.handle).isCancelled) throw new Error('the token looks cancelled');
        }
      };
    },
  },
  {
    // Sleeping threads would measure where the scheduler wakes them: the partner spins while its
    // side has its turn, and sleeps while the other side has. Without `execArgv`, a worker of
    // a test runner would load the sources.
    name: 'round trip, both back off',
    threads: 2,
    async setup({ Backoff, unpark }) {
      const words = new Int32Array(new SharedArrayBuffer(512));
      const worker = new Worker(new URL('workers/echo-words.mjs', import.meta.url), {
        workerData: words,
        execArgv: [],
      });
      await new Promise((resolve, reject) => worker.once('online', resolve).once('error', reject));
      let value = 0;
      const send = (next) => {
        Atomics.store(words, 0, next);
        if (Atomics.load(words, 64) === 1) unpark(words, 0);
      };
      const call = () => {
        for (let i = 0; i < 20; i++) {
          send(++value);
          for (const backoff = new Backoff(); Atomics.load(words, 32) !== value;) backoff.spin();
        }
      };
      call();
      const close = async () => {
        const ended = new Promise((resolve) => worker.once('exit', resolve));
        send(-1);
        await ended;
      };
      return { call, close };
    },
  },
];
