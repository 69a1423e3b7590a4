// A runtime that has nothing to do takes no processor time.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** Milliseconds of processor time in a second: what an idle process takes by itself, several times over. */
const BOUND = 10;
/** Seconds: something else in the process may still be at work in the first ones. */
const TRIES = 60;

it('takes no processor time while it has nothing to do', async () => {
  const program = fileURLToPath(new URL('programs/idle.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, String(BOUND), String(TRIES)]);
  const seconds = JSON.parse(stdout) as number[];
  expect(seconds.at(-1), `${seconds.join(', ')} ms`).toBeLessThanOrEqual(BOUND);
});
