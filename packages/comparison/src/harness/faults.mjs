// @ts-check
// What is kept of faults, `faults/<package>.json`, and the table that shows it: a row for each peer, a column for
// each fault; what became of the task, and of the one after it.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { table } from './tables.mjs';

/** @typedef {{ task: string, next: string, stray?: string }} Outcome `stray`: an event that reached the process */

/**
 * @typedef {object} Faults
 * @property {string} runtime
 * @property {number} limit seconds, after which what has not settled hangs
 * @property {string} date
 * @property {string} command
 * @property {string[]} versions `name@version`
 * @property {Record<string, Record<string, Outcome | string>>} outcomes by peer and fault; a string says why not
 */

const fileOf = (/** @type {string} */ folder) => fileURLToPath(new URL(`../../faults/${folder}.json`, import.meta.url));

/**
 * Reads what is kept of a package's peers.
 * @param {string} folder of the package
 * @returns {Faults}
 */
export const readFaults = (folder) => JSON.parse(readFileSync(fileOf(folder), 'utf8'));

/**
 * Keeps what came out.
 * @param {string} folder of the package
 * @param {Faults} faults
 */
export const writeKept = (folder, faults) => writeFileSync(fileOf(folder), `${JSON.stringify(faults, null, 2)}\n`);

/**
 * Writes the table, with the line that says how it came to be.
 * @param {Faults} faults
 * @returns {string}
 */
export function writeFaults({ runtime, limit, date, command, versions, outcomes }) {
  const names = [...new Set(Object.values(outcomes).flatMap((ofPeer) => Object.keys(ofPeer)))];
  const rows = Object.entries(outcomes).map(([peer, ofPeer]) => [peer, ...names.map((name) => cell(ofPeer[name]))]);
  const facts = `What becomes of the task; of the next one. One worker; what has not settled after ${limit} s hangs.`;
  const origin = `${date}, ${runtime}, ${versions.toSorted().join(', ')}. Try again: \`${command}\`.`;
  return `${table([['', ...names], ...rows])}\n\n${facts} ${origin}`;
}

/** @param {Outcome | string | undefined} outcome */
function cell(outcome) {
  if (outcome === undefined || typeof outcome === 'string') return outcome ?? '–';
  const { task, next, stray } = outcome;
  return `${task}${stray === undefined ? '' : ` + ${stray}`}; ${next}`;
}
