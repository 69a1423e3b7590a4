// The server that computes on workers: right answers, and workers that are free again after a client has gone.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const demo = fileURLToPath(new URL('../dist/offload/demo.js', import.meta.url));

it('answers while its workers compute', async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [demo]);
  expect(stderr).toBe('');
  expect(stdout.trimEnd().split('\n')).toEqual([
    'ping: pong',
    'primes: {"below":10,"primes":4}',
    'primes: {"below":1000,"primes":168}',
    'primes: {"below":100000,"primes":9592}',
    'primes: {"below":200000,"primes":17984}',
    'refused: below must be an integer from 1 to 10000000',
    'given up: AbortError, AbortError',
    'after that: {"below":100,"primes":25}',
  ]);
});
