// @ts-check
// The two sides of a gate: a commit, checked out in a git worktree, or the files as they are now.
// Both are built in the same way into folders of their own, so that nothing but the source differs.
//
//   <copy>/packages/<name>/dist, package.json, node_modules -> the same side's packages
//
// The cases are the head's on both sides: a bench that changed would compare different work. Each
// side is there in several copies: a process loads them all (see process.mjs).

import { execFile, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** So many copies of a side are built. */
const COPIES = 4;
/** Is where a package keeps its cases. */
export const CASES = 'bench/gate.mjs';

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string | Record<string, string>>} [exports]
 */

/**
 * @typedef {object} Side
 * @property {string[]} copies folders, all the same
 * @property {string} commit its hash, shortened; `working tree` for the files as they are now
 */

/**
 * @param {string} folder
 * @returns {Manifest}
 */
export const readManifest = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/**
 * Lists the packages of a tree, by name, with their folders' names.
 * @param {string} tree
 * @returns {Map<string, string>}
 */
function packagesOf(tree) {
  const folders = existsSync(join(tree, 'packages')) ? readdirSync(join(tree, 'packages')) : [];
  const present = folders.filter((folder) => existsSync(join(tree, 'packages', folder, 'package.json')));
  return new Map(present.map((folder) => [readManifest(join(tree, 'packages', folder)).name, folder]));
}

/**
 * Lists the folders of packages that have cases.
 * @param {string} tree
 * @returns {string[]}
 */
export function packagesWithCases(tree) {
  return [...packagesOf(tree).values()]
    .filter((folder) => existsSync(join(tree, 'packages', folder, CASES)))
    .toSorted();
}

/**
 * Lists these packages and all that they need, what is needed first.
 * @param {string} tree
 * @param {readonly string[]} folders
 * @returns {string[]}
 */
function withDependencies(tree, folders) {
  const packages = packagesOf(tree);
  /** @type {Set<string>} */
  const found = new Set();
  const visit = (/** @type {string} */ folder) => {
    if (found.has(folder)) return;
    const { dependencies = {} } = readManifest(join(tree, 'packages', folder));
    for (const name of Object.keys(dependencies)) {
      const needed = packages.get(name);
      if (needed !== undefined) visit(needed);
    }
    found.add(folder);
  };
  const present = new Set(packages.values());
  for (const folder of folders) if (present.has(folder)) visit(folder);
  return [...found];
}

/**
 * Makes both sides in a new temporary folder; `base` and `head` are commit-ishes, no head means the files as they
 * are now.
 * @param {{ root: string, base: string, head?: string | undefined, only?: readonly string[] | undefined }} options
 * @returns {Promise<{ base: Side, head: Side, packages: string[], [Symbol.dispose](): void }>}
 */
export async function prepareSides({ root, base, head, only }) {
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'bench-gate-')));
  const dispose = () => rmSync(place, { recursive: true, force: true });
  // If the process ends meanwhile, git is not left with worktrees that are gone.
  const onExit = () => {
    dispose();
    spawnSync('git', ['worktree', 'prune'], { cwd: root, stdio: 'ignore' });
  };
  process.once('exit', onExit);
  try {
    const headTree = await checkOut(root, head, join(place, 'head-tree'));
    const packages = only === undefined ? packagesWithCases(headTree.folder) : [...only];
    for (const folder of packages) {
      if (existsSync(join(headTree.folder, 'packages', folder, CASES))) continue;
      const others = packagesWithCases(headTree.folder).join(', ');
      throw new Error(`packages/${folder} has no ${CASES}; these have: ${others}`);
    }
    const sides = [];
    for (const [name, tree] of /** @type {const} */ ([
      ['base', await checkOut(root, base, join(place, 'base-tree'))],
      ['head', headTree],
    ])) {
      const copies = Array.from({ length: COPIES }, (_, n) => join(place, `${name}-${n}`));
      const [first = '', ...others] = copies;
      await build({ root, tree: tree.folder, packages, folder: first });
      for (const one of packages) bringCases(headTree.folder, first, one);
      // The links among a side's packages are relative, so that a copy's stay within the copy.
      for (const copy of others) cpSync(first, copy, { recursive: true, verbatimSymlinks: true });
      sides.push({ copies, commit: tree.commit });
    }
    const [baseSide, headSide] = /** @type {[Side, Side]} */ (sides);
    return { base: baseSide, head: headSide, packages, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  } finally {
    for (const name of ['base-tree', 'head-tree']) await discard(root, join(place, name));
    process.off('exit', onExit);
  }
}

/**
 * Checks a commit out into a worktree, or copies the files as they are now.
 * @param {string} root
 * @param {string | undefined} commitish
 * @param {string} folder
 * @returns {Promise<{ folder: string, commit: string }>}
 */
async function checkOut(root, commitish, folder) {
  if (commitish === undefined) {
    const left = new Set(['node_modules', 'dist', '.turbo', '.vitest', '.git']);
    const filter = (/** @type {string} */ path) => !left.has(basename(path));
    cpSync(join(root, 'packages'), join(folder, 'packages'), { recursive: true, filter });
    for (const file of readdirSync(root).filter((name) => /^tsconfig.*\.json$|^package\.json$/.test(name))) {
      cpSync(join(root, file), join(folder, file));
    }
    return { folder, commit: 'working tree' };
  }
  const git = async (/** @type {string[]} */ ...args) => (await run('git', args, { cwd: root })).stdout.trim();
  const commit = await git('rev-parse', '--verify', '--quiet', `${commitish}^{commit}`).catch(() => {
    throw new Error(`${commitish} is not a commit of this repository`);
  });
  await git('worktree', 'add', '--detach', '--quiet', folder, commit);
  return { folder, commit: await git('rev-parse', '--short', commit) };
}

/**
 * @param {string} root
 * @param {string} folder
 */
async function discard(root, folder) {
  if (existsSync(join(folder, '.git'))) await run('git', ['worktree', 'remove', '--force', folder], { cwd: root });
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Builds packages and what they need, each against the others of its own side.
 * @param {{ root: string, tree: string, packages: readonly string[], folder: string }} options
 */
async function build({ root, tree, packages, folder }) {
  const names = packagesOf(tree);
  mkdirSync(join(folder, 'packages'), { recursive: true });
  for (const name of withDependencies(tree, packages)) {
    const source = join(tree, 'packages', name);
    linkDependencies(join(root, 'packages', name, 'node_modules'), join(source, 'node_modules'), names);
    if (existsSync(join(source, 'tsconfig.build.json'))) {
      const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
      await run(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: source }).catch((error) => {
        throw new Error(`${name} cannot be built:\n${/** @type {{ stdout: string }} */ (error).stdout}`);
      });
    }
    const target = join(folder, 'packages', name);
    cpSync(source, target, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => basename(path) !== 'node_modules',
    });
    linkDependencies(join(root, 'packages', name, 'node_modules'), join(target, 'node_modules'), names);
  }
}

/**
 * Links what a package can import: the workspace's packages to those of its own side, all others to where they
 * are installed.
 * @param {string} installed
 * @param {string} target
 * @param {ReadonlyMap<string, string>} workspace
 */
function linkDependencies(installed, target, workspace) {
  const entries = existsSync(installed) ? readdirSync(installed).filter((name) => !name.startsWith('.')) : [];
  const names = entries.flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(installed, name)).map((inner) => `${name}/${inner}`) : [name],
  );
  for (const name of names) {
    const link = join(target, ...name.split('/'));
    mkdirSync(dirname(link), { recursive: true });
    const own = workspace.get(name);
    if (own === undefined) symlinkSync(realpathSync(join(installed, name)), link, 'junction');
    else symlinkSync(relative(dirname(link), join(target, '..', '..', own)), link, 'dir');
  }
}

/**
 * Puts the head's cases, and what lies beside them, into a side.
 * @param {string} tree
 * @param {string} side
 * @param {string} name
 */
function bringCases(tree, side, name) {
  const target = join(side, 'packages', name, 'bench');
  if (!existsSync(dirname(target))) return; // the package is new
  rmSync(target, { recursive: true, force: true });
  cpSync(join(tree, 'packages', name, 'bench'), target, { recursive: true });
}
