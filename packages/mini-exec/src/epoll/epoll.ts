// An epoll instance: an object of the kernel that watches descriptors. Each is added once,
// edge-triggered, for both directions: the kernel reports a direction when it becomes ready
// and then keeps silent until it was exhausted and became ready again. So a socket costs no
// further calls, and who is woken must try until the system says EAGAIN.

import {
  EPOLL_CLOEXEC,
  EPOLL_CTL_ADD,
  EPOLLERR,
  EPOLLET,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
  EPOLLRDHUP,
  EINTR,
} from './linux.ts';
import type { Libc } from './libc.ts';
import { SystemError } from './system-error.ts';

/** Says that reading will not wait: for bytes, the end, or an error. */
export const READABLE: number = EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR;
/** Says that writing will not wait: for room, or an error. */
export const WRITABLE: number = EPOLLOUT | EPOLLHUP | EPOLLERR;
/** Says that no edge will announce the end of the stream: it is here already. */
export const HUNG_UP: number = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

/** So many events are taken from the kernel at a time. */
const BATCH = 512;
/**
 * Is the longest sleep. A thread in a system call cannot be terminated, and the process that
 * exits waits for it: so it comes back to JavaScript now and then, where it can.
 */
const LONGEST_MS = 200;

/** Watches descriptors. */
export class Epoll {
  readonly #libc: Libc;
  readonly #descriptor: number;
  readonly #control: Int32Array<ArrayBuffer>;
  readonly #events: Int32Array<ArrayBuffer>;
  readonly #controlBytes: Uint8Array<ArrayBuffer>;
  readonly #eventBytes: Uint8Array<ArrayBuffer>;
  /** Counts the words of a `struct epoll_event`, and of what precedes its descriptor. */
  readonly #stride: number;
  readonly #offset: number;

  constructor(libc: Libc, architecture: string) {
    this.#libc = libc;
    // The struct is packed where 32-bit programs must find it the same.
    const isPacked = architecture === 'x64' || architecture === 'ia32';
    this.#stride = isPacked ? 3 : 4;
    this.#offset = isPacked ? 1 : 2;
    this.#control = new Int32Array(new ArrayBuffer(4 * this.#stride));
    this.#events = new Int32Array(new ArrayBuffer(4 * this.#stride * BATCH));
    this.#controlBytes = new Uint8Array(this.#control.buffer);
    this.#eventBytes = new Uint8Array(this.#events.buffer);
    this.#descriptor = libc.epoll_create1(EPOLL_CLOEXEC);
    if (this.#descriptor < 0) throw new SystemError('epoll_create1', libc.errno[0]!);
  }

  /** Begins to watch a descriptor; closing it ends that. */
  add(descriptor: number): void {
    this.#control[0] = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    this.#control[this.#offset] = descriptor;
    if (this.#libc.epoll_ctl(this.#descriptor, EPOLL_CTL_ADD, descriptor, this.#controlBytes) === 0) return;
    throw new SystemError('epoll_ctl', this.#libc.errno[0]!);
  }

  /**
   * Blocks until something is ready, at most `timeout` milliseconds and perhaps less, and
   * counts the events, which are at {@link Epoll.descriptorAt} and {@link Epoll.readinessAt} until the next wait.
   */
  wait(timeout: number): number {
    // Rounded up: to be woken too early would be to ask again and again until a timer is due.
    const milliseconds = Math.min(Math.ceil(timeout), LONGEST_MS);
    const count = this.#libc.epoll_wait(this.#descriptor, this.#eventBytes, BATCH, milliseconds);
    if (count >= 0) return count;
    const errno = this.#libc.errno[0]!;
    if (errno === EINTR) return 0;
    throw new SystemError('epoll_wait', errno);
  }

  /** Gives the descriptor of an event. */
  descriptorAt(index: number): number {
    return this.#events[index * this.#stride + this.#offset]!;
  }

  /** Gives the flags of an event. */
  readinessAt(index: number): number {
    return this.#events[index * this.#stride]!;
  }

  /** Gives the instance back to the kernel. */
  close(): void {
    this.#libc.close(this.#descriptor);
  }
}
