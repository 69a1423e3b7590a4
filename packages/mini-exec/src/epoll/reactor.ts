// The reactor of a thread: it knows which socket a descriptor belongs to, sleeps in
// epoll_wait while no task is ready, and tells the sockets that became ready, which wake the
// tasks that wait for them.
//
// Source: the structure of mio and of smol's polling.

import { ConcurrencyError } from '@concurrency-lab/atomics';
import type { Waker } from '../core/future.ts';
import type { Driver } from '../net/readiness.ts';
import type { Bed } from '../park-thread.ts';
import { Buffers } from './buffers.ts';
import { type Doorbell, threadDoorbell } from './doorbell.ts';
import { Epoll } from './epoll.ts';
import type { Libc } from './libc.ts';
import { EFD_CLOEXEC } from './linux.ts';

/** Is a socket, as the reactor sees it. */
export interface Source {
  /** Is told the epoll flags of what became ready. */
  ready(events: number): void;
  /** Closes the socket; the reactor is closed. */
  close(): void;
}

/** Reports a use of the epoll sockets on a thread that has no reactor, or the opening of a second one. */
export class ReactorError extends ConcurrencyError {
  override readonly name = 'ReactorError';
  override readonly code = 'ERR_REACTOR';
}

let current: Reactor | undefined;

/** Gives the reactor of this thread; throws if none is open. */
export function threadReactor(): Reactor {
  if (current !== undefined) return current;
  throw new ReactorError('no reactor is open on this thread: `using reactor = await EpollReactor.open()` comes first');
}

/** Serves the sockets of one thread. */
export class Reactor implements Bed, Driver {
  readonly libc: Libc;
  readonly buffers: Buffers = new Buffers();
  /** Counts the directions of sockets for which a task waits. */
  waiting = 0;
  readonly #epoll: Epoll;
  readonly #doorbell: Doorbell;
  /** Holds each socket at the index of its descriptor: the kernel gives the lowest number that is free. */
  readonly #sources: (Source | undefined)[] = [];
  #registered = 0;
  /** Is kept to be given up when there are no descriptors left; see {@link Reactor.withReserve}. */
  #reserve: number;

  private constructor(libc: Libc, epoll: Epoll, doorbell: Doorbell) {
    this.libc = libc;
    this.#epoll = epoll;
    this.#doorbell = doorbell;
    this.#reserve = libc.eventfd(0, EFD_CLOEXEC);
  }

  /** Makes the reactor of this thread; throws if there is one. */
  static open(libc: Libc): Reactor {
    if (current !== undefined)
      throw new ReactorError('this thread has a reactor already: one serves all of its sockets');
    const epoll = new Epoll(libc, process.arch);
    try {
      const doorbell = threadDoorbell(libc);
      epoll.add(doorbell.descriptor);
      current = new Reactor(libc, epoll, doorbell);
      return current;
    } catch (error) {
      epoll.close();
      throw error;
    }
  }

  /** Counts the sockets that are open. */
  get registered(): number {
    return this.#registered;
  }

  get isAwaited(): boolean {
    return this.waiting > 0;
  }

  wake(waker: Waker): void {
    waker.wake();
  }

  /** Begins to tell a socket what becomes ready. */
  register(descriptor: number, source: Source): void {
    this.#epoll.add(descriptor);
    this.#sources[descriptor] = source;
    this.#registered++;
  }

  /** Closes a registered socket's descriptor; nothing more is told about it. */
  release(descriptor: number): void {
    this.#sources[descriptor] = undefined;
    this.#registered--;
    this.libc.close(descriptor);
  }

  sleep(timeout: number): void {
    const count = this.#epoll.wait(timeout === 0 || !this.#doorbell.mayWait() ? 0 : timeout);
    for (let i = 0; i < count; i++) {
      // A descriptor that has no source is the doorbell, or was closed while its event was under way.
      this.#sources[this.#epoll.descriptorAt(i)]?.ready(this.#epoll.readinessAt(i));
    }
  }

  /**
   * Calls `use` while one descriptor more is free than the process otherwise has; does not
   * call it if another thread has taken even that one.
   *
   * Source: the EMFILE trick of libev and libuv.
   */
  withReserve(use: () => void): void {
    if (this.#reserve >= 0) {
      this.libc.close(this.#reserve);
      use();
    }
    this.#reserve = this.libc.eventfd(0, EFD_CLOEXEC);
  }

  /** Closes all sockets, and the reactor; what waits for them learns it. */
  close(): void {
    if (current !== this) return;
    for (const source of this.#sources) source?.close();
    this.#epoll.close();
    if (this.#reserve >= 0) this.libc.close(this.#reserve);
    current = undefined;
  }
}
