// Binds the C library on Bun, with bun:ffi.

import { eachFunction, type Functions, type Kind, type Libc, withLibrary } from './libc.ts';

interface Definition {
  readonly args: readonly string[];
  readonly returns: string;
}

/** The part of bun:ffi that is used. */
interface BunFfi {
  readonly dlopen: (
    library: string,
    definitions: Record<string, Definition>,
  ) => { symbols: Record<string, (...args: unknown[]) => unknown> };
  readonly toArrayBuffer: (pointer: unknown, byteOffset: number, byteLength: number) => ArrayBuffer;
}

const TYPES: Record<Kind, string> = { int: 'i32', size: 'u64_fast', bytes: 'ptr', null: 'ptr' };

/** Loads bun:ffi, and the C library with it. */
export async function bindWithBun(): Promise<Libc> {
  const module: string = 'bun:ffi'; // not for bundlers to resolve
  const { dlopen, toArrayBuffer } = (await import(module)) as BunFfi;
  return withLibrary((name) => {
    const { symbols } = dlopen(name, {
      ...eachFunction((signature) => ({ args: signature.map((kind) => TYPES[kind]), returns: 'i32' })),
      __errno_location: { args: [], returns: 'ptr' },
    });
    const location = symbols['__errno_location']!();
    return { ...(symbols as unknown as Functions), errno: new Int32Array(toArrayBuffer(location, 0, 4)) };
  });
}
