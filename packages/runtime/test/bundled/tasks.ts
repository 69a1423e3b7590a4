// Machines, as a program has them that a bundler puts together.

import { machine as define, type MachineSteps, type Task } from '@concurrency-lab/runtime';

interface Sum {
  readonly value: number;
}

/** Comes to the sum of the numbers from one to another, by halves. */
export const sum: Task<[from: number, to: number], Sum> = define(
  import.meta,
  'sum',
  function* (cx, from: number, to: number): MachineSteps<Sum> {
    if (to - from < 4) {
      let value: number = 0;
      for (let n = from; n <= to; n++) value += n;
      yield* cx.yieldNow();
      return { value };
    }
    const middle = (from + to) >> 1;
    const halves = [cx.spawn(sum, from, middle), cx.spawn(sum, middle + 1, to)] as const;
    let value = 0;
    for (const half of halves) value += (yield* cx.join(half)).value;
    return { value } satisfies Sum;
  },
);
