// @ts-check
// The cases of a package, loaded for one side. Each side has its own copy of the file, and so its
// own functions: the engine's type feedback of one side says nothing to the other.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CASES, readManifest } from './trees.mjs';

/** @typedef {() => unknown} Call synchronous, or a promise */

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {string} [entry] of the package; `.` if left out
 * @property {number} [threads] more than one: contended
 * @property {number} [limit] of the ratio; 1.05, and 1.25 if contended, if left out
 * @property {number} [calls] in a window where instructions are counted; 20, if left out. Fewer where a call is long.
 * @property {() => string | Promise<string>} [prepare] does what is slow and not to be counted; where instructions
 *   are, in a process of its own
 * @property {(module: any, prepared?: string) => Call | { call: Call, close?: () => unknown } |
 *   Promise<Call | { call: Call, close?: () => unknown }>} setup gets what was prepared, makes the subject, verifies that it works, and gives
 *   what is timed: some microseconds of work or more, always the same
 */

/**
 * Loads the cases of a package.
 * @param {string} side
 * @param {string} folder of the package
 * @returns {Promise<Case[]>}
 */
export async function loadCases(side, folder) {
  const { cases } = await import(pathToFileURL(join(side, 'packages', folder, CASES)).href);
  if (!Array.isArray(cases) || cases.length === 0) throw new Error(`packages/${folder}/${CASES} exports no \`cases\``);
  return cases;
}

/**
 * Sets a case up against a side's package. Gives `undefined` if the side does not have the package or its entry.
 * @param {string} side
 * @param {string} folder
 * @param {string} name
 * @param {string} [prepared] what the case prepared in another process; it does so here if left out
 * @returns {Promise<{ call: Call, close: () => unknown, threads: number, prepared: string | undefined } | undefined>}
 */
export async function setUp(side, folder, name, prepared) {
  const place = join(side, 'packages', folder);
  if (!existsSync(place)) return undefined;
  const found = (await loadCases(side, folder)).find((one) => one.name === name);
  if (found === undefined) throw new Error(`packages/${folder}/${CASES} has no case ${name}`);
  const entry = readManifest(place).exports?.[found.entry ?? '.'];
  const file = typeof entry === 'string' ? entry : entry?.['default'];
  if (file === undefined) return undefined;
  const module = await import(pathToFileURL(join(place, file)).href);
  const given = prepared ?? (await found.prepare?.());
  const made = await found.setup(module, given);
  const { call, close = () => {} } = typeof made === 'function' ? { call: made } : made;
  return { call, close, threads: found.threads ?? 1, prepared: given };
}
