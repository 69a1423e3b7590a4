// Packs the published packages and installs them into a project that lies outside of the
// workspace, as a user would; each test file gets a copy of it.

import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inject } from 'vitest';

/** Is the workspace's root. */
export const root: string = fileURLToPath(new URL('../../..', import.meta.url));

const bins = [new URL('../node_modules/.bin', import.meta.url), new URL('../../../node_modules/.bin', import.meta.url)];
const PATH = [...bins.map((url) => fileURLToPath(url)), process.env['PATH']].join(delimiter);

/** Describes one published package. */
export interface Published {
  readonly name: string;
  readonly folder: string;
  readonly manifest: Manifest;
}

/** The parts of a package.json that these tests look at. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly type?: string;
  readonly sideEffects?: boolean | readonly string[];
  readonly engines?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly exports?: Record<string, string | Record<string, string>>;
  readonly publishConfig?: Record<string, unknown>;
}

/** Lists the packages that are not private. */
export function publishedPackages(): Published[] {
  return readdirSync(join(root, 'packages')).flatMap((folder) => {
    const path = join(root, 'packages', folder);
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest;
    return manifest.private === true ? [] : [{ name: manifest.name, folder: path, manifest }];
  });
}

/** Lists every entry of every published package by what a program imports, data left out. */
export function publishedEntries(): string[] {
  return publishedPackages().flatMap(({ name, manifest }) =>
    Object.keys(manifest.exports!)
      .filter((key) => !key.endsWith('.json'))
      .map((key) => name + key.slice(1)),
  );
}

/** Runs a program, the workspace's tools before others; gives what it prints. */
export async function tool(
  name: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(name, args, {
    cwd,
    env: { ...process.env, ...env, PATH },
    shell: process.platform === 'win32',
  });
  return stdout;
}

/** Looks for mistakes of packaging in a tarball; rejects if there are any. */
export function publint(tarball: string): Promise<string> {
  return tool('publint', ['--strict', tarball], root, { NO_COLOR: '1' }); // it colours what it says in CI
}

/** Resolves the types of a tarball as each kind of consumer of ES modules does; rejects where that fails. */
export function attw(tarball: string): Promise<string> {
  return tool('attw', [tarball, '--profile', 'esm-only', '--no-color'], root);
}

/** Names the tarball of every published package in a directory. */
function tarballsIn(directory: string): Map<string, string> {
  return new Map(
    publishedPackages().map(({ name, manifest }) => [
      name,
      join(directory, `${name.slice(1).replace('/', '-')}-${manifest.version}.tgz`),
    ]),
  );
}

/** A project outside of the workspace with the tarballs installed and the smoke program copied in. */
export interface ScratchProject extends Disposable {
  readonly directory: string;
  readonly tarballs: ReadonlyMap<string, string>;
}

/**
 * Packs all packages and installs the tarballs into a new project; without network, so that nothing else can be
 * in it, and the optional peer that its programs need on Node, which a user installs besides.
 */
export async function installTarballs(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'concurrency-lab-'));
  for (const { folder } of publishedPackages()) await tool('pnpm', ['pack', '--pack-destination', directory], folder);
  writeFileSync(join(directory, 'package.json'), '{ "private": true, "type": "module" }\n');
  const flags = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  await tool('npm', ['install', ...flags, ...tarballsIn(directory).values()], directory);
  const koffi = realpathSync(join(root, 'packages', 'mini-exec', 'node_modules', 'koffi'));
  symlinkSync(koffi, join(directory, 'node_modules', 'koffi'), 'junction');
  cpSync(fileURLToPath(new URL('../smoke', import.meta.url)), directory, { recursive: true });
  return directory;
}

/** Makes a scratch project of what was installed. */
export function scratchProject(): ScratchProject {
  const directory = mkdtempSync(join(tmpdir(), 'concurrency-lab-'));
  cpSync(inject('installed'), directory, { recursive: true, verbatimSymlinks: true });
  const tarballs = tarballsIn(directory);
  return { directory, tarballs, [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }) };
}
