// @ts-check
// The runtimes that can be asked for by name: this Node, those that `node .ci/runtimes.cjs`
// installs, or any by its path.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Is the repository's root. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * @typedef {object} Runtime
 * @property {string} key its name in results, for example `node24`
 * @property {string} binary
 * @property {string[]} args that come before the program
 */

/**
 * Finds a runtime: `node` is the one that runs this, `node24` or `bun` one of the installed, anything with
 * a separator a path.
 * @param {string} [name]
 * @returns {Runtime}
 */
export function findRuntime(name = 'node') {
  const own = `node${process.versions.node.split('.')[0]}`;
  if (name === 'node' || name === own) return { key: own, binary: process.execPath, args: [] };
  if (/[\\/]/.test(name)) {
    const key = (name.split(/[\\/]/).at(-1) ?? name).replace(/\.exe$/, '');
    return { key, binary: name, args: key === 'deno' ? ['run', '--allow-all'] : [] };
  }
  const known = /** @type {Record<string, { binary: string }>} */ (
    JSON.parse(readFileSync(join(root, 'packages', 'publish-check', 'runtimes.json'), 'utf8'))
  );
  const found = known[name];
  if (found === undefined) {
    throw new Error(`no runtime is called ${name}: ${['node', ...Object.keys(known)].join(', ')}, or a path`);
  }
  const binary = join(root, 'node_modules', '.cache', 'runtimes', found.binary);
  if (!existsSync(binary)) throw new Error(`${name} is not installed: node .ci/runtimes.cjs installs it`);
  return { key: name, binary, args: name === 'deno' ? ['run', '--allow-all'] : [] };
}

/**
 * Says which runtime runs this.
 * @returns {{ name: 'Node' | 'Bun' | 'Deno', version: string, major: number }}
 */
export function currentRuntime() {
  const { bun, deno, node } = /** @type {Record<string, string>} */ (process.versions);
  const version = /** @type {string} */ (bun ?? deno ?? node);
  const name = bun !== undefined ? 'Bun' : deno !== undefined ? 'Deno' : 'Node';
  return { name, version, major: Number(version.split('.')[0]) };
}
