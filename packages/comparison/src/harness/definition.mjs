// @ts-check
// What a comparison is, and where comparisons are found.
//
// `src/<package>/<name>.compare.mjs` exports one `comparison`. Its subjects do the same work; each
// runs in fresh processes of its own, so a subject imports what it needs in its `setup`.

import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** @typedef {string | number | undefined} Parameter */

/**
 * What `run` gives back if the harness's own count and clock do not fit.
 * @typedef {object} Outcome
 * @property {number} [operations] how many were really done
 * @property {number} [milliseconds] how long they really took
 * @property {Record<string, number>} [extra] further figures, for example `{ fairness: 0.8 }`
 * @property {ArrayLike<number>} [latencies] of single operations, in nanoseconds
 */

/**
 * @typedef {object} Fixture
 * @property {() => unknown} verify throws, or rejects, if the subject does not do what the others do
 * @property {(operations: number) => void | Outcome | Promise<void | Outcome>} run does that many operations
 * @property {() => unknown} [close] ends threads and servers
 */

/**
 * @typedef {object} Subject
 * @property {string} [package] on npm, whose version stands beside the results
 * @property {(runtime: { name: 'Node' | 'Bun' | 'Deno', version: string, major: number }, parameter: Parameter) =>
 *   string | undefined} [unsupported] says why it cannot run there
 * @property {(context: { parameter: Parameter }) => Fixture | Promise<Fixture>} setup
 */

/** @typedef {'/s' | 'k/s' | 'M/s' | 'ns' | 'µs' | 'ms'} Unit */

/**
 * @typedef {object} Comparison
 * @property {string} title what is done, in a few words
 * @property {Unit} unit rates count operations, times are of one operation
 * @property {string} reference the subject that the others' ratios are to
 * @property {number} [threads] more than one: samples are contended and carry a calibration
 * @property {number} [operations] done by every call of `run`; if left out, as many as take `block` milliseconds
 * @property {number} [block] milliseconds, 50 if left out
 * @property {{ name: string, values: readonly (string | number)[] }} [parameter]
 * @property {'bars' | 'lines' | 'latency'} [chart]
 * @property {Record<string, Subject>} subjects
 */

const source = fileURLToPath(new URL('..', import.meta.url));
const ENDING = '.compare.mjs';

/**
 * Lists the packages that have comparisons.
 * @returns {string[]}
 */
export function comparedPackages() {
  return readdirSync(source).filter((folder) => folder !== 'harness' && comparisonNames(folder).length > 0);
}

/**
 * Lists the comparisons of a package.
 * @param {string} folder of the package
 * @returns {string[]}
 */
export function comparisonNames(folder) {
  if (!existsSync(join(source, folder)) || folder.endsWith('.mjs')) return [];
  const files = readdirSync(join(source, folder)).filter((file) => file.endsWith(ENDING));
  return files.map((file) => basename(file, ENDING)).toSorted();
}

/**
 * Loads a comparison and checks its form.
 * @param {string} folder of the package
 * @param {string} name
 * @returns {Promise<Comparison>}
 */
export async function loadComparison(folder, name) {
  const file = join(source, folder, name + ENDING);
  if (!existsSync(file)) {
    throw new Error(`${folder} has no comparison ${name}: ${comparisonNames(folder).join(', ') || 'none at all'}`);
  }
  const { comparison } = /** @type {{ comparison?: Comparison }} */ (await import(pathToFileURL(file).href));
  if (comparison === undefined) throw new Error(`${folder}/${name}${ENDING} does not export \`comparison\``);
  if (comparison.subjects[comparison.reference] === undefined) {
    throw new Error(`${folder}/${name}: the reference ${comparison.reference} is not one of the subjects`);
  }
  return comparison;
}
