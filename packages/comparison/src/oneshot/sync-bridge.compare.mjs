// Sync over async: the main thread blocks on what a worker computes asynchronously. With both
// threads on one core, and with a core for each.

import { execFileSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';

const file = (name) => new URL(`workers/${name}.mjs`, import.meta.url);

/** @type {import('../harness/definition.mjs').Comparison} */
export const comparison = {
  title: 'call an async function of a worker, and block until it has answered',
  unit: 'k/s',
  reference: 'synckit',
  threads: 2,
  block: 200,
  chart: 'bars',
  parameter: { name: 'cores', values: ['one', 'all'] },
  subjects: {
    synckit: {
      package: 'synckit',
      async setup({ parameter }) {
        pin(parameter);
        const { createSyncFn } = await import('synckit');
        const call = createSyncFn(file('synckit'), { timeout: 20_000 });
        return bridge(call, () => {});
      },
    },
    oneshot: {
      package: '@concurrency-lab/oneshot',
      async setup({ parameter }) {
        pin(parameter);
        const { OneshotArena } = await import('@concurrency-lab/oneshot');
        const arena = OneshotArena.create();
        let [questions, inbox] = arena.channel();
        const worker = new Worker(file('oneshot'), { workerData: inbox.handle });
        const call = (question) => {
          const [reply, answer] = arena.channel();
          const [nextQuestions, next] = arena.channel();
          questions.send({ question, reply: reply.handle, next: next.handle });
          questions = nextQuestions;
          return answer.receive({ timeout: 20_000 });
        };
        return bridge(call, () => worker.terminate());
      },
    },
    'bare words': {
      setup({ parameter }) {
        pin(parameter);
        const words = new Int32Array(new SharedArrayBuffer(256));
        const worker = new Worker(file('bare'), { workerData: words });
        let seen = 0;
        const call = (question) => {
          Atomics.store(words, 1, question);
          Atomics.store(words, 0, ++seen);
          Atomics.notify(words, 0);
          while (Atomics.load(words, 32) !== seen) Atomics.wait(words, 32, seen - 1);
          return Atomics.load(words, 33);
        };
        return bridge(call, () => worker.terminate());
      },
    },
  },
};

/** Confines this process to one core, where that is asked for; threads made later are confined with it. */
function pin(cores) {
  if (cores === 'one') execFileSync('taskset', ['-acp', '0', String(process.pid)]);
}

function bridge(call, close) {
  const run = (operations) => {
    for (let i = 0; i < operations; i++) {
      const answer = call(i);
      if (answer !== i * 3) throw new Error(`${i} was answered by ${answer}`);
    }
  };
  return { verify: () => run(100), run, close };
}
