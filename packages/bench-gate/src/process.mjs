// @ts-check
// One process of the gate: both sides loaded, one case, quads of blocks. `gate.mjs` starts it and
// reads the marked line that it ends with.

import { measureQuads } from './blocks.mjs';
import { setUp } from './cases.mjs';
import { measureRoundTrip } from './placement.mjs';
import { median, medianInterval } from './statistics.mjs';

/**
 * @typedef {import('./blocks.mjs').Timing & RequestedCase} Request
 */

/**
 * @typedef {object} RequestedCase
 * @property {string} base folder of the side
 * @property {string} head
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

/**
 * @param {Request} request
 * @returns {Promise<Measured>}
 */
async function measure({ base, head, folder, name, headFirst, ...timing }) {
  const made = [];
  for (const side of headFirst ? [head, base] : [base, head]) made.push(await setUpOn(side));
  const [ofBase, ofHead] = headFirst ? made.toReversed() : made;
  if (ofHead === undefined) throw new Error(`${name} does not run on the head`);
  if (ofBase === undefined) return { isNew: true };

  const contended = ofHead.threads > 1;
  const before = contended ? await measureRoundTrip() : 0;
  const { logs, times } = await measureQuads({ base: ofBase.call, head: ofHead.call }, { ...timing, headFirst });
  const after = contended ? await measureRoundTrip() : 0;
  await ofBase.close();
  await ofHead.close();
  const interval = medianInterval(logs);
  return {
    ratio: { median: Math.exp(interval.median), low: Math.exp(interval.low), high: Math.exp(interval.high) },
    quads: logs.length,
    nanoseconds: { base: median(times.map((time) => time.base)), head: median(times.map((time) => time.head)) },
    ...(contended ? { calibration: [before, after] } : {}),
  };

  /** @param {string} side */
  async function setUpOn(side) {
    try {
      return await setUp(side, folder, name);
    } catch (error) {
      // What the case asks for may be younger than the base.
      if (side === base && head !== base) return undefined;
      throw error;
    }
  }
}

const measured = await measure(JSON.parse(process.argv[2] ?? ''));
process.stdout.write(`\n@@measured ${JSON.stringify(measured)}\n`, () => process.exit(0));
