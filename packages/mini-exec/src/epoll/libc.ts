// The seam to the system: the few functions of the C library that the reactor calls, as the
// foreign function interface of each runtime binds them. A call that fails returns -1 and
// leaves the reason in `errno`: the word of the thread itself, mapped, not another call,
// since whatever the engine did in between could change it.

import { UnsupportedPlatformError } from '@concurrency-lab/atomics';

/** Names the kinds of arguments: a C int, a size_t, bytes in memory of ours, and a null pointer. */
export type Kind = 'int' | 'size' | 'bytes' | 'null';

/** Lists the arguments of every function; the result is always an int. */
export const SIGNATURES = {
  socket: ['int', 'int', 'int'],
  bind: ['int', 'bytes', 'int'],
  listen: ['int', 'int'],
  accept4: ['int', 'null', 'null', 'int'],
  connect: ['int', 'bytes', 'int'],
  getsockname: ['int', 'bytes', 'bytes'],
  getsockopt: ['int', 'int', 'int', 'bytes', 'bytes'],
  setsockopt: ['int', 'int', 'int', 'bytes', 'int'],
  recv: ['int', 'bytes', 'size', 'int'],
  send: ['int', 'bytes', 'size', 'int'],
  shutdown: ['int', 'int'],
  close: ['int'],
  epoll_create1: ['int'],
  epoll_ctl: ['int', 'int', 'int', 'bytes'],
  epoll_wait: ['int', 'bytes', 'int', 'int'],
  eventfd: ['int', 'int'],
} as const;

type Argument<K extends Kind> = K extends 'bytes' ? Uint8Array : K extends 'null' ? null : number;
type Arguments<S extends readonly Kind[]> = { -readonly [I in keyof S]: Argument<S[I]> };

/** Names a function of {@link SIGNATURES}. */
export type FunctionName = keyof typeof SIGNATURES;

/** Is the functions, bound. */
export type Functions = {
  readonly [Name in FunctionName]: (...args: Arguments<(typeof SIGNATURES)[Name]>) => number;
};

/** Is the C library, as the reactor sees it; it belongs to the thread that loaded it. */
export interface Libc extends Functions {
  /** Holds, at index 0, why this thread's last failed call did. */
  readonly errno: Int32Array<ArrayBuffer>;
}

/** Lists what the library is called: glibc, then musl. */
export const LIBRARIES: readonly string[] = ['libc.so.6', 'libc.so'];

/** Binds the functions with the first library that there is; throws the last error if there is none. */
export function withLibrary<T>(bind: (library: string) => T): T {
  let failure: unknown;
  for (const library of LIBRARIES) {
    try {
      return bind(library);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Builds a table with an entry for each function. */
export function eachFunction<T>(entry: (signature: readonly Kind[], name: FunctionName) => T): Record<FunctionName, T> {
  const names = Object.keys(SIGNATURES) as FunctionName[];
  return Object.fromEntries(names.map((name) => [name, entry(SIGNATURES[name], name)])) as Record<FunctionName, T>;
}

/**
 * Loads the C library through the foreign function interface of this runtime.
 *
 * @throws {UnsupportedPlatformError} where there is none, naming what to install or allow
 */
export async function loadLibc(): Promise<Libc> {
  if (globalThis.process?.platform !== 'linux') {
    throw new UnsupportedPlatformError('the epoll reactor needs Linux; use @concurrency-lab/mini-exec/net here');
  }
  if ('Deno' in globalThis) return (await import('./deno.ts')).bindWithDeno();
  if ('Bun' in globalThis) return (await import('./bun.ts')).bindWithBun();
  return (await import('./koffi.ts')).bindWithKoffi();
}
