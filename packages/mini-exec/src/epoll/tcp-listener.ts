// A listening socket. The reactor takes the connections that arrive from the system at once,
// so that those beyond the backlog are refused and none is forgotten; tasks get them from here.

import type { Future } from '../core/future.ts';
import { Pending } from '../core/future.ts';
import type { Coroutine } from '../coroutine.ts';
import { Attempt, Readiness } from '../net/readiness.ts';
import { type Listener, type ListenOptions, requireListenOptions, type TcpAddress } from '../net/types.ts';
import { Connection } from './connection.ts';
import {
  EAGAIN,
  ECONNABORTED,
  EHOSTDOWN,
  EHOSTUNREACH,
  EINTR,
  EMFILE,
  ENETDOWN,
  ENETUNREACH,
  ENFILE,
  ENONET,
  ENOPROTOOPT,
  EOPNOTSUPP,
  EPERM,
  EPROTO,
  SO_REUSEADDR,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
} from './linux.ts';
import { type Reactor, type Source, threadReactor } from './reactor.ts';
import { decodeAddress, encodeAddress, familyOf, SOCKADDR_BYTES } from './sockaddr.ts';
import { SystemError } from './system-error.ts';
import { TcpStream } from './tcp-stream.ts';

const ONE = new Uint8Array(Int32Array.of(1).buffer);
const CLOSED = -1;

/** Concern one connection, not the listener: accept(2) says to go on with the next. */
const PASSING: ReadonlySet<number> = new Set([
  EINTR,
  ECONNABORTED,
  EPERM,
  EPROTO,
  ENOPROTOOPT,
  EOPNOTSUPP,
  ENETDOWN,
  ENETUNREACH,
  EHOSTDOWN,
  EHOSTUNREACH,
  ENONET,
]);

/**
 * Listens for TCP connections. A connection for which the process has no descriptor left is
 * refused, as on `node:net`.
 */
export class TcpListener implements Listener {
  readonly #reactor: Reactor;
  readonly #backlog: number;
  readonly #address: TcpAddress;
  readonly #acceptable: Readiness;
  #descriptor: number;
  /** Holds the descriptors of connections that wait to be accepted. */
  readonly #waiting: number[] = [];
  #error: SystemError | undefined = undefined;

  private constructor(reactor: Reactor, descriptor: number, backlog: number) {
    this.#reactor = reactor;
    this.#descriptor = descriptor;
    this.#backlog = backlog;
    this.#acceptable = new Readiness(reactor);
    const bytes = new Uint8Array(SOCKADDR_BYTES);
    reactor.libc.getsockname(descriptor, bytes, new Uint8Array(Int32Array.of(SOCKADDR_BYTES).buffer));
    this.#address = decodeAddress(bytes);
    const source: Source = { ready: () => this.#takeAll(), close: () => this.close() };
    reactor.register(descriptor, source);
  }

  /**
   * Begins to listen.
   *
   * @param options - the host is an IPv4 or IPv6 address, or `localhost`; names are not looked up
   * @throws {InvalidArgumentError} at once on a port or backlog out of range, or on a name
   * @throws {ReactorError} from the coroutine if this thread has no reactor
   * @throws {SystemError} from the coroutine, such as `EADDRINUSE`
   */
  static bind(options: ListenOptions): Coroutine<TcpListener> {
    const required = requireListenOptions(options);
    encodeAddress(required);
    return TcpListener.#bind(required);
  }

  // oxlint-disable-next-line require-yield -- it has nothing to wait for, unlike that of node:net
  static *#bind({ port, host, backlog }: Required<ListenOptions>): Coroutine<TcpListener> {
    const reactor = threadReactor();
    const { libc } = reactor;
    const address = encodeAddress({ host, port });
    const descriptor = libc.socket(familyOf(address), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) throw new SystemError('socket', libc.errno[0]!);
    try {
      // A server that starts again need not wait until the last connections of the one before are forgotten.
      libc.setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, ONE, 4);
      const failed = libc.bind(descriptor, address, address.length) < 0 || libc.listen(descriptor, backlog) < 0;
      if (failed) throw new SystemError('listen', libc.errno[0]!, { host, port });
      return new TcpListener(reactor, descriptor, backlog);
    } catch (error) {
      libc.close(descriptor);
      throw error;
    }
  }

  /** Gives the address listened on. */
  get address(): TcpAddress {
    return this.#address;
  }

  /**
   * Takes the connection that has waited longest, as soon as there is one.
   *
   * @returns null after {@link TcpListener.close}
   * @throws {BusyError} while another task accepts
   * @throws {SystemError} if the system has no memory for connections, or no descriptors even to refuse them
   */
  accept(): Future<TcpStream | null> {
    return new Attempt(this.#acceptable, () => {
      const descriptor = this.#waiting.shift();
      if (descriptor !== undefined) return new TcpStream(new Connection(this.#reactor, descriptor));
      const error = this.#error;
      this.#error = undefined; // the next connection is another try
      if (error !== undefined) throw error;
      return this.#descriptor === CLOSED ? null : Pending;
    });
  }

  /** Takes all connections that have arrived: there is no event for what is left. */
  #takeAll(): void {
    for (;;) {
      let errno = this.#take();
      if (errno === EMFILE || errno === ENFILE) errno = this.#refuse(errno);
      if (errno === 0 || PASSING.has(errno)) continue;
      if (errno !== EAGAIN) this.#error = new SystemError('accept', errno);
      break;
    }
    this.#acceptable.notify();
  }

  /** Takes one connection; gives the number of the error, or 0. */
  #take(): number {
    const { libc } = this.#reactor;
    const descriptor = libc.accept4(this.#descriptor, null, null, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) return libc.errno[0]!;
    if (this.#waiting.length < this.#backlog) this.#waiting.push(descriptor);
    else libc.close(descriptor);
    return 0;
  }

  /**
   * Closes the connection that has waited longest in the system, for which no descriptor is
   * left; gives the number of the error, or 0. (The system says so also when none waits.)
   */
  #refuse(errno: number): number {
    const { libc } = this.#reactor;
    let result = errno;
    this.#reactor.withReserve(() => {
      const descriptor = libc.accept4(this.#descriptor, null, null, SOCK_CLOEXEC);
      result = descriptor < 0 ? libc.errno[0]! : 0;
      if (descriptor >= 0) libc.close(descriptor);
    });
    return result;
  }

  /** Stops listening, and closes the connections that wait to be accepted; accepted ones live on. */
  close(): void {
    if (this.#descriptor === CLOSED) return;
    const descriptor = this.#descriptor;
    this.#descriptor = CLOSED;
    this.#reactor.release(descriptor);
    for (const waiting of this.#waiting.splice(0)) this.#reactor.libc.close(waiting);
    this.#acceptable.notify();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
