// Wakes a thread that sleeps in its reactor: an eventfd of the process, to which any thread
// may write. Only Node, Bun and Deno have descriptors, so this module asks for `node:fs` when
// it is needed, and not before.

const ONE = new Uint8Array(new BigUint64Array([1n]).buffer);

interface DenoFfi {
  dlopen(library: string, symbols: object): { readonly symbols: { readonly write: Write } };
}

type Write = (fd: number, bytes: Uint8Array, length: number) => number;

let writeOfDeno: Write | undefined;

/** Does what needs the platform; an object, so that a model can have a word for a descriptor. */
export const descriptors: { signal: (descriptor: number) => void } = {
  /** Adds one to an eventfd; does nothing if it is gone, and the thread that slept in it with it. */
  signal(descriptor) {
    if (!('Deno' in globalThis)) {
      try {
        process.getBuiltinModule('node:fs').writeSync(descriptor, ONE);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EBADF') throw error;
      }
    } else {
      // There, `node:fs` knows only the descriptors that it has opened itself.
      writeOfDeno ??= (globalThis as unknown as { Deno: DenoFfi }).Deno.dlopen('libc.so.6', {
        write: { parameters: ['i32', 'buffer', 'usize'], result: 'i32' },
      }).symbols.write;
      writeOfDeno(descriptor, ONE, ONE.length);
    }
  },
};
