// @ts-check
// One process of the gate: both sides loaded, one case, quads of blocks. `gate.mjs` starts it and
// reads the marked line that it ends with.
//
// Of each side all copies are loaded, each compiled for itself and with memory of its own. Where a
// buffer lies, or when the engine compiles what, moves a single copy by some per cent for as long
// as the process lives; between several it is noise among the quads, which the interval shows.

import { measureQuads } from './blocks.mjs';
import { setUp } from './cases.mjs';
import { cpuClock } from './loop.mjs';
import { measureRoundTrip } from './placement.mjs';
import { median, medianInterval } from './statistics.mjs';

/**
 * @typedef {import('./blocks.mjs').Timing & RequestedCase} Request
 */

/**
 * @typedef {object} RequestedCase
 * @property {string[]} base copies of the side
 * @property {string[]} head
 * @property {string} folder of the package
 * @property {string} name of the case
 * @property {boolean} headFirst loads and runs the head first; alternates between processes
 */

/**
 * @typedef {object} Measured
 * @property {true} [isNew] the base does not have it
 * @property {import('./statistics.mjs').Interval} [ratio] of head's time to base's, with its 99 % interval
 * @property {{ base: number, head: number }} [nanoseconds] of a call, medians
 * @property {{ base: number, head: number }} [instructions] of a call, if those were counted
 * @property {number} [quads] that it took
 * @property {[number, number]} [calibration] round trips before and after, in nanoseconds
 */

/** @typedef {NonNullable<Awaited<ReturnType<typeof setUp>>>} SetUp */

/**
 * @param {Request} request
 * @returns {Promise<Measured>}
 */
async function measure({ base, head, folder, name, headFirst, ...timing }) {
  /** @type {Record<'base' | 'head', SetUp[]>} */
  const made = { base: [], head: [] };
  /** @type {('base' | 'head')[]} */
  const sides = headFirst ? ['head', 'base'] : ['base', 'head'];
  for (const n of head.keys()) {
    for (const side of sides) {
      const one = await setUpOn(side, n);
      if (one === undefined && side === 'head') throw new Error(`${name} does not run on the head`);
      if (one === undefined) return { isNew: true };
      made[side].push(one);
    }
  }

  const contended = (made.head[0]?.threads ?? 1) > 1;
  // One thread does nothing but compute: its own time is what it costs, whatever else runs. Of threads
  // that wait for each other, only the wall's clock tells.
  const clock = contended ? () => performance.now() : cpuClock;
  const before = contended ? await measureRoundTrip() : 0;
  const calls = { base: made.base.map(({ call }) => call), head: made.head.map(({ call }) => call) };
  const { logs, times } = await measureQuads(calls, { ...timing, headFirst, clock });
  const after = contended ? await measureRoundTrip() : 0;
  for (const { close } of [...made.base, ...made.head]) await close();
  const interval = medianInterval(logs);
  return {
    ratio: { median: Math.exp(interval.median), low: Math.exp(interval.low), high: Math.exp(interval.high) },
    quads: logs.length,
    nanoseconds: { base: median(times.map((time) => time.base)), head: median(times.map((time) => time.head)) },
    ...(contended ? { calibration: [before, after] } : {}),
  };

  /**
   * @param {'base' | 'head'} side
   * @param {number} n
   */
  async function setUpOn(side, n) {
    const copy = /** @type {string} */ ((side === 'base' ? base : head)[n]);
    try {
      return await setUp(copy, folder, name);
    } catch (error) {
      // What the case asks for may be younger than the base.
      if (side === 'base') return undefined;
      throw error;
    }
  }
}

const measured = await measure(JSON.parse(process.argv[2] ?? ''));
process.stdout.write(`\n@@measured ${JSON.stringify(measured)}\n`, () => process.exit(0));
