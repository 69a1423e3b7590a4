// @ts-check
// Runs parts one after the other within a time, and says of each failure how to see it again.

import { spawn } from 'node:child_process';

/**
 * @typedef {import('./parts.mjs').Part} Part
 * @typedef {{ part: string, seed: number, seconds: number, output: string, replay: string }} Failure
 */

/**
 * Runs the parts; gives the failures.
 * @param {readonly Part[]} parts
 * @param {{ minutes: number, seed: number, write?: (text: string) => void }} options
 * @returns {Promise<Failure[]>}
 */
export async function deep(parts, { minutes, seed, write = (text) => process.stdout.write(text) }) {
  const times = timesOf(parts, minutes);
  /** @type {Failure[]} */
  const failures = [];
  for (const part of parts) {
    const seconds = times.get(part);
    if (seconds === undefined) {
      write(`--- ${part.name} was left out: it takes ${part.minutes} minutes, and there are ${minutes} for all\n`);
      continue;
    }
    const end = performance.now() + seconds * 1000;
    let next = seed;
    do {
      write(`--- ${part.name}, seed ${next}, ${seconds.toFixed(0)} s\n`);
      const { code, output, isStopped } = await execute(part, seconds, next, end, write);
      if (isStopped) write(`--- ${part.name} was stopped when its time was up; it had found nothing\n`);
      else if (code !== 0) {
        if (code === null) write(`--- ${part.name} did not end within its time\n`);
        const replay = `npm run deep -- --only ${part.name} --seed ${next} --minutes ${Math.max(1, Math.ceil(seconds / 60))}`;
        failures.push({ part: part.name, seed: next, seconds, output, replay });
        write(`--- ${part.name} FAILED; this runs it again:\n${replay}\n`);
        break;
      }
      next++;
    } while (part.again === true && performance.now() < end);
  }
  return failures;
}

/**
 * Says how many seconds each part has: what it always takes, or its share of the rest. What always takes more than
 * half of the time, together, is left out, except alone.
 * @param {readonly Part[]} parts @param {number} minutes
 * @returns {Map<Part, number>}
 */
function timesOf(parts, minutes) {
  const shared = parts.filter((part) => part.minutes === undefined);
  const taken = parts.reduce((sum, part) => sum + (part.minutes ?? 0), 0);
  const isTooLong = shared.length > 0 && taken * 2 > minutes;
  const rest = isTooLong ? minutes : minutes - taken;
  const shares = shared.reduce((sum, { share = 1 }) => sum + share, 0);
  return new Map(
    (isTooLong ? shared : parts).map((part) => [part, 60 * (part.minutes ?? (rest * (part.share ?? 1)) / shares)]),
  );
}

/** How long a part that ends by itself may need beyond its time, in milliseconds. */
const GRACE = 120_000;

/**
 * @param {Part} part @param {number} seconds @param {number} seed @param {number} end
 * @param {(text: string) => void} write
 * @returns {Promise<{ code: number | null, output: string, isStopped: boolean }>}
 */
function execute(part, seconds, seed, end, write) {
  const { program, args, cwd, env } = part.command(seconds, seed);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let isStopped = false;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += String(chunk);
        write(String(chunk));
      });
    const stop = setTimeout(
      () => {
        // One that works in rounds of its own has said nothing yet; one that has hung has failed.
        isStopped = part.again === true;
        child.kill('SIGKILL');
      },
      end - performance.now() + (part.again === true ? 0 : GRACE),
    );
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(stop);
      resolve({ code, output, isStopped });
    });
  });
}
