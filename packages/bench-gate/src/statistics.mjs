// @ts-check
// What measured values are reduced to: medians, and intervals that contain the true median.
//
// Two kinds of interval. `medianInterval` takes order statistics: exact for any distribution,
// no randomness, for the hundred blocks of one process. `bootstrapInterval` resamples, for the
// few rounds of a comparison; it draws from a seeded generator, so the same samples give the
// same interval.

/** @typedef {{ median: number, low: number, high: number }} Interval */

/**
 * Sorts a copy.
 * @param {readonly number[]} values
 * @returns {number[]}
 */
function ascending(values) {
  if (values.length === 0) throw new RangeError('no values to take a quantile of');
  if (values.some(Number.isNaN)) throw new RangeError('one of the values is NaN');
  return values.toSorted((a, b) => a - b);
}

/**
 * Takes a quantile, interpolated between its two neighbours.
 * @param {readonly number[]} values
 * @param {number} q from 0 to 1
 * @returns {number}
 */
export function quantile(values, q) {
  const sorted = ascending(values);
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = /** @type {number} */ (sorted[below]);
  const high = sorted[below + 1] ?? low;
  return low + (high - low) * (position - below);
}

/**
 * Takes the median.
 * @param {readonly number[]} values
 * @returns {number}
 */
export const median = (values) => quantile(values, 0.5);

/**
 * Gives the order statistics between which the true median lies with the probability asked for, or
 * with less where there are too few values: then from the least to the greatest.
 * @param {readonly number[]} values independent of each other
 * @param {number} [confidence]
 * @returns {Interval}
 */
export function medianInterval(values, confidence = 0.99) {
  const sorted = ascending(values);
  const n = sorted.length;
  // The number of values below the median is binomial(n, 1/2). Take away as many from each end
  // as leaves the tail beyond it at most half of what is allowed.
  let inside = 0;
  let tail = 0.5 ** n;
  for (let k = 1, probability = tail; tail <= (1 - confidence) / 2; k++) {
    inside = k;
    probability *= (n - k + 1) / k;
    tail += probability;
  }
  const cut = Math.max(inside - 1, 0);
  return {
    median: median(sorted),
    low: /** @type {number} */ (sorted[cut]),
    high: /** @type {number} */ (sorted[n - 1 - cut]),
  };
}

/**
 * Makes a generator of pseudo-random numbers from 0 to below 1 (mulberry32).
 * @param {number} seed
 * @returns {() => number}
 */
export function random(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Gives the percentile bootstrap interval of the median.
 * @param {readonly number[]} values
 * @param {{ confidence?: number, resamples?: number, seed?: number }} [options]
 * @returns {Interval}
 */
export function bootstrapInterval(values, { confidence = 0.95, resamples = 2000, seed = 1 } = {}) {
  const next = random(seed);
  const medians = Array.from({ length: resamples }, () =>
    median(values.map(() => /** @type {number} */ (values[Math.floor(next() * values.length)]))),
  );
  return {
    median: median(values),
    low: quantile(medians, (1 - confidence) / 2),
    high: quantile(medians, (1 + confidence) / 2),
  };
}
