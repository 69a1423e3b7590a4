// @ts-check
// The deterministic mode: instructions instead of time, counted by callgrind (a tool of valgrind)
// while the engine runs predictably. Two counts of different length are taken and subtracted, so
// that start-up and compiling fall away. Slow, single-threaded, and blind to what a cache miss or
// a locked exchange costs; but the same on every machine of one kind and under any load.

import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { judge } from './gate.mjs';

const program = fileURLToPath(new URL('count.mjs', import.meta.url));
const PREDICTABLE = ['--predictable', '--single-threaded', '--hash-seed=1', '--random-seed=1'];
/** Calls that are counted, after as many as warm up. */
const CALLS = 400;
const LIMIT = 1.02;

/**
 * Says why nothing can be counted here; nothing if it can.
 * @returns {string | undefined}
 */
export function whyNoInstructions() {
  if (process.versions['bun'] !== undefined || process.versions['deno'] !== undefined)
    return 'only Node is known to work';
  const { error, status } = spawnSync('valgrind', ['--version'], { stdio: 'ignore' });
  if (error !== undefined || status !== 0) return 'valgrind is not installed (Debian: apt-get install valgrind)';
  return undefined;
}

/**
 * Counts the instructions of a whole process that makes so many calls.
 * @param {string} side
 * @param {string} folder
 * @param {string} name
 * @param {number} calls
 * @returns {Promise<number>}
 */
async function countProcess(side, folder, name, calls) {
  const valgrind = ['--tool=callgrind', '--callgrind-out-file=/dev/null', '--smc-check=all-non-file'];
  const args = [...valgrind, process.execPath, ...PREDICTABLE, program, JSON.stringify({ side, folder, name, calls })];
  const { stderr } = await promisify(execFile)('valgrind', args, { maxBuffer: 1 << 24 });
  const count = /Collected : (\d+)/.exec(stderr)?.[1];
  if (count === undefined) throw new Error(`callgrind has not counted: ${stderr}`);
  return Number(count);
}

/**
 * Counts the instructions of a call.
 * @param {string} side
 * @param {string} folder
 * @param {string} name
 * @param {number} [calls]
 * @returns {Promise<number>}
 */
export async function countCall(side, folder, name, calls = CALLS) {
  const [short, long] = await Promise.all([calls, 2 * calls].map((times) => countProcess(side, folder, name, times)));
  return (/** @type {number} */ (long) - /** @type {number} */ (short)) / calls;
}

/**
 * Compares a case by instructions; one count decides.
 * @param {{ base: readonly string[], head: readonly string[], folder: string, case: import('./cases.mjs').Case }} options
 * @returns {Promise<import('./gate.mjs').CaseResult>}
 */
export async function compareInstructions({ base, head, folder, case: { name } }) {
  const ofHead = await countCall(head[0] ?? '', folder, name);
  const result = { package: folder, name, threads: 1, limit: LIMIT };
  const ofBase = await countCall(base[0] ?? '', folder, name).catch(() => undefined);
  if (ofBase === undefined) return { ...result, verdict: 'new', processes: [{ isNew: true }] };
  const ratio = ofHead / ofBase;
  const interval = { median: ratio, low: ratio, high: ratio };
  return {
    ...result,
    verdict: judge(interval, LIMIT),
    processes: [{ ratio: interval, instructions: { base: ofBase, head: ofHead } }],
  };
}
