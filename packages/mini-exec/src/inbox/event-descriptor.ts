// Wakes a thread that sleeps in its reactor: an eventfd of the process, to which any thread
// may write. Only Node, Bun and Deno have descriptors, so this module asks for `node:fs` when
// it is needed, and not before.

const ONE = new Uint8Array(new BigUint64Array([1n]).buffer);

/** Does what needs the platform; an object, so that a model can have a word for a descriptor. */
export const descriptors: { signal: (descriptor: number) => void } = {
  /** Adds one to an eventfd. */
  signal(descriptor) {
    process.getBuiltinModule('node:fs').writeSync(descriptor, ONE);
  },
};
