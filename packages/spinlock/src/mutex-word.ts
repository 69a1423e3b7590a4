// The word of a Mutex, and its transitions. Above the two flags stands the owner: the number
// of the handle that holds the mutex, 0 for none. Numbers keep below 2^30, which every engine
// handles without allocating.
//
//   FREE ──1──▶ owner ──2──▶ owner|WAITERS
//    ▲ ▲          │                │   ▲
//    │ └────3─────┘                │   │5 (FREE ──▶ owner|WAITERS, by a thread that waited)
//    └──────────4──────────────────┘
//   owner, owner|WAITERS ──6──▶ DIED ──7──▶ owner
//
//   1 lock, tryLock, lockAsync    2 a thread that is about to park    3, 4 unlock; 4 wakes one
//   5 lock, after waiting: others may sleep, so the flag is set to be on the safe side
//   6 MutexLoan.revoke, wakes all    7 recover

import { defineLayout, HEADER_FIELDS, type Layout } from '@concurrency-lab/atomics';

/** Where the words of a mutex lie. */
export const LAYOUT: Layout<keyof typeof HEADER_FIELDS | 'state' | 'owners'> = defineLayout({
  ...HEADER_FIELDS,
  state: 'int32', // the word described above
  owners: 'int32', // how many numbers were given to handles; only grows
});

/** Nobody holds the mutex. */
export const FREE = 0;
/** Somebody may sleep on the word: whoever releases wakes one. Set only while there is an owner. */
export const WAITERS = 1;
/** The owner died: nobody acquires until somebody recovers. */
export const DIED = 2;
/** Where the owner's number begins. */
export const OWNER_SHIFT = 2;
/** The bits of the owner's number. */
export const OWNER: number = ~(WAITERS | DIED);
/** The greatest number of a handle. */
export const MOST_OWNERS: number = 2 ** 28 - 1;

/**
 * Makes words of this thread's own that look like a mutex that is never free. A thread that may not
 * block tries to lock these, fails, and is told so; the others need not ask each time whether they may.
 */
export function neverFree(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(LAYOUT.byteLength)).fill(DIED); // M12: plain, nobody else has these words.
}
