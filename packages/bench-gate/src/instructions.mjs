// @ts-check
// The deterministic measure: instructions instead of time, counted by callgrind (a tool of valgrind)
// while the engine runs predictably, and optimises as ever. One process of each side warms the case up
// and then makes the same calls in windows, whose counts callgrind writes down one by one: neither
// start-up nor compiling is in them. The middle half of the windows counts.
//
// Most cases count the same on every run to a few thousandths, under any load; so one count decides. A case whose
// windows differ shows a change only where the middle halves of both sides lie apart. It sees one thread only,
// and neither cache misses nor what a locked exchange costs nor the garbage collector.

import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { attempt } from './attempt.mjs';
import { judge } from './gate.mjs';
import { quantile } from './statistics.mjs';

const run = promisify(execFile);
const program = fileURLToPath(new URL('count.mjs', import.meta.url));
/** What is young fits: a window with a collection in it would count a tenth more than one without. */
const NO_COLLECTIONS = ['--min-semi-space-size=64', '--max-semi-space-size=64'];
const PREDICTABLE = ['--predictable', '--single-threaded', '--hash-seed=1', '--random-seed=1', ...NO_COLLECTIONS];
/** Certificates and options of the user would only make the start longer, and another one everywhere. */
const ENVIRONMENT = { PATH: process.env['PATH'] };
const CALLS = 20;
const WINDOWS = 9;
/** So many windows' calls go before, to warm up. */
const WARM_UP = 15;
const LIMIT = 1.02;
/** Enough on a machine that is ten times as busy as it has cores. */
const MINUTES = 20;

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
 * Counts the instructions of a call: in the windows' median, and what half of the windows lie between.
 * @param {string} side
 * @param {string} folder
 * @param {import('./cases.mjs').Case} one
 * @param {'base' | 'head'} which
 * @returns {Promise<import('./statistics.mjs').Interval | undefined>} nothing if the base cannot do the case
 */
export async function countCall(side, folder, { name, calls = CALLS }, which) {
  // In a usual process first: it fails with a message, and soon.
  const able = await attempt(side, folder, name, which);
  if (able === undefined) return undefined;
  const place = mkdtempSync(join(tmpdir(), 'bench-gate-count-'));
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let child;
  // A process that nobody waits for any more would go on counting.
  const end = () => {
    child?.kill('SIGKILL');
    rmSync(place, { recursive: true, force: true });
  };
  process.once('exit', end);
  try {
    const request = JSON.stringify({ side, folder, name, ...able, calls, warmUp: WARM_UP * calls, windows: WINDOWS });
    const callgrind = ['--tool=callgrind', '--dump-before=getppid', `--callgrind-out-file=${join(place, 'counts')}`];
    const args = ['--quiet', '--vgdb=no', ...callgrind, process.execPath, ...PREDICTABLE, program, request];
    const running = run('valgrind', args, { env: ENVIRONMENT, timeout: MINUTES * 60_000, killSignal: 'SIGKILL' });
    ({ child } = running);
    await running;
    const windows = readWindows(place).map((count) => count / calls);
    return { median: quantile(windows, 0.5), low: quantile(windows, 0.25), high: quantile(windows, 0.75) };
  } finally {
    process.off('exit', end);
    end();
  }
}

/**
 * Reads what callgrind has counted up to each mark. The last ones end the windows; those before them are the end
 * of the warming up, and whatever else has asked for the parent process. The file without a number is the rest.
 * @param {string} place
 * @returns {number[]}
 */
function readWindows(place) {
  const marks = readdirSync(place).filter((name) => name !== 'counts').length;
  if (marks <= WINDOWS) throw new Error(`callgrind has seen ${marks} marks, not ${WINDOWS + 1}`);
  return Array.from({ length: WINDOWS }, (_, n) => {
    const text = readFileSync(join(place, `counts.${marks - n}`), 'utf8');
    const count = /^summary: (\d+)$/m.exec(text)?.[1];
    if (count === undefined) throw new Error(`callgrind has not counted: ${text.slice(0, 200)}`);
    return Number(count);
  });
}

/**
 * Compares a case by instructions; one count of each side decides.
 * @param {{ base: readonly string[], head: readonly string[], folder: string, case: import('./cases.mjs').Case }} options
 * @returns {Promise<import('./gate.mjs').CaseResult>}
 */
export async function compareInstructions({ base, head, folder, case: one }) {
  const [theirs = '', ours = ''] = [base[0], head[0]];
  /** @type {Omit<import('./gate.mjs').CaseResult, 'verdict' | 'processes'>} */
  const result = { package: folder, name: one.name, threads: 1, measure: 'instructions', decides: true, limit: LIMIT };
  const [ofBase, ofHead] = await Promise.all([
    countCall(theirs, folder, one, 'base'),
    countCall(ours, folder, one, 'head'),
  ]);
  if (ofBase === undefined || ofHead === undefined) return { ...result, verdict: 'new', processes: [{ isNew: true }] };
  return { ...result, ...compareCounts(ofBase, ofHead) };
}

/**
 * Says what two counts have shown: what lies between the middle halves of the windows decides.
 * @param {import('./statistics.mjs').Interval} base
 * @param {import('./statistics.mjs').Interval} head
 * @returns {Pick<import('./gate.mjs').CaseResult, 'verdict' | 'processes'>}
 */
export function compareCounts(base, head) {
  const ratio = { median: head.median / base.median, low: head.low / base.high, high: head.high / base.low };
  return {
    verdict: judge(ratio, LIMIT),
    processes: [
      {
        ratio,
        instructions: { base: base.median, head: head.median },
      },
    ],
  };
}
