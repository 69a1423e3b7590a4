// Cuts a list into pieces, each of which is one task.
//
// Few large pieces cost little, and many small ones let all workers end together where some items take longer than
// others. So pieces get smaller, as in guided self-scheduling: each is a part of a worker's share of what is left.
//
// Source: Polychronopoulos and Kuck, Guided self-scheduling: a practical scheduling scheme for parallel
// supercomputers, IEEE Transactions on Computers C-36(12), 1987.

import { requireInteger } from '@concurrency-lab/atomics';

/** Is what a piece takes of a worker's share of what is left. */
const PART = 1 / 4;
/** Is how much of a worker's share of the whole a piece takes at least. */
const LEAST = 1 / 64;

/** Is where a piece begins and ends. */
export interface Chunk {
  readonly from: number;
  readonly to: number;
}

/** Cuts a list of so many items for so many workers: into pieces of a size that is given, or into ever smaller ones. */
export function chunksOf(length: number, workers: number, chunk: number | undefined): Chunk[] {
  if (chunk !== undefined) requireInteger('chunk', chunk, 1, Number.MAX_SAFE_INTEGER);
  const least = Math.ceil((length / workers) * LEAST);
  const chunks: Chunk[] = [];
  for (let from = 0; from < length;) {
    const size = chunk ?? Math.max(least, Math.ceil(((length - from) / workers) * PART));
    const to = Math.min(length, from + size);
    chunks.push({ from, to });
    from = to;
  }
  return chunks;
}
