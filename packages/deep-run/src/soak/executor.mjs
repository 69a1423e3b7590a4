// @ts-check
// Tasks that sleep, are joined, are aborted and time out, by the hundreds; after each round the
// executor has none, and the process no timer.

import { Executor, JoinError, yieldNow } from '@concurrency-lab/mini-exec';
import { sleep, timeout } from '@concurrency-lab/mini-exec/time';

/** @param {() => number} random @returns {import('../soak.mjs').Workload} */
export function start(random) {
  const executor = new Executor();
  let cleaned = 0;
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

  /** @param {number} milliseconds */
  function* task(milliseconds) {
    try {
      yield* yieldNow();
      yield* sleep(milliseconds);
      return milliseconds;
    } finally {
      cleaned++;
    }
  }

  return {
    async round() {
      cleaned = 0;
      const handles = Array.from({ length: 500 }, () => executor.spawn(task(random() * 4)));
      const late = executor.spawn(timeout(1, task(60_000)));
      for (const [i, handle] of handles.entries()) if (i % 3 === 0) handle.abort();
      const ends = await Promise.allSettled([...handles, late]);
      for (const end of ends) if (end.status === 'rejected' && !(end.reason instanceof JoinError)) throw end.reason;
      const joined = ends.filter(({ status }) => status === 'fulfilled').length;
      if (joined !== 333) throw new Error(`333 tasks were to end by themselves, ${joined} did`);
      if (cleaned < joined) throw new Error(`${joined} tasks ended, and ${cleaned} were cleaned up`);
    },
    leftovers: () => [
      ...(executor.liveTasks === 0 ? [] : [`${executor.liveTasks} tasks are alive`]),
      ...(timers() === 0 ? [] : [`${timers()} timers are set`]),
    ],
    stop: () => {},
  };
}
