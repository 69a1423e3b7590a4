// What a worker has done, for anybody to read while it goes on. The worker counts in plain fields,
// and publishes them when it goes to sleep, and now and then while it is busy: a task costs an
// increment of a private field.

import { LANE, type RuntimeMemory } from './memory.ts';

/** So many milliseconds lie between two publications of a worker that is busy, at least. */
const INTERVAL_MS = 5;

const NAMES = ['polls', 'steals', 'parks', 'overflows', 'liveTasks', 'busyMicroseconds'] as const;

/** Counts what a lane's workers have done, the present one and those that it follows. */
export type WorkerCounts = Readonly<Record<(typeof NAMES)[number], number>>;

/** Counts for one worker; only its thread uses it. Times are those of `performance.now()`. */
export class Counters {
  readonly #words: BigInt64Array<SharedArrayBuffer>;
  polls: number;
  steals: number;
  parks: number;
  overflows: number;
  /** What it was busy for until it last went to sleep. */
  #busy: number;
  #awakeSince: number;
  #next = 0;

  constructor(memory: RuntimeMemory, lane: number, now: number) {
    this.#words = wordsOf(memory, lane);
    const { polls, steals, parks, overflows, busyMicroseconds } = readCounts(memory, lane);
    this.polls = polls;
    this.steals = steals;
    this.parks = parks;
    this.overflows = overflows;
    this.#busy = busyMicroseconds / 1000;
    this.#awakeSince = now;
  }

  /** Notes that the thread has nothing to do from now on. */
  idle(now: number): void {
    this.parks++;
    this.#busy += now - this.#awakeSince;
    this.#awakeSince = Infinity;
  }

  /** Notes that it has something to do again. */
  awake(now: number): void {
    this.#awakeSince = now;
  }

  /** Publishes unless it did a moment ago. */
  tick(now: number, liveTasks: number): void {
    if (now >= this.#next) this.publish(now, liveTasks);
  }

  /** Makes the counts known to others. */
  publish(now: number, liveTasks: number): void {
    this.#next = now + INTERVAL_MS;
    const busy = this.#busy + Math.max(0, now - this.#awakeSince);
    const { polls, steals, parks, overflows } = this;
    const counts: WorkerCounts = {
      polls,
      steals,
      parks,
      overflows,
      liveTasks,
      busyMicroseconds: Math.round(busy * 1000),
    };
    for (const [i, name] of NAMES.entries()) {
      // ORDERING(G3): each count by itself; says nothing of anything else.
      Atomics.store(this.#words, i, BigInt(counts[name]));
    }
  }
}

/** Reads what a worker has published last. */
export function readCounts(memory: RuntimeMemory, lane: number): WorkerCounts {
  const words = wordsOf(memory, lane);
  // ORDERING(G4): observes G3.
  const counts = NAMES.map((name, i) => [name, Number(Atomics.load(words, i))] as const);
  return Object.fromEntries(counts) as WorkerCounts;
}

function wordsOf(memory: RuntimeMemory, lane: number): BigInt64Array<SharedArrayBuffer> {
  return new BigInt64Array(memory.buffer, memory.byteAt(memory.laneAt(lane) + LANE.index.counters), NAMES.length);
}
