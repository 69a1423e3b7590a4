// The stand-in for `Atomics.waitAsync` on engines that lack it: looks at the word on a
// timer, at intervals that double from 1 to 16 ms. It sees the change that precedes every
// wake-up, not the wake-up itself. A change that is undone between two looks goes unseen,
// which the protocol of park.ts allows: the word then says that another wake-up is to come.

import { Deadline } from './deadline.ts';
import { UnsupportedPlatformError } from './errors.ts';
import type { ParkResult } from './park.ts';
import { unrefTimer } from './platform.ts';

/** A wait that has begun: how it ended or will end, and the way to take it back. */
export interface Wait {
  readonly result: ParkResult | Promise<ParkResult>;
  readonly withdraw: () => void;
}

const FIRST_POLL_MS = 1;
const LAST_POLL_MS = 16;

/** Waits like `Atomics.waitAsync` (the timeout in ms, valid), and can be withdrawn. */
export function pollWord(words: Int32Array<SharedArrayBuffer>, index: number, expected: number, timeout: number): Wait {
  // ORDERING(K4): observes what was written before the change that it sees.
  if (Atomics.load(words, index) !== expected) return { result: 'not-equal', withdraw() {} };
  if (timeout === 0) return { result: 'timed-out', withdraw() {} };
  if (typeof setTimeout !== 'function') {
    throw new UnsupportedPlatformError('this thread has neither Atomics.waitAsync nor setTimeout to wait with');
  }
  const deadline = Deadline.after(timeout);
  let timer: ReturnType<typeof setTimeout>;
  const result = new Promise<ParkResult>((resolve) => {
    const look = (interval: number): void => {
      timer = setTimeout(
        () => {
          if (Atomics.load(words, index) !== expected) resolve('ok'); // K4
          else if (deadline.left === 0) resolve('timed-out');
          else look(Math.min(interval * 2, LAST_POLL_MS));
        },
        Math.min(interval, deadline.left),
      );
      unrefTimer(timer); // whether the process stays alive is parkAsync's to say
    };
    look(FIRST_POLL_MS);
  });
  return { result, withdraw: () => clearTimeout(timer) };
}
