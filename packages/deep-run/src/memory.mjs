// @ts-check
// Watches the memory of a process that does the same thing over and over: what it needs after
// each collection may not grow. Compared are the middle values of the first and of the last
// third of the samples, after a warm-up that is not looked at; a single sample decides nothing.

/**
 * @typedef {{ heap: number, buffers: number, rss: number }} Sample bytes in use after a collection
 */

/** How much each may grow, in bytes: about what the engine's own caches and fragments take. */
export const BOUNDS = { heap: 3_000_000, buffers: 1_000_000, rss: 64_000_000 };

/** Takes a sample. Needs `--expose-gc`. @returns {Sample} */
export function sample() {
  const collect = /** @type {(() => void) | undefined} */ (globalThis.gc);
  if (collect === undefined) throw new Error('node --expose-gc is needed to see what is in use');
  collect();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers, rss };
}

/**
 * Says what has grown over its bound.
 * @param {readonly Sample[]} samples in the order they were taken, at least six
 * @returns {string[]}
 */
export function growth(samples) {
  if (samples.length < 6) throw new RangeError(`six samples or more tell something, not ${samples.length}`);
  const third = Math.floor(samples.length / 3);
  return /** @type {(keyof Sample)[]} */ (['heap', 'buffers', 'rss']).flatMap((kind) => {
    const first = middle(samples.slice(0, third), kind);
    const last = middle(samples.slice(-third), kind);
    if (last - first <= BOUNDS[kind]) return [];
    return [`${kind} grew from ${megabytes(first)} to ${megabytes(last)}; ${megabytes(BOUNDS[kind])} may come and go`];
  });
}

/** @param {readonly Sample[]} samples @param {keyof Sample} kind */
function middle(samples, kind) {
  const values = samples.map((one) => one[kind]).toSorted((a, b) => a - b);
  return /** @type {number} */ (values[Math.floor(values.length / 2)]);
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
