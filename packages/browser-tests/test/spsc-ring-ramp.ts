// A signal in which every sample says where it belongs: which frame, which channel. What is
// lost, doubled, out of place or torn shows.

// float32 holds integers up to 2^24 exactly, and their quotients by a power of two.
const SCALE = 2 ** 24;

/** Gives the sample of a channel in a frame; never 0, which is silence. */
export function sampleAt(frame: number, channel: number): number {
  const value = (frame + 1) / SCALE;
  return channel % 2 === 0 ? value : -value;
}
