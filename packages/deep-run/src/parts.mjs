// @ts-check
// The parts of the deep run: what each starts, and its share of the time. Every part is a
// process that ends by itself once its time is up, or its work is done, and replays by the same seed.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Is the workspace's root. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {number} [share] of the time, in parts of all shares; 1 where not given
 * @property {number} [minutes] that it has in place of a share, as it always does the same
 * @property {(seconds: number, seed: number) => Command} command
 * @property {boolean} [again] it takes what time it takes, and is begun again with the next seed until the time is up
 *
 * @typedef {{ program: string, args: string[], cwd: string, env?: Record<string, string> }} Command
 */

/** @param {string} file */
const source = (file) => fileURLToPath(new URL(file, import.meta.url));
const node = process.execPath;

/** @param {string} workload @param {string} [file] @returns {Part} */
export function soak(workload, file = workload) {
  return {
    name: `soak:${workload}`,
    command: (seconds, seed) => ({
      program: node,
      args: ['--expose-gc', source('soak.mjs'), file, '--seconds', String(seconds), '--seed', String(seed)],
      cwd: root,
    }),
  };
}

/** @param {string} scenario @param {string} [file] @param {number} [rounds] at least, where there is time @returns {Part} */
export function chaos(scenario, file = scenario, rounds = 3) {
  return {
    name: `chaos:${scenario}`,
    share: rounds > 3 ? 4 : 1,
    command: (seconds, seed) => ({
      program: node,
      args: [
        source('chaos.mjs'),
        file,
        `--seconds=${seconds}`,
        `--seed=${seed}`,
        `--rounds=${seconds < 300 ? 3 : rounds}`,
      ],
      cwd: root,
    }),
  };
}

/**
 * The tests of a package, those whose programs, scenarios or properties are random with many
 * more of them, from another seed each time; and models that the gate explores within a bound, within a larger one.
 * @param {string} folder @returns {Part}
 */
function random(folder) {
  const cwd = join(root, 'packages', folder);
  const vitest = join(cwd, 'node_modules', 'vitest', 'vitest.mjs');
  return {
    name: `random:${folder}`,
    share: 2,
    again: true,
    command: (_, seed) => ({
      program: node,
      args: [vitest, 'run', '--reporter=dot', '--testTimeout=7200000'],
      cwd,
      env: {
        FC_SEED: String(seed),
        FC_RUNS: process.env['FC_RUNS'] ?? '2000',
        MODEL_EXECUTIONS: process.env['MODEL_EXECUTIONS'] ?? '10000',
      },
    }),
  };
}

const PACKAGES = ['atomics', 'spinlock', 'spsc-ring', 'oneshot', 'mini-exec', 'runtime', 'model-checker'];

/** The packages' tests on every runtime, also on those that the gate leaves out. @returns {Part} */
function runtimes() {
  const cwd = join(root, 'packages', 'publish-check');
  return {
    name: 'runtimes',
    minutes: 15,
    command: (_, seed) => ({
      program: node,
      args: [join(cwd, 'node_modules', 'vitest', 'vitest.mjs'), 'run', 'test/portable.test.ts'],
      cwd,
      env: { FC_SEED: String(seed), PORTABLE: 'all' },
    }),
  };
}

/** So many rounds are a million tasks. */
const MILLION = 200;

/** Lists the parts, in the order in which they are run. @returns {Part[]} */
export function parts() {
  return [
    ...['ring', 'oneshot', 'mutex', 'executor'].map((name) => soak(name)),
    ...['mutex', 'ring', 'oneshot'].map((name) => chaos(name)),
    chaos('runtime', 'runtime', MILLION),
    ...PACKAGES.map(random),
    ...(existsSync(join(root, 'node_modules', '.cache', 'runtimes')) ? [runtimes()] : []),
  ];
}
