// The public face of a connection: its operations as futures.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import type { Future } from '../core/future.ts';
import type { Coroutine } from '../coroutine.ts';
import { Attempt } from '../net/readiness.ts';
import { requireAddress, type Stream, type TcpAddress } from '../net/types.ts';
import { Connection } from './connection.ts';
import { threadReactor } from './reactor.ts';
import { encodeAddress } from './sockaddr.ts';

const encoder = new TextEncoder();

/**
 * Reads and writes one TCP connection. One task at a time may read, and one may write. What
 * one write leaves to send is kept, and the next write waits for it: a peer that does not read
 * makes the writer wait.
 *
 * Every operation throws the system's error, such as `ECONNRESET`, once the connection has failed.
 */
export class TcpStream implements Stream {
  readonly #connection: Connection;

  /** Is called by {@link TcpStream.connect} and by the listener. */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Connects to a listening peer.
   *
   * @param address - its host is an IPv4 or IPv6 address, or `localhost`; names are not looked up
   * @throws {InvalidArgumentError} at once on a port that is none, or on a name
   * @throws {ReactorError} from the coroutine if this thread has no reactor
   * @throws {SystemError} from the coroutine, such as `ECONNREFUSED`
   */
  static connect(address: TcpAddress): Coroutine<TcpStream> {
    encodeAddress(requireAddress(address));
    return TcpStream.#connect(address);
  }

  static *#connect(address: TcpAddress): Coroutine<TcpStream> {
    const connection = Connection.open(threadReactor(), address);
    let connected = false;
    try {
      yield* new Attempt(connection.writable, connection.tryConnect);
      connected = true;
      return new TcpStream(connection);
    } finally {
      if (!connected) connection.close();
    }
  }

  /**
   * Reads the bytes that have arrived, at least one and at most 65536; they are the caller's to keep.
   *
   * @returns null when the peer has sent all it wanted to
   * @throws {ClosedError} after {@link TcpStream.close}
   * @throws {BusyError} while another task reads
   */
  read(): Future<Uint8Array | null> {
    return new Attempt(this.#connection.readable, this.#connection.tryRead);
  }

  /**
   * Writes all of `bytes`, once the bytes of earlier writes were sent. It returns when the
   * connection has taken them over, not when the peer has them; do not change them after.
   *
   * @param bytes - a string is sent as UTF-8
   * @throws {InvalidArgumentError} at once on anything else
   * @throws {ClosedError} after {@link TcpStream.close} or {@link TcpStream.shutdown}
   * @throws {BusyError} while another task writes
   */
  write(bytes: Uint8Array | string): Future<void> {
    const encoded = typeof bytes === 'string' ? encoder.encode(bytes) : requireBytes(bytes);
    return new Attempt(this.#connection.writable, () => this.#connection.tryWrite(encoded));
  }

  /** Sends what is left to send, tells the peer that nothing follows, and waits until that is done. Reading goes on. */
  shutdown(): Future<void> {
    return new Attempt(this.#connection.writable, this.#connection.tryShutdown);
  }

  /** Closes the connection at once, also for tasks that wait for it; what was not sent yet is lost. */
  close(): void {
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function requireBytes(bytes: Uint8Array): Uint8Array {
  if (ArrayBuffer.isView(bytes) && Object.prototype.toString.call(bytes) === '[object Uint8Array]') return bytes;
  throw new InvalidArgumentError(`bytes must be a Uint8Array or a string, not ${describe(bytes)}`);
}
