// What a worker has done, for anybody to read while it goes on. The worker counts in plain
// fields and publishes now and then; a count is two words, and wraps at 2^53.

import { LANE, type RuntimeMemory } from './memory.ts';

const NAMES = ['polls', 'steals', 'parks'] as const;
const HIGH = 2 ** 32;

/** Counts what a worker has done since it began. */
export type WorkerCounts = { readonly [Name in (typeof NAMES)[number]]: number };

/** Counts for one worker. */
export class Counters {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #at: number;
  polls = 0;
  steals = 0;
  parks = 0;

  constructor(memory: RuntimeMemory, lane: number) {
    this.#words = memory.words;
    this.#at = memory.laneAt(lane) + LANE.index.counters;
    const { polls, steals, parks } = readCounts(memory, lane);
    this.polls = polls;
    this.steals = steals;
    this.parks = parks;
  }

  /** Makes the counts known to others. */
  publish(): void {
    for (const [i, name] of NAMES.entries()) {
      const count = this[name];
      // ORDERING(M3): the upper word first; M4 reads it last.
      Atomics.store(this.#words, this.#at + 2 * i + 1, Math.floor(count / HIGH));
      Atomics.store(this.#words, this.#at + 2 * i, count | 0); // M3
    }
  }
}

/** Reads what a worker has published last. */
export function readCounts(memory: RuntimeMemory, lane: number): WorkerCounts {
  const at = memory.laneAt(lane) + LANE.index.counters;
  const read = (i: number): number => {
    // ORDERING(M4): observes M3.
    const low = Atomics.load(memory.words, at + 2 * i) >>> 0;
    return low + Atomics.load(memory.words, at + 2 * i + 1) * HIGH; // M4
  };
  return { polls: read(0), steals: read(1), parks: read(2) };
}
