// How other threads end this thread's wait in epoll: an eventfd, to which the callers of a
// shared waker write while the inbox says POLLING (see ../inbox/). It is watched
// edge-triggered, so nobody needs to read it: each write is an edge.
//
// A caller writes some time after it found the state POLLING. Were the descriptor closed in
// between, and its number given to a file, the caller would write into that. So a thread has
// one, which its reactors share, and which lasts as long as the thread.

import { type Inbox, threadInbox } from '../inbox/inbox.ts';
import { POLLING } from '../inbox/layout.ts';
import type { Libc } from './libc.ts';
import { EFD_CLOEXEC, EFD_NONBLOCK } from './linux.ts';
import { SystemError } from './system-error.ts';

let doorbell: Doorbell | undefined;

/** Gives the doorbell of this thread, made at the first call. */
export function threadDoorbell(libc: Libc): Doorbell {
  return (doorbell ??= new Doorbell(libc, threadInbox()));
}

/** Is rung by other threads. */
export class Doorbell {
  readonly descriptor: number;
  readonly #inbox: Inbox;

  constructor(libc: Libc, inbox: Inbox) {
    this.descriptor = libc.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (this.descriptor < 0) throw new SystemError('eventfd', libc.errno[0]!);
    this.#inbox = inbox;
    inbox.eventFd = this.descriptor;
    process.once('exit', () => libc.close(this.descriptor));
  }

  /** Tells whether the thread may wait in epoll: not if somebody has called already, who then need not ring. */
  mayWait(): boolean {
    return this.#inbox.shared === 0 || this.#inbox.doze(POLLING);
  }
}
