// The models of gate.mjs: an atomic counter, and a thread that sleeps.

import { spawn } from '@concurrency-lab/model-checker';

function check(condition, message) {
  if (!condition) throw new Error(message);
}

export function addTwice() {
  return () => {
    const words = new Int32Array(new SharedArrayBuffer(4));
    const workers = Array.from({ length: 2 }, () =>
      spawn(() => {
        for (let i = 0; i < 2; i++) Atomics.add(words, 0, 1);
      }),
    );
    for (const worker of workers) worker.join();
    check(Atomics.load(words, 0) === 4, 'lost an increment');
  };
}

export function sleepAndWake() {
  return () => {
    const words = new Int32Array(new SharedArrayBuffer(8));
    const sleeper = spawn(() => {
      while (Atomics.load(words, 0) === 0) Atomics.wait(words, 0, 0);
      return words[1];
    });
    words[1] = 42;
    Atomics.store(words, 0, 1);
    Atomics.notify(words, 0);
    check(sleeper.join() === 42, 'the sleeper has not seen what came before');
  };
}
