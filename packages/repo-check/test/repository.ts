// Where the repository is, and what is in it.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Is the repository's root. */
export const root: string = fileURLToPath(new URL('../../..', import.meta.url));

/** Reads a file of the repository. */
export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Lists the files below a folder, by their paths from the root. */
export function filesBelow(folder: string, ending: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
    .toSorted();
}

/** Describes a package by its folder's name and the parts of its package.json that are looked at here. */
export interface Package {
  readonly folder: string;
  readonly name: string;
  readonly isPublished: boolean;
  readonly exports: readonly string[];
}

/** Lists the packages of the workspace. */
export function packages(): Package[] {
  return readdirSync(join(root, 'packages')).map((folder) => {
    const manifest = JSON.parse(read(`packages/${folder}/package.json`)) as {
      name: string;
      private?: boolean;
      exports?: Record<string, unknown>;
    };
    const { name, exports = {} } = manifest;
    return { folder, name, isPublished: manifest.private !== true, exports: Object.keys(exports) };
  });
}
