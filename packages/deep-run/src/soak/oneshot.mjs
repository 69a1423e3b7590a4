// @ts-check
// Questions to a worker, each with its own channel for the answer: answered, refused by a
// failure, or given up. After each round every slot but that of the next question is free.

import { Worker } from 'node:worker_threads';
import { OneshotArena } from '@concurrency-lab/oneshot';

const PATIENCE = { timeout: 60_000 };
const SLOTS = 256;

/** @param {() => number} random @returns {Promise<import('../soak.mjs').Workload>} */
export async function start(random) {
  const arena = OneshotArena.create({ slots: SLOTS, bytesPerSlot: 300 });
  let [questions, inbox] = arena.channel();
  const worker = new Worker(new URL('../workers/answer.mjs', import.meta.url), { workerData: inbox.handle });

  /** @param {unknown} question */
  const ask = (question) => {
    const [reply, answer] = arena.channel();
    const [nextQuestions, next] = arena.channel();
    questions.send({ question, reply: reply.handle, next: next.handle });
    questions = nextQuestions;
    return answer;
  };
  const settle = async () => {
    // An answer that nobody waits for frees its slot when it comes: a last question comes after it.
    if ((await ask(1).receiveAsync(PATIENCE)) !== 3) throw new Error('the answer to 1 is not 3');
  };
  await settle();
  return {
    async round() {
      for (let i = 0; i < 100; i++) {
        const n = Math.floor(random() * 1e6);
        if (i % 50 === 49) ask(n).close();
        else if (i % 10 === 9) {
          const error = await ask('throw')
            .receiveAsync(PATIENCE)
            .then(String, (reason) => reason);
          if (!(error instanceof RangeError)) throw new Error(`a failure was expected, not ${error}`);
        } else if (ask(n).receive(PATIENCE) !== n * 3) throw new Error(`a wrong answer to ${n}`);
      }
      await settle();
    },
    leftovers() {
      const free = arena.freeSlots;
      return free === SLOTS - 1 ? [] : [`${free} of ${SLOTS} slots are free, all but one should be`];
    },
    async stop() {
      questions.close();
      await new Promise((resolve) => worker.once('exit', resolve));
      if (arena.freeSlots !== SLOTS) throw new Error(`${SLOTS - arena.freeSlots} slots were not given back`);
    },
  };
}
