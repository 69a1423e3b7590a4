// Cuts a list into pieces of about equal size, each of which is one task. Few large pieces cost
// little; several for each worker even out when some take longer than others.

import { requireInteger } from '@concurrency-lab/atomics';

/** So many pieces for each worker, where nobody says how large a piece is. */
const PIECES_PER_WORKER = 4;

/** Gives the size of a piece. */
export function chunkSize(length: number, workers: number, chunk: number | undefined): number {
  if (chunk !== undefined) return requireInteger('chunk', chunk, 1, Number.MAX_SAFE_INTEGER);
  return Math.max(1, Math.ceil(length / (workers * PIECES_PER_WORKER)));
}

/** Says where each piece begins and ends. */
export function chunksOf(length: number, size: number): { readonly from: number; readonly to: number }[] {
  return Array.from({ length: Math.ceil(length / size) }, (_, i) => ({
    from: i * size,
    to: Math.min(length, (i + 1) * size),
  }));
}
