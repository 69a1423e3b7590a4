// @ts-check
// Latencies of single operations, kept as counts in buckets a twelfth of an octave wide (6 %), so
// that samples add up and a results file stays small.

const PER_OCTAVE = 12;

/**
 * @typedef {object} Histogram
 * @property {number} count
 * @property {Record<string, number>} buckets how many fell in each; bucket n begins at 2^(n/12) ns
 */

/** @returns {Histogram} */
export const newHistogram = () => ({ count: 0, buckets: {} });

/**
 * Gives where a bucket begins, in nanoseconds.
 * @param {number} bucket
 * @returns {number}
 */
export const bucketStart = (bucket) => 2 ** (bucket / PER_OCTAVE);

/**
 * Adds latencies in nanoseconds.
 * @param {Histogram} histogram
 * @param {ArrayLike<number>} latencies
 */
export function addLatencies(histogram, latencies) {
  for (const nanoseconds of Array.from(latencies)) {
    if (!(nanoseconds >= 0)) throw new RangeError(`a latency cannot be ${nanoseconds} ns`);
    const bucket = Math.floor(Math.log2(Math.max(nanoseconds, 1)) * PER_OCTAVE);
    histogram.buckets[bucket] = (histogram.buckets[bucket] ?? 0) + 1;
    histogram.count++;
  }
}

/**
 * Adds up histograms.
 * @param {readonly Histogram[]} histograms
 * @returns {Histogram}
 */
export function mergeHistograms(histograms) {
  const merged = newHistogram();
  for (const { count, buckets } of histograms) {
    merged.count += count;
    for (const [bucket, times] of Object.entries(buckets)) {
      merged.buckets[bucket] = (merged.buckets[bucket] ?? 0) + times;
    }
  }
  return merged;
}

/**
 * Lists the buckets that hold something, the fastest first.
 * @param {Histogram} histogram
 * @returns {[bucket: number, count: number][]}
 */
export function bucketsOf({ buckets }) {
  const entries = Object.entries(buckets).map(
    ([bucket, times]) => /** @type {[number, number]} */ ([Number(bucket), times]),
  );
  return entries.toSorted(([a], [b]) => a - b);
}

/**
 * Takes a quantile: the middle of the bucket it falls into, in nanoseconds.
 * @param {Histogram} histogram
 * @param {number} q from 0 to 1
 * @returns {number}
 */
export function latencyQuantile(histogram, q) {
  let left = q * histogram.count;
  let last = 0;
  for (const [bucket, times] of bucketsOf(histogram)) {
    last = bucket;
    left -= times;
    if (left <= 0) break;
  }
  return bucketStart(last + 0.5);
}
