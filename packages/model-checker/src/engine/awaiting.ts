// What a spinning thread waits for: that memory no longer reads as it did in the rounds that
// changed nothing.

import { x } from './state.ts';
import type { Awaiting, Reading, Thread } from './thread.ts';

/** Tells whether memory still reads as in one of the rounds that changed nothing. */
export function stillAwaits(thread: Thread): boolean {
  return thread.awaits && thread.awaiting !== undefined && thread.awaiting.rounds.some((round) => readsAs(round));
}

/** Tells whether memory reads now as it did in a round. */
export function readsAs(round: readonly Reading[]): boolean {
  for (const { view, index, value } of round) if (view[index] !== value) return false;
  return true;
}

/**
 * Tells whether memory read as in one of the rounds just before a step of this execution.
 *
 * Goes back from the present, undoing the writes; one by another kind of view makes the
 * answer false, which costs an execution and loses none.
 */
export function readAsBefore(step: number, { rounds, past }: Awaiting): boolean {
  return rounds.some((round) =>
    round.every(({ view, index, value, key }) => {
      // To read the same once more could be a data race.
      if (x.memory.cell(key).plainWrites.some((time, thread) => time > past[thread]!)) return false;
      let then: number | bigint | undefined = view[index];
      for (let n = x.depth - 1; n >= step; n--) {
        if (x.stepWrites[n] === 0 || key < x.stepKey[n]! || key >= x.stepKey[n]! + x.stepCells[n]!) continue;
        if ((x.stepView[n] as object).constructor !== view.constructor) return false;
        then = x.stepBefore[n];
      }
      return then === value;
    }),
  );
}
