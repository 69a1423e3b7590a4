// Compiles files in place: what `tsc` has put out. A source map beside a file is replaced by one that leads on to where
// that one led.

import type { Dirent } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { compileMachines, mayHaveMachines } from './compile.ts';

const SCRIPT = /\.[cm]?js$/;
const LINK = /^\/\/# sourceMappingURL=(?<url>\S+)\s*$/m;

/** Is a file that was rewritten. */
export interface CompiledFile {
  readonly file: string;
  /** Counts the machines that were compiled. */
  readonly machines: number;
}

/**
 * Compiles the machines in files, and in all `.js`, `.mjs` and `.cjs` files below folders, in place. Files without machines
 * are left as they are; so is what is in `node_modules`.
 *
 * @throws {MachineCompileError} on a machine that cannot be compiled; files before it were rewritten
 */
export async function compileFiles(paths: readonly string[]): Promise<CompiledFile[]> {
  const compiled: CompiledFile[] = [];
  for (const path of paths) {
    const files = (await stat(path)).isDirectory() ? await scriptsBelow(path) : [path];
    for (const file of files) {
      const machines = await compileFile(file);
      if (machines > 0) compiled.push({ file, machines });
    }
  }
  return compiled;
}

async function scriptsBelow(folder: string): Promise<string[]> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true });
  const files = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : scriptsBelow(path);
    return entry.isFile() && SCRIPT.test(entry.name) ? [path] : [];
  });
  return (await Promise.all(files)).flat().toSorted();
}

async function compileFile(file: string): Promise<number> {
  const code = await readFile(file, 'utf8');
  if (!mayHaveMachines(code)) return 0;
  const url = LINK.exec(code)?.groups?.['url'];
  const mapFile = url === undefined || url.startsWith('data:') ? undefined : resolve(dirname(file), url);
  const inputSourceMap = await readMap(url, mapFile);
  const {
    code: made,
    map,
    machines,
  } = await compileMachines(code.replace(LINK, ''), {
    filename: file,
    sourceMap: inputSourceMap !== undefined,
    ...(inputSourceMap === undefined ? {} : { inputSourceMap }),
  });
  if (machines === 0) return 0;
  if (map === undefined) {
    await writeFile(file, `${made}\n`);
    return machines;
  }
  const text = JSON.stringify(map);
  if (mapFile !== undefined) await writeFile(mapFile, text);
  const link = mapFile === undefined ? `data:application/json;base64,${Buffer.from(text).toString('base64')}` : url;
  await writeFile(file, `${made}\n//# sourceMappingURL=${link}\n`);
  return machines;
}

async function readMap(url: string | undefined, file: string | undefined): Promise<object | undefined> {
  if (url === undefined) return undefined;
  const inline = /^data:application\/json[^,]*;base64,(?<text>.*)$/.exec(url)?.groups?.['text'];
  if (inline !== undefined) return JSON.parse(Buffer.from(inline, 'base64').toString()) as object;
  if (file === undefined) return undefined;
  try {
    return JSON.parse(await readFile(file, 'utf8')) as object;
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}
