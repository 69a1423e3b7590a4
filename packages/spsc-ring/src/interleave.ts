// Between the arrays of an audio graph, one for each channel, and the frames of a ring, in which
// the samples of all channels at one moment lie side by side. Loops, no views: nothing here
// allocates, and V8 keeps the loops in registers.

/** Writes `count` frames from frame `at` of the ring on: the samples of each channel from index `from` on. */
export function interleave(
  ring: Float32Array<SharedArrayBuffer>,
  at: number,
  channels: readonly Float32Array[],
  from: number,
  count: number,
): void {
  const width = channels.length;
  for (let c = 0; c < width; c++) {
    const channel = channels[c]!;
    for (let i = 0, j = at * width + c; i < count; i++, j += width) {
      ring[j] = channel[from + i]!; // A1: plain, published by R3.
    }
  }
}

/** Reads `count` frames from frame `at` of the ring on, into each channel from index `from` on. */
export function deinterleave(
  ring: Float32Array<SharedArrayBuffer>,
  at: number,
  channels: readonly Float32Array[],
  from: number,
  count: number,
): void {
  const width = channels.length;
  for (let c = 0; c < width; c++) {
    const channel = channels[c]!;
    for (let i = 0, j = at * width + c; i < count; i++, j += width) {
      channel[from + i] = ring[j]!; // A1
    }
  }
}
