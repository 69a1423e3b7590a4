// A connected socket, or one that is being connected: what the system said last about each
// direction, and the bytes that it did not take yet. A direction is tried only when it may be
// ready. What an operation returns as Pending ends with an event of the reactor.
//
//   reading:  ready --1 short read, EAGAIN--> not ready --2 event--> ready
//             ready --3 end of the stream--> ended, for good
//   writing:  free --4 EAGAIN--> a rest is kept --5 event, rest sent--> free
//             --6 shut down, once no rest is kept--> finished, for good
//   both:     --7 error, which every later operation throws--> failed
//             --8 close, ended and finished, read to the end of what came before an error--> closed

import { type Poll, Pending } from '../core/future.ts';
import { ClosedError } from '../net/errors.ts';
import { Readiness } from '../net/readiness.ts';
import type { TcpAddress } from '../net/types.ts';
import { BUFFER_BYTES } from './buffers.ts';
import { HUNG_UP, READABLE, WRITABLE } from './epoll.ts';
import {
  EAGAIN,
  EINPROGRESS,
  EINTR,
  ENOTCONN,
  IPPROTO_TCP,
  MSG_NOSIGNAL,
  SHUT_WR,
  SO_ERROR,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  TCP_NODELAY,
} from './linux.ts';
import type { Reactor, Source } from './reactor.ts';
import { encodeAddress, familyOf } from './sockaddr.ts';
import { SystemError } from './system-error.ts';

const ONE = new Uint8Array(Int32Array.of(1).buffer);
const CLOSED = -1;

/** Serves one connection; only the public stream and the reactor use it. */
export class Connection implements Source {
  readonly readable: Readiness;
  readonly writable: Readiness;
  readonly #reactor: Reactor;
  #descriptor: number;
  /** Is the peer, until the connection is there. */
  #connecting: TcpAddress | undefined;
  #mayRead = true;
  /** The peer has ended or failed: no event will say so again, so reading goes on until the system says it. */
  #hungUp = false;
  #ended = false;
  #rest: Uint8Array | undefined = undefined;
  #sent = 0;
  #isShutDown = false;
  #finished = false;
  #error: SystemError | undefined = undefined;

  /** Takes over a descriptor; closes it if the reactor cannot watch it. */
  constructor(reactor: Reactor, descriptor: number, connecting?: TcpAddress) {
    this.#reactor = reactor;
    this.#descriptor = descriptor;
    this.#connecting = connecting;
    this.readable = new Readiness(reactor);
    this.writable = new Readiness(reactor);
    try {
      reactor.register(descriptor, this);
    } catch (error) {
      reactor.libc.close(descriptor);
      throw error;
    }
    reactor.libc.setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, ONE, 4);
  }

  /** Begins to connect. */
  static open(reactor: Reactor, address: TcpAddress): Connection {
    const { libc } = reactor;
    const encoded = encodeAddress(address);
    const descriptor = libc.socket(familyOf(encoded), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) throw new SystemError('socket', libc.errno[0]!);
    if (libc.connect(descriptor, encoded, encoded.length) < 0 && libc.errno[0] !== EINPROGRESS) {
      const error = new SystemError('connect', libc.errno[0]!, address);
      libc.close(descriptor);
      throw error;
    }
    return new Connection(reactor, descriptor, address);
  }

  ready(events: number): void {
    if ((events & HUNG_UP) !== 0) this.#hungUp = true;
    if ((events & READABLE) !== 0) {
      this.#mayRead = true; // 2
      this.readable.notify();
    }
    if ((events & WRITABLE) === 0) return;
    if (this.#connecting !== undefined) this.#endConnecting(this.#connecting);
    if (this.#rest !== undefined) this.#flush(); // 5
    if (this.#rest === undefined) this.writable.notify();
  }

  #endConnecting(address: TcpAddress): void {
    const value = new Int32Array(1);
    const length = Int32Array.of(4);
    const { libc } = this.#reactor;
    libc.getsockopt(
      this.#descriptor,
      SOL_SOCKET,
      SO_ERROR,
      new Uint8Array(value.buffer),
      new Uint8Array(length.buffer),
    );
    if (value[0] !== 0) this.#fail(new SystemError('connect', value[0]!, address));
    this.#connecting = undefined;
  }

  /** Tells when the connection is there. */
  readonly tryConnect = (): Poll<void> => {
    this.#throwIfClosed();
    return this.#connecting === undefined ? undefined : Pending;
  };

  /** Gives bytes that have arrived, or null after the last. */
  readonly tryRead = (): Poll<Uint8Array | null> => {
    if (this.#ended) return null;
    // Also after an error in writing: what has arrived before may still be read.
    while (this.#descriptor !== CLOSED && this.#mayRead) {
      const { libc, buffers } = this.#reactor;
      const length = libc.recv(this.#descriptor, buffers.incoming, BUFFER_BYTES, 0);
      if (length > 0) {
        // A short read has emptied the socket: more bytes, or the end, are a new edge. Not so if the end came before.
        if (length < BUFFER_BYTES && !this.#hungUp) this.#mayRead = false; // 1
        return buffers.take(length);
      }
      if (length === 0) {
        // After an error in writing the system says that this is the end, but it is not the peer's.
        if (this.#error === undefined) return this.#end();
        this.#release();
        break;
      }
      const errno = libc.errno[0]!;
      if (errno === EINTR) continue;
      this.#mayRead = false; // 1
      if (errno === EAGAIN) break;
      this.#fail(new SystemError('read', errno));
      this.#release();
    }
    this.#throwIfClosed();
    return Pending;
  };

  #end(): null {
    this.#ended = true; // 3
    if (this.#finished) this.#release();
    return null;
  }

  /** Takes bytes over: sends what the system takes, and keeps the rest. */
  tryWrite(bytes: Uint8Array): Poll<void> {
    this.#throwIfClosed();
    if (this.#isShutDown) throw new ClosedError('this side of the connection was shut down');
    if (this.#rest !== undefined) return Pending;
    if (bytes.length === 0) return undefined;
    this.#rest = bytes;
    this.#sent = 0;
    this.#flush();
    if (this.#error !== undefined) throw this.#error;
    return undefined;
  }

  /** Sends of the rest what the system takes. */
  #flush(): void {
    const { libc, buffers } = this.#reactor;
    const rest = this.#rest!;
    while (this.#sent < rest.length) {
      const length = buffers.put(rest, this.#sent);
      const sent = libc.send(this.#descriptor, buffers.outgoing, length, MSG_NOSIGNAL);
      if (sent >= 0) {
        this.#sent += sent;
        continue;
      }
      const errno = libc.errno[0]!;
      if (errno === EAGAIN) return; // 4
      if (errno === EINTR) continue;
      this.#fail(new SystemError('write', errno));
      break;
    }
    this.#rest = undefined; // 5
    if (this.#isShutDown && this.#error === undefined) this.#finish();
  }

  /** Ends this side, after the rest. */
  readonly tryShutdown = (): Poll<void> => {
    if (this.#finished) return undefined;
    this.#throwIfClosed();
    this.#isShutDown = true;
    if (this.#rest !== undefined) return Pending;
    this.#finish();
    if (this.#error !== undefined) throw this.#error;
    return undefined;
  };

  #finish(): void {
    const { libc } = this.#reactor;
    // A connection that the peer has reset has nothing left to end.
    if (libc.shutdown(this.#descriptor, SHUT_WR) < 0 && libc.errno[0] !== ENOTCONN) {
      this.#fail(new SystemError('shutdown', libc.errno[0]!));
      return;
    }
    this.#finished = true; // 6
    if (this.#ended) this.#release();
  }

  /** Keeps the first error, and lets both directions know. */
  #fail(error: SystemError): void {
    this.#error ??= error; // 7
    this.readable.notify();
    this.writable.notify();
  }

  #throwIfClosed(): void {
    if (this.#error !== undefined) throw this.#error;
    if (this.#descriptor === CLOSED) throw new ClosedError('the connection was closed');
  }

  close(): void {
    this.#release();
    this.readable.notify();
    this.writable.notify();
  }

  /** Gives the descriptor back: on demand, and when nothing more can come of the connection. */
  #release(): void {
    if (this.#descriptor === CLOSED) return;
    const descriptor = this.#descriptor;
    this.#descriptor = CLOSED; // 8
    this.#rest = undefined;
    this.#reactor.release(descriptor);
  }
}
