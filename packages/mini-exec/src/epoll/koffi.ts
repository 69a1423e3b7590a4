// Binds the C library on Node, with koffi: an optional peer, which the program installs.

import { UnsupportedPlatformError } from '@concurrency-lab/atomics';
import { eachFunction, type Functions, type Kind, type Libc, withLibrary } from './libc.ts';

/** The part of koffi that is used; its own types would become a dependency of ours. */
interface Koffi {
  load(library: string): { func(name: string, result: string, args: string[]): (...args: unknown[]) => unknown };
  view(pointer: unknown, byteLength: number): ArrayBuffer;
}

const TYPES: Record<Kind, string> = { int: 'int', size: 'size_t', bytes: 'void *', null: 'void *' };

/** Loads koffi, and the C library with it. */
export async function bindWithKoffi(): Promise<Libc> {
  const koffi = await importKoffi();
  return withLibrary((name) => {
    const library = koffi.load(name);
    const functions = eachFunction((signature, symbol) =>
      library.func(
        symbol,
        'int',
        signature.map((kind) => TYPES[kind]),
      ),
    ) as unknown as Functions;
    const location = library.func('__errno_location', 'void *', []);
    return { ...functions, errno: new Int32Array(koffi.view(location(), 4)) };
  });
}

async function importKoffi(): Promise<Koffi> {
  try {
    const module = (await import('koffi')) as unknown as { default?: Koffi } & Koffi;
    return module.default ?? module;
  } catch (cause) {
    throw new UnsupportedPlatformError(
      'on Node the epoll reactor calls the system through koffi, which could not be loaded: `npm install koffi`',
      { cause },
    );
  }
}
