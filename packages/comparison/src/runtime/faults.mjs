// @ts-check
// What the worker pools make of faults: runs each fault in each pool and keeps what came out, which documents
// show between `<!-- comparison:runtime/faults -->` and `<!-- /comparison -->`.
//
//   node packages/comparison/src/runtime/faults.mjs [--node node24] [--limit 5]
//
// A task that has not settled after `--limit` seconds hangs; so does the next one.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { findRuntime } from '../../../bench-gate/src/runtimes.mjs';
import { writeKept } from '../harness/faults.mjs';
import { render } from '../harness/render.mjs';
import { FAULTS, readTold } from './fault.mjs';
import { pools } from './pools.mjs';

/** @typedef {import('../../../bench-gate/src/runtimes.mjs').Runtime} Runtime */
/** @typedef {import('../harness/faults.mjs').Outcome} Outcome */

const program = fileURLToPath(new URL('fault.mjs', import.meta.url));

/**
 * Tries a fault in a pool.
 * @param {Runtime} runtime
 * @param {string} kind
 * @param {string} fault
 * @param {number} limit seconds
 * @returns {Promise<Outcome | string>} why it cannot be tried, if it cannot
 */
export async function tryFault(runtime, kind, fault, limit) {
  const child = spawn(runtime.binary, [...runtime.args, program, kind, fault], { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), limit * 1000);
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  process.off('exit', onExit);
  clearTimeout(timer);
  const { unsupported, task = 'hangs', next = 'hangs', stray } = readTold(output);
  return unsupported ?? { task, next, ...(stray === undefined ? {} : { stray }) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { node: { type: 'string', default: 'node24' }, limit: { type: 'string', default: '5' } },
  });
  const runtime = findRuntime(values.node);
  /** @type {Record<string, Record<string, Outcome | string>>} */
  const outcomes = {};
  for (const kind of Object.keys(pools)) {
    outcomes[kind] = {};
    for (const fault of Object.keys(FAULTS)) {
      const outcome = await tryFault(runtime, kind, fault, Number(values.limit));
      outcomes[kind][fault] = outcome;
      console.log(`${kind}, ${fault}: ${JSON.stringify(outcome)}`);
    }
  }
  const command = `node packages/comparison/src/runtime/faults.mjs --node ${runtime.key}`;
  const versions = Object.values(pools).flatMap(({ package: name }) => {
    if (name === undefined) return [];
    const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
    return [`${name}@${JSON.parse(readFileSync(manifest, 'utf8')).version}`];
  });
  const date = new Date().toISOString().slice(0, 10);
  writeKept('runtime', { runtime: runtime.key, limit: Number(values.limit), date, command, versions, outcomes });
  for (const written of render().written) console.log(`wrote ${written}`);
}
