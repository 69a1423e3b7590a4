// What tests import as `node:events` in a browser, as far as they need it.

interface Emitter {
  once(name: string, listener: (...values: unknown[]) => void): unknown;
}

/** Waits for one event; gives what its listeners get. */
export function once(emitter: Emitter, name: string): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    emitter.once(name, (...values) => resolve(values));
    if (name !== 'error') emitter.once('error', reject);
  });
}
