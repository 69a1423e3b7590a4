// Random search, for models that are too large to explore: by random walk, and by random
// priorities with a few points at which a priority drops, which finds a bug that needs d
// orderings with a probability that does not fall with the number of threads to the power d.
//
// Source: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with
// Probabilistic Guarantees of Finding Bugs" (PCT), ASPLOS 2010.

import { execute } from './execution.ts';
import { currentSchedule, type Body, type Found } from './explore.ts';
import { Refine } from './failure.ts';
import { x, type Picker } from './state.ts';
import { MAX_THREADS } from './thread.ts';

/** The result of a random search. */
export interface RandomSearch {
  readonly found: Found | undefined;
  readonly executions: number;
}

const PRIORITY_CHANGES = 3;

/** Runs executions at random, by turns with each method, until one fails or the budget ends. */
export function searchRandomly(body: Body, seed: number, most: number, until: number): RandomSearch {
  const random = generator(seed);
  let length = 32;
  x.usesReduction = false;
  try {
    for (let n = 1; n <= most; n++) {
      x.prefix = 0;
      x.picker = n % 2 === 0 ? walk(random) : priorities(random, length);
      try {
        execute(body);
      } catch (error) {
        if (!(error instanceof Refine)) throw error;
      }
      length = Math.max(length, x.nodes);
      if (x.failure !== undefined) return { found: { failure: x.failure, schedule: currentSchedule() }, executions: n };
      if (performance.now() > until) return { found: undefined, executions: n };
    }
    return { found: undefined, executions: most };
  } finally {
    x.picker = undefined;
  }
}

function walk(random: () => number): Picker {
  return (enabled) => {
    const options: number[] = [];
    for (let thread = 0; thread < MAX_THREADS; thread++) if ((enabled & (1 << thread)) !== 0) options.push(thread);
    return options[Math.floor(random() * options.length)]!;
  };
}

function priorities(random: () => number, length: number): Picker {
  const priority = Array.from({ length: MAX_THREADS }, () => PRIORITY_CHANGES + random());
  const changes = Array.from({ length: PRIORITY_CHANGES - 1 }, () => Math.floor(random() * length));
  const highest = (enabled: number): number => {
    let best = -1;
    for (let thread = 0; thread < MAX_THREADS; thread++) {
      if ((enabled & (1 << thread)) !== 0 && (best < 0 || priority[thread]! > priority[best]!)) best = thread;
    }
    return best;
  };
  return (enabled, _, node) => {
    const chosen = highest(enabled);
    const change = changes.indexOf(node);
    if (change < 0) return chosen;
    priority[chosen] = change;
    return highest(enabled);
  };
}

/** Makes random numbers from 0 to 1 (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
