// @ts-check
// One fault in one pool, in a process of its own: what becomes of the task, and of the next one. The pool has
// one worker. Writes a marked line each as soon as it is known; what never comes hangs (see faults.mjs).
//
//   node fault.mjs <pool> <fault> <milliseconds until the abort>

import { setTimeout as sleep } from 'node:timers/promises';
import { currentRuntime } from '../../../bench-gate/src/runtimes.mjs';
import { pools } from './pools.mjs';

/** @typedef {keyof typeof import('./workers/tasks.mjs').tasks} Task */

/** What a task does, and whether it is aborted meanwhile. */
export const FAULTS = /** @type {const} */ ({
  'process.exit in the task': { task: 'exit' },
  'endless loop, aborted': { task: 'loop', aborts: true },
  'never resolves, aborted': { task: 'never', aborts: true },
  'returns a function': { task: 'giveFunction' },
  'throws undefined': { task: 'throwUndefined' },
});

const MARK = '@@fault ';

/**
 * @param {'task' | 'next' | 'stray' | 'unsupported'} what
 * @param {string} text
 */
function tell(what, text) {
  process.stdout.write(`\n${MARK}${JSON.stringify({ what, text })}\n`);
}

/**
 * Reads what a process has told.
 * @param {string} output
 * @returns {Partial<Record<'task' | 'next' | 'stray' | 'unsupported', string>>}
 */
export function readTold(output) {
  const lines = output.split('\n').filter((line) => line.startsWith(MARK) && line.endsWith('}'));
  return Object.fromEntries(
    lines.map((line) => JSON.parse(line.slice(MARK.length))).map(({ what, text }) => [what, text]),
  );
}

/**
 * @param {string} kind
 * @param {keyof typeof FAULTS} fault
 * @param {number} patience milliseconds until the abort
 */
async function run(kind, fault, patience) {
  const pool = /** @type {import('./pools.mjs').Kind} */ (pools[kind]);
  const unsupported = pool.unsupported?.(currentRuntime(), undefined);
  if (unsupported !== undefined) return tell('unsupported', unsupported);
  const { task, ...how } = FAULTS[fault];
  const aborts = 'aborts' in how;
  if (aborts && pool.aborts === false) return tell('unsupported', 'no abort');

  process.on('uncaughtException', () => tell('stray', 'uncaughtException'));
  process.on('unhandledRejection', () => tell('stray', 'unhandledRejection'));
  const { run: submit } = await pool.open({ workers: 1 });
  if ((await submit('increment', 1)) !== 2) throw new Error('the pool does not work');
  const controller = new AbortController();
  const settled = submit(task, 0, aborts ? controller.signal : undefined).then(
    (value) => tell('task', `gives ${typeof value}`),
    (error) => tell('task', `rejects with ${error instanceof Error ? error.name : String(error)}`),
  );
  if (aborts) {
    await sleep(patience);
    controller.abort();
  }
  // A task that hangs must not keep the next one from being tried.
  await Promise.race([settled, sleep(patience)]);
  if ((await submit('increment', 41)) !== 42) throw new Error('the next task has a wrong result');
  tell('next', 'ok');
  await settled;
}

if (process.argv[1]?.endsWith('fault.mjs')) {
  const [, , kind = '', fault = '', patience = '1500'] = process.argv;
  const alive = setInterval(() => {}, 1000); // a promise that nothing will settle is a finding, not an end
  await run(kind, /** @type {keyof typeof FAULTS} */ (fault), Number(patience)).catch((error) =>
    tell('next', `rejects with ${error?.name}`),
  );
  clearInterval(alive);
  process.exit(0);
}
