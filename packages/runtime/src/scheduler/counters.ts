// What a worker has done, for anybody to read while it goes on. The worker counts in plain
// fields, and publishes now and then.

import { LANE, type RuntimeMemory } from './memory.ts';

const NAMES = ['polls', 'steals', 'parks'] as const;

/** Counts what a lane's workers have done. */
export interface WorkerCounts {
  /** Tasks that it has begun, and queued ones that it has found aborted. */
  readonly polls: number;
  /** How often it took tasks from another worker. */
  readonly steals: number;
  /** How often it had nothing to do. */
  readonly parks: number;
}

/** Counts for one worker. */
export class Counters implements WorkerCounts {
  readonly #words: BigInt64Array<SharedArrayBuffer>;
  polls: number;
  steals: number;
  parks: number;

  constructor(memory: RuntimeMemory, lane: number) {
    this.#words = wordsOf(memory, lane);
    ({ polls: this.polls, steals: this.steals, parks: this.parks } = readCounts(memory, lane));
  }

  /** Makes the counts known to others. */
  publish(): void {
    for (const [i, name] of NAMES.entries()) {
      // ORDERING(G3): each count by itself; says nothing of anything else.
      Atomics.store(this.#words, i, BigInt(this[name]));
    }
  }
}

/** Reads what a worker has published last. */
export function readCounts(memory: RuntimeMemory, lane: number): WorkerCounts {
  const words = wordsOf(memory, lane);
  // ORDERING(G4): observes G3.
  const [polls, steals, parks] = NAMES.map((_, i) => Number(Atomics.load(words, i))) as [number, number, number];
  return { polls, steals, parks };
}

function wordsOf(memory: RuntimeMemory, lane: number): BigInt64Array<SharedArrayBuffer> {
  return new BigInt64Array(memory.buffer, memory.byteAt(memory.laneAt(lane) + LANE.index.counters), NAMES.length);
}
