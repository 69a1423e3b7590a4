// How other threads end this thread's wait in epoll: an eventfd, to which the callers of a
// shared waker write while the inbox says POLLING (see ../inbox/). It is watched
// edge-triggered, so nobody needs to read it: each write is an edge.
//
// A caller writes some time after it found the state POLLING. Were the descriptor closed in
// between, and its number given to a file, the caller would write into that. So the owner
// counts the calls it owes a write, and closes only after as many writes have come.

import { Deadline, park } from '@concurrency-lab/atomics';
import { type Inbox, threadInbox } from '../inbox/inbox.ts';
import { AWAKE, CALLED, LAYOUT, POLLING } from '../inbox/layout.ts';
import type { Libc } from './libc.ts';
import { EFD_CLOEXEC, EFD_NONBLOCK } from './linux.ts';
import { SystemError } from './system-error.ts';

const STATE = LAYOUT.index.state;
/** A caller that has not written by then was killed before it could. */
const PATIENCE_MS = 1000;

/** Is rung by other threads. */
export class Doorbell {
  readonly descriptor: number;
  readonly #libc: Libc;
  readonly #inbox: Inbox = threadInbox();
  /** Counts the callers that found this thread polling: each has written or will write, once. */
  #calls = 0;

  constructor(libc: Libc) {
    this.#libc = libc;
    this.descriptor = libc.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (this.descriptor < 0) throw new SystemError('eventfd', libc.errno[0]!);
    this.#inbox.eventFd = this.descriptor;
  }

  /** Tells whether anybody has a waker to ring with. */
  get isShared(): boolean {
    return this.#inbox.shared > 0;
  }

  /** Says that the thread is about to wait in epoll; false if it must not, for somebody has called already. */
  doze(): boolean {
    return this.#inbox.doze(POLLING);
  }

  /** Says that the wait is over; whoever calls from now on does not write. */
  rise(): void {
    // ORDERING(W11): ends POLLING and tells whether a caller has seen it, in one step; W6 is on the other side of it.
    if (Atomics.exchange(this.#inbox.region.words, STATE, AWAKE) === CALLED) this.#calls++;
  }

  /** Closes the descriptor, after the last write has come; a write that never comes leaves it open. */
  close(): void {
    const deadline = Deadline.after(PATIENCE_MS);
    const nothing = new Int32Array(new SharedArrayBuffer(4));
    for (let left = this.#calls - this.#writes(); left > 0; left -= this.#writes()) {
      if (deadline.left === 0) return;
      park(nothing, 0, 0, { timeout: 1 });
    }
    this.#libc.close(this.descriptor);
  }

  /** Takes the count of writes that have come since it was taken last. */
  #writes(): number {
    const count = new BigUint64Array(1);
    const length = this.#libc.read(this.descriptor, new Uint8Array(count.buffer), 8);
    return length === 8 ? Number(count[0]) : 0;
  }
}
