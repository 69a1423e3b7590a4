// @ts-check
// One sample: a process of its own that sets up one subject, verifies it, warms it up and times
// blocks of operations. It is started by `sampling.mjs` and answers with one marked line, since
// some of the peers write to the console.
//
// A figure is the median of the blocks. Beside contended ones stands a calibration, taken before
// and after them in the same process.

import { measureRoundTrip } from '../../../bench-gate/src/placement.mjs';
import { currentRuntime } from '../../../bench-gate/src/runtimes.mjs';
import { median } from '../../../bench-gate/src/statistics.mjs';
import { loadComparison } from './definition.mjs';
import { addLatencies, newHistogram } from './latency.mjs';
import { MARK } from './mark.mjs';
import { toUnit } from './unit.mjs';

/** @typedef {import('./definition.mjs').Parameter} Parameter */
/** @typedef {import('./definition.mjs').Outcome} Outcome */

/**
 * @typedef {object} Request
 * @property {string} folder
 * @property {string} name
 * @property {string} subject
 * @property {Parameter} [parameter]
 * @property {number} [block] milliseconds; asks for this instead of the comparison's own
 * @property {number} blocks 0: verify only
 * @property {number} warmUp milliseconds
 */

/**
 * @typedef {object} Sample
 * @property {string} runtime for example `Node 20.20.2`
 * @property {string} [unsupported] why the subject cannot run here
 * @property {number} [figure] in the comparison's unit
 * @property {Record<string, number>} [extra]
 * @property {import('./latency.mjs').Histogram} [latency]
 * @property {[number, number]} [calibration] round trips before and after, in nanoseconds
 */

/**
 * @param {Request} request
 * @returns {Promise<Sample>}
 */
async function sample({ folder, name, subject: subjectName, parameter, block, blocks, warmUp }) {
  const comparison = await loadComparison(folder, name);
  const runtime = currentRuntime();
  const answer = { runtime: `${runtime.name} ${runtime.version}` };
  const subject = comparison.subjects[subjectName];
  if (subject === undefined) throw new Error(`no subject is called ${subjectName}`);
  const unsupported = subject.unsupported?.(runtime, parameter);
  if (unsupported !== undefined) return { ...answer, unsupported };

  const fixture = await subject.setup({ parameter });
  await fixture.verify();
  if (blocks === 0) {
    await fixture.close?.();
    return answer;
  }

  /** @param {number} operations */
  const timed = async (operations) => {
    const begin = performance.now();
    const running = fixture.run(operations);
    const outcome = (running instanceof Promise ? await running : running) ?? {};
    const milliseconds = outcome.milliseconds ?? performance.now() - begin;
    return { ...outcome, milliseconds, operations: outcome.operations ?? operations };
  };

  // As many operations as take the time of a block; looking for that number warms up.
  const wanted = block ?? comparison.block ?? 50;
  const begin = performance.now();
  let operations = comparison.operations ?? 1;
  for (;;) {
    const { milliseconds } = await timed(operations);
    const longEnough = comparison.operations !== undefined || milliseconds > wanted * 0.7;
    const passed = performance.now() - begin;
    if (longEnough && passed >= warmUp) break;
    // A subject that counts for itself may never take longer, whatever it is asked for.
    if (passed >= warmUp + 20 * wanted) break;
    if (comparison.operations === undefined) {
      const factor = milliseconds === 0 ? 10 : Math.min(10, wanted / milliseconds);
      operations = Math.max(1, Math.round(operations * factor));
    }
  }

  const contended = (comparison.threads ?? 1) > 1;
  const before = contended ? await measureRoundTrip() : 0;
  /** @type {(Outcome & { operations: number, milliseconds: number })[]} */
  const outcomes = [];
  while (outcomes.length < blocks) outcomes.push(await timed(operations));
  const after = contended ? await measureRoundTrip() : 0;
  await fixture.close?.();

  const extraNames = Object.keys(outcomes[0]?.extra ?? {});
  const extra = Object.fromEntries(
    extraNames.map((key) => [key, median(outcomes.map((outcome) => outcome.extra?.[key] ?? Number.NaN))]),
  );
  const histogram = newHistogram();
  for (const { latencies } of outcomes) if (latencies !== undefined) addLatencies(histogram, latencies);
  return {
    ...answer,
    figure: median(outcomes.map((outcome) => toUnit(comparison.unit, outcome.operations, outcome.milliseconds))),
    ...(extraNames.length > 0 ? { extra } : {}),
    ...(histogram.count > 0 ? { latency: histogram } : {}),
    ...(contended ? { calibration: [before, after] } : {}),
  };
}

const request = /** @type {Request} */ (JSON.parse(process.argv[2] ?? ''));
const answer = await sample(request);
process.stdout.write(`\n${MARK}${JSON.stringify(answer)}\n`, () => {
  // What a peer leaves running must not keep the next sample waiting.
  process.exit(0);
});
