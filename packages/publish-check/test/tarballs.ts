// Packs the published packages, once per test file, and installs them into a project that
// lies outside of the workspace, as a user would.

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
  readonly sideEffects?: boolean;
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
export async function tool(name: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)(name, args, {
    cwd,
    env: { ...process.env, PATH },
    shell: process.platform === 'win32',
  });
  return stdout;
}

/** Packs every published package into `directory`; gives the tarball of each. */
export async function pack(directory: string): Promise<Map<string, string>> {
  const tarballs = new Map<string, string>();
  for (const { name, folder, manifest } of publishedPackages()) {
    await tool('pnpm', ['pack', '--pack-destination', directory], folder);
    tarballs.set(name, join(directory, `${name.slice(1).replace('/', '-')}-${manifest.version}.tgz`));
  }
  return tarballs;
}

/** A project outside of the workspace with the tarballs installed and the smoke program copied in. */
export interface ScratchProject extends Disposable {
  readonly directory: string;
  readonly tarballs: ReadonlyMap<string, string>;
}

/**
 * Makes a scratch project; without network, so that nothing but the tarballs can be in it, and
 * the optional peer that its programs need on Node, which a user installs besides.
 */
export async function scratchProject(): Promise<ScratchProject> {
  const directory = mkdtempSync(join(tmpdir(), 'concurrency-lab-'));
  const tarballs = await pack(directory);
  writeFileSync(join(directory, 'package.json'), '{ "private": true, "type": "module" }\n');
  const flags = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  await tool('npm', ['install', ...flags, ...tarballs.values()], directory);
  const koffi = realpathSync(join(root, 'packages', 'mini-exec', 'node_modules', 'koffi'));
  symlinkSync(koffi, join(directory, 'node_modules', 'koffi'), 'junction');
  cpSync(fileURLToPath(new URL('../smoke', import.meta.url)), directory, { recursive: true });
  return { directory, tarballs, [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }) };
}
