// @ts-check
// Takes the samples of a comparison: in rounds, every subject once per round and in another order
// each time, each sample in a fresh process. A slow phase of the machine then hits all subjects
// of a round, and a ratio is taken within its round.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { MARK } from './mark.mjs';

/** @typedef {import('./definition.mjs').Comparison} Comparison */
/** @typedef {import('./definition.mjs').Parameter} Parameter */
/** @typedef {import('./sample.mjs').Request} Request */
/** @typedef {import('./sample.mjs').Sample} Sample */
/** @typedef {import('../../../bench-gate/src/runtimes.mjs').Runtime} Runtime */

/** @typedef {{ subject: string, parameter: Parameter, samples: Sample[] }} Series one sample of each round */

const program = fileURLToPath(new URL('sample.mjs', import.meta.url));

/**
 * Takes one sample. Rejects if the subject fails, or is not done in time.
 * @param {Runtime} runtime
 * @param {Request} request
 * @param {number} [limit] seconds
 * @returns {Promise<Sample>}
 */
export async function takeSample(runtime, request, limit = 60) {
  const child = spawn(runtime.binary, [...runtime.args, program, JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, limit * 1000);
  // A sample that nobody waits for any more would disturb all others.
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  const code = await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  process.off('exit', onExit);
  clearTimeout(timer);
  const line = output.split('\n').find((text) => text.startsWith(MARK));
  if (line !== undefined) return /** @type {Sample} */ (JSON.parse(line.slice(MARK.length)));
  const { folder, name, subject, parameter } = request;
  const what = `${folder}/${name}, ${subject}${parameter === undefined ? '' : ` (${parameter})`}, on ${runtime.key}`;
  throw new Error(`${what}: ${late ? `not done after ${limit} s` : `exit code ${code}`}\n${errors || output}`);
}

/**
 * Takes the samples of all subjects.
 * @param {Runtime} runtime
 * @param {{ folder: string, name: string, comparison: Comparison, rounds: number, blocks: number, warmUp: number,
 *   block?: number }} plan
 * @param {(message: string) => void} [progress]
 * @returns {Promise<Series[]>}
 */
export async function takeSamples(runtime, { folder, name, comparison, rounds, ...timing }, progress = () => {}) {
  /** @type {readonly Parameter[]} */
  const parameters = comparison.parameter?.values ?? [undefined];
  /** @type {Series[]} */
  const series = parameters.flatMap((parameter) =>
    Object.keys(comparison.subjects).map((subject) => ({ subject, parameter, samples: [] })),
  );
  for (let round = 0; round < rounds; round++) {
    for (const parameter of parameters) {
      const ofParameter = series.filter((one) => one.parameter === parameter);
      for (const one of rotated(ofParameter, round)) {
        const { subject } = one;
        const request = { folder, name, subject, ...(parameter === undefined ? {} : { parameter }), ...timing };
        const sample = await takeSample(runtime, request);
        one.samples.push(sample);
        progress(
          `${round + 1}/${rounds} ${subject} ${parameter ?? ''} ${sample.unsupported ?? sample.figure?.toPrecision(3)}`,
        );
      }
    }
  }
  return series;
}

/**
 * Gives another order each round, so that every subject comes first once, and not always after the same one.
 * @template T
 * @param {readonly T[]} values
 * @param {number} round
 * @returns {T[]}
 */
export function rotated(values, round) {
  const start = round % values.length;
  const order = [...values.slice(start), ...values.slice(0, start)];
  return round % 2 === 0 ? order : order.toReversed();
}
