// A TCP connection whose reads and writes are futures. Bytes that arrive are kept until
// they are read, up to READ_LIMIT; then the socket is paused, and TCP makes the peer wait.
// Bytes to send go to the socket's own buffer; while that is full, a write waits for room.
// So a connection holds little, however fast one side is and however slow the other.

import { connect, type Socket } from 'node:net';
import { type Future, Pending, type Poll } from '../core/future.ts';
import type { Coroutine } from '../coroutine.ts';
import { ClosedError } from './errors.ts';
import { eventLoopDriver } from './event-loop-driver.ts';
import { Attempt, Readiness } from './readiness.ts';
import { requireAddress, type Stream, type TcpAddress } from './types.ts';

const READ_LIMIT = 64 * 1024;

/**
 * Reads and writes one TCP connection. One task at a time may read, and one may write.
 *
 * Every operation throws the system's error, such as `ECONNRESET`, once the connection has failed.
 */
export class TcpStream implements Stream {
  readonly #socket: Socket;
  readonly #readable = new Readiness(eventLoopDriver);
  readonly #writable = new Readiness(eventLoopDriver);
  readonly #chunks: Uint8Array[] = [];
  #buffered = 0;
  #paused = false;
  #ended = false;
  #error: Error | undefined;

  /** Takes over a socket of `node:net`, which nobody else may use from then on. */
  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Uint8Array) => {
      this.#chunks.push(chunk);
      this.#buffered += chunk.length;
      if (this.#buffered > READ_LIMIT) {
        this.#paused = true;
        socket.pause();
      }
      this.#readable.notify();
    });
    socket.on('end', () => {
      this.#ended ||= !socket.destroyed; // Bun says so after close(), too
      this.#readable.notify();
    });
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.on('close', () => {
      this.#readable.notify();
      this.#writable.notify();
    });
    const writable = (): void => this.#writable.notify();
    socket.on('connect', writable).on('drain', writable).on('finish', writable);
  }

  /**
   * Connects to a listening peer.
   *
   * @throws {InvalidArgumentError} at once on a port that is none
   * @throws the system's error, such as `ECONNREFUSED`, from the coroutine
   */
  static connect(address: TcpAddress): Coroutine<TcpStream> {
    return TcpStream.#connect(requireAddress(address));
  }

  static *#connect({ host, port }: TcpAddress): Coroutine<TcpStream> {
    const stream = new TcpStream(connect({ host, port, allowHalfOpen: true }));
    let connected = false;
    try {
      yield* stream.#connected();
      connected = true;
      return stream;
    } finally {
      if (!connected) stream.close();
    }
  }

  /** Is ready when the connection is. */
  #connected(): Future<void> {
    return new Attempt(this.#writable, () => {
      this.#throwIfClosed();
      return this.#socket.connecting ? Pending : undefined;
    });
  }

  /**
   * Reads the bytes that have arrived, at least one; they are the caller's to keep.
   *
   * @returns null when the peer has sent all it wanted to
   * @throws {ClosedError} after {@link TcpStream.close}
   * @throws {BusyError} while another task reads
   */
  read(): Future<Uint8Array | null> {
    return new Attempt(this.#readable, this.#tryRead);
  }

  readonly #tryRead = (): Poll<Uint8Array | null> => {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#buffered -= chunk.length;
      if (this.#paused && this.#buffered === 0) {
        this.#paused = false;
        this.#socket.resume();
      }
      return chunk;
    }
    if (this.#ended) return null;
    this.#throwIfClosed();
    return Pending;
  };

  /**
   * Writes all of `bytes`, once the bytes of earlier writes have left room. It returns when
   * the connection has taken them over, not when the peer has them; do not change them after.
   *
   * @param bytes - a string is sent as UTF-8
   * @throws {ClosedError} after {@link TcpStream.close} or {@link TcpStream.shutdown}
   * @throws {BusyError} while another task writes
   */
  write(bytes: Uint8Array | string): Future<void> {
    return new Attempt(this.#writable, () => {
      this.#throwIfClosed();
      if (this.#socket.writableEnded) throw new ClosedError('this side of the connection was shut down');
      if (this.#socket.writableNeedDrain) return Pending;
      this.#socket.write(bytes); // CALLER: who writes bytes leaves them alone until then.
      return undefined;
    });
  }

  /** Sends what is left to send, tells the peer that nothing follows, and waits until that is done. Reading goes on. */
  shutdown(): Future<void> {
    return new Attempt(this.#writable, () => {
      if (this.#socket.writableFinished) return undefined;
      this.#throwIfClosed();
      if (!this.#socket.writableEnded) this.#socket.end();
      return Pending;
    });
  }

  #throwIfClosed(): void {
    if (this.#error !== undefined) throw this.#error;
    if (this.#socket.destroyed) throw new ClosedError('the connection was closed');
  }

  /** Closes the connection at once, also for tasks that wait for it; what was not sent yet is lost. */
  close(): void {
    this.#socket.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
