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
  /** Adds one to an eventfd. */
  signal(descriptor) {
    if (!('Deno' in globalThis)) process.getBuiltinModule('node:fs').writeSync(descriptor, ONE);
    else {
      // There, `node:fs` knows only the descriptors that it has opened itself.
      writeOfDeno ??= (globalThis as unknown as { Deno: DenoFfi }).Deno.dlopen('libc.so.6', {
        write: { parameters: ['i32', 'buffer', 'usize'], result: 'i32' },
      }).symbols.write;
      writeOfDeno(descriptor, ONE, ONE.length);
    }
  },
};
