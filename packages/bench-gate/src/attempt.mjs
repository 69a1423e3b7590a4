// @ts-check
// Whether a side can do a case at all, tried in a process of its own.
//
// The head must; the base may lack what the case asks for, which makes the case new. What the case
// prepares here need not be counted.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setUp } from './cases.mjs';

const own = fileURLToPath(import.meta.url);

const MARK = '@@prepared ';

/**
 * Sets a case up on a side, makes a call of it, and gives what it prepared. Gives `undefined` if the base cannot;
 * rejects if the head cannot.
 * @param {string} side
 * @param {string} folder
 * @param {string} name
 * @param {'base' | 'head'} which
 * @returns {Promise<{ prepared?: string } | undefined>}
 */
export async function attempt(side, folder, name, which) {
  const child = spawn(process.execPath, [own, JSON.stringify({ side, folder, name })], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
  const code = await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
  const line = output.split('\n').find((text) => text.startsWith(MARK));
  if (code === 0 && line !== undefined) return JSON.parse(line.slice(MARK.length));
  if (which === 'base') return undefined;
  throw new Error(`${folder}, ${name}: it does not run on the head, exit code ${code}\n${errors}`);
}

if (process.argv[1] === own) {
  const { side, folder, name } = JSON.parse(process.argv[2] ?? '');
  const made = await setUp(side, folder, name);
  if (made === undefined) throw new Error(`${folder} does not have what ${name} needs`);
  await made.call();
  await made.close();
  process.stdout.write(`\n${MARK}${JSON.stringify({ prepared: made.prepared })}\n`, () => process.exit(0));
}
