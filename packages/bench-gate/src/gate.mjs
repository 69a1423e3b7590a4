// @ts-check
// The verdict on a case. A process decides by the interval of its own ratio, and several fresh
// processes decide together: one alone may have compiled or placed one side unluckily.
//
//   regression     the whole interval lies above the limit
//   improvement    the whole interval lies below its inverse
//   inconclusive   neither was shown
//
// Two of three processes make it the case's verdict. The third is not run if two agree.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** @typedef {'regression' | 'improvement' | 'inconclusive'} Verdict */
/** @typedef {import('./process.mjs').Measured} Measured */
/** @typedef {import('./process.mjs').Request} Request */
/** @typedef {import('./cases.mjs').Case} Case */

/**
 * @typedef {object} CaseResult
 * @property {string} package
 * @property {string} name
 * @property {number} threads
 * @property {'time' | 'instructions'} measure
 * @property {boolean} decides a regression fails the gate; otherwise it is only reported
 * @property {number} limit
 * @property {Verdict | 'new'} verdict
 * @property {Measured[]} processes
 */

const program = fileURLToPath(new URL('process.mjs', import.meta.url));
const LIMIT = 1.05;
/** Where threads spin on one word, the placement of cores and of memory moves the ratio itself. */
const CONTENDED_LIMIT = 1.25;

/** Bounds what a process measures: 0.3 s on a quiet machine, 2 s on a busy one, after warming up. */
export const TIMING = { least: 31, most: 251, block: 2, warmUp: 600, patience: 3000 };

/**
 * Says what one process has shown.
 * @param {{ low: number, high: number }} interval of the ratio of head's time to base's
 * @param {number} limit above 1
 * @returns {Verdict}
 */
export function judge({ low, high }, limit) {
  if (low > limit) return 'regression';
  return high < 1 / limit ? 'improvement' : 'inconclusive';
}

/**
 * Says what the processes have shown together, or `undefined` while it is open.
 * @param {readonly Verdict[]} verdicts
 * @param {number} [processes] that there will be
 * @returns {Verdict | undefined}
 */
export function decide(verdicts, processes = 3) {
  const needed = Math.floor(processes / 2) + 1;
  const count = (/** @type {Verdict} */ verdict) => verdicts.filter((one) => one === verdict).length;
  for (const verdict of /** @type {const} */ (['regression', 'improvement']))
    if (count(verdict) >= needed) return verdict;
  const left = processes - verdicts.length;
  const open = Math.max(count('regression'), count('improvement')) + left >= needed;
  return open ? undefined : 'inconclusive';
}

/**
 * Runs one process.
 * @param {Request} request
 * @returns {Promise<Measured>}
 */
export async function runProcess(request) {
  // Helpers of the collector would count in the CPU time, more of them the busier the machine is.
  const child = spawn(process.execPath, ['--single-threaded-gc', program, JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), 120_000);
  // A process that nobody waits for any more would disturb all others.
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  const code = await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  process.off('exit', onExit);
  clearTimeout(timer);
  const line = output.split('\n').find((text) => text.startsWith('@@measured '));
  if (line === undefined) throw new Error(`${request.folder}, ${request.name}: exit code ${code}\n${errors || output}`);
  return /** @type {Measured} */ (JSON.parse(line.slice('@@measured '.length)));
}

/**
 * Compares a case on both sides.
 * @param {{ base: readonly string[], head: readonly string[], folder: string, case: Case, processes?: number,
 *   decides?: boolean, timing?: Omit<import('./blocks.mjs').Timing, 'narrow'> }} options `decides` goes for one thread;
 *   where threads contend, a verdict is never more than reported
 * @returns {Promise<CaseResult>}
 */
export async function compareCase({
  base,
  head,
  folder,
  case: { name, threads = 1, limit },
  processes = 3,
  decides = true,
  timing = TIMING,
}) {
  const allowed = limit ?? (threads > 1 ? CONTENDED_LIMIT : LIMIT);
  /** @type {Measured[]} */
  const measured = [];
  /** @type {Verdict[]} */
  const verdicts = [];
  /** @type {Verdict | 'new' | undefined} */
  let verdict;
  while (verdict === undefined) {
    const headFirst = measured.length % 2 === 1;
    // An interval of this width cannot hide a slow-down of twice the limit.
    const narrow = Math.log(allowed) * 0.6;
    const one = await runProcess({ base: [...base], head: [...head], folder, name, headFirst, narrow, ...timing });
    measured.push(one);
    if (one.ratio !== undefined) verdicts.push(judge(one.ratio, allowed));
    verdict = one.isNew ? 'new' : decide(verdicts, processes);
  }
  const isAlone = threads === 1;
  return {
    package: folder,
    name,
    threads,
    measure: 'time',
    decides: decides && isAlone,
    limit: allowed,
    verdict,
    processes: measured,
  };
}
