// Binds the C library on Deno, with Deno.dlopen.

import { UnsupportedPlatformError } from '@concurrency-lab/atomics';
import { eachFunction, type Functions, type Kind, type Libc, withLibrary } from './libc.ts';

interface Definition {
  readonly parameters: readonly string[];
  readonly result: string;
}

/** The part of Deno that is used. */
interface DenoFfi {
  readonly dlopen: (
    library: string,
    definitions: Record<string, Definition>,
  ) => { symbols: Record<string, (...args: unknown[]) => unknown> };
  readonly UnsafePointerView: { getArrayBuffer(pointer: unknown, byteLength: number): ArrayBuffer };
}

const TYPES: Record<Kind, string> = { int: 'i32', size: 'usize', bytes: 'buffer', null: 'pointer' };

/** Loads the C library; the program needs the permission `--allow-ffi`. */
export function bindWithDeno(): Libc {
  const { dlopen, UnsafePointerView } = (globalThis as unknown as { Deno: DenoFfi }).Deno;
  try {
    return withLibrary((name) => {
      const { symbols } = dlopen(name, {
        ...eachFunction((signature) => ({ parameters: signature.map((kind) => TYPES[kind]), result: 'i32' })),
        __errno_location: { parameters: [], result: 'pointer' },
      });
      const location = symbols['__errno_location']!();
      return {
        ...(symbols as unknown as Functions),
        errno: new Int32Array(UnsafePointerView.getArrayBuffer(location, 4)),
      };
    });
  } catch (cause) {
    throw new UnsupportedPlatformError(
      'on Deno the epoll reactor calls the system through Deno.dlopen, which failed: run with --allow-ffi',
      { cause },
    );
  }
}
