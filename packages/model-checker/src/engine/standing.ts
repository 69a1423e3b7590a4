// Where each thread stands that has not ended, once an execution has: what a deadlock, a lost
// wake-up or a livelock consists of.

import { stillAwaits } from './awaiting.ts';
import { JOIN, RESUME } from './kinds.ts';
import { x } from './state.ts';
import { CUT, FINISHED, READY, SLEEPING, type Reading, type Thread } from './thread.ts';
import { placeName, showRound } from './trace.ts';

/** Where a thread stands. */
export interface Standing {
  readonly thread: number;
  readonly state: 'sleeps' | 'idle' | 'spins' | 'joins' | 'ready';
  /** What it does there, without its name: `sleeps in Atomics.wait(state)`. */
  readonly text: string;
  /** Why it goes on doing so: `nobody is left to notify it`. */
  readonly because: string;
  readonly site: number;
}

/** Tells where the threads stand that have not ended. */
export function standings(): Standing[] {
  return x.threads.filter(({ status }) => status !== FINISHED).map((thread) => standingOf(thread));
}

function standingOf(thread: Thread): Standing {
  const { id, status, isIdle, kind, view, index, site } = thread;
  if (isIdle) {
    return { thread: id, state: 'idle', text: 'awaits a promise', because: 'nobody is left to settle it', site };
  }
  if (status === SLEEPING && kind === RESUME && view !== undefined) {
    const place = placeName(view, view.byteOffset + index * view.BYTES_PER_ELEMENT);
    return {
      thread: id,
      state: 'sleeps',
      text: `sleeps in Atomics.wait(${place})`,
      because: 'nobody is left to notify it',
      site,
    };
  }
  if (status === CUT || stillAwaits(thread)) {
    const round = status === CUT ? thread.cutRound! : lastRound(thread);
    const at = thread.awaiting?.loop.site ?? site;
    return {
      thread: id,
      state: 'spins',
      text: 'spins',
      because: `${showRound(round)}, which nobody is left to change`,
      site: at,
    };
  }
  if (status === READY && kind === JOIN) {
    return { thread: id, state: 'joins', text: `waits for ${thread.target!.name} to end`, because: '', site: -1 };
  }
  return { thread: id, state: 'ready', text: 'could go on', because: '', site };
}

function lastRound(thread: Thread): readonly Reading[] {
  return thread.awaiting?.rounds.at(-1) ?? [];
}
