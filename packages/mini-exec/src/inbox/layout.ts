// The words of an inbox in shared memory, and who writes them.
//
//   STATE        what the owner does, and whether somebody has called; see states below
//   EVENT_FD     the descriptor to write to while the state is POLLING; the owner writes it once
//   GENERATION   of each slot: counts the wakers that had it, twice each; the owner writes
//   CALLED       a bit for each slot: wakers on any thread set it, the owner takes it

import { defineLayout, defineStructure, HEADER_FIELDS, type Layout, type Structure } from '@concurrency-lab/atomics';

/** So many wakers of one thread can be shared at a time. */
export const SLOTS = 4096;

/** Places the inbox's words. */
export const LAYOUT: Layout<'eventFd' | 'state' | 'called' | 'generations' | keyof typeof HEADER_FIELDS> = defineLayout(
  {
    ...HEADER_FIELDS,
    eventFd: 'int32',
    state: { kind: 'int32', isolated: true },
    called: { kind: 'int32', count: SLOTS / 32 },
    generations: { kind: 'int32', count: SLOTS },
  },
);

/** Opens and places inboxes. */
export const INBOX: Structure<'waker-inbox'> = defineStructure({ kind: 'waker-inbox', version: 1, ...LAYOUT });

/** Is the state while the owner is awake, and nobody has called since it looked. */
export const AWAKE = 0;
/** Is set by callers: the owner must look. */
export const CALLED = 1;
/** Is set while the owner sleeps, or waits without blocking, on STATE: notify it. */
export const PARKED = 2;
/** Is set while the owner sleeps in its reactor: write to its event descriptor. */
export const POLLING = 4;
