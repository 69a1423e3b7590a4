// What every driver of the reactor offers. Code that takes a `Network`, a `Listener` or a
// `Stream` runs on each of them: on `node:net` and on epoll.

import { requireInteger } from '@concurrency-lab/atomics';
import type { Future } from '../core/future.ts';
import type { Coroutine } from '../coroutine.ts';

const MOST_PORT = 65_535;

/** Names one end of a connection. */
export interface TcpAddress {
  /** An IP address; a name where connecting. */
  readonly host: string;
  readonly port: number;
}

/** Says where to listen, and how many connections may wait to be accepted. */
export interface ListenOptions {
  /** 0 to have the system choose a free one. */
  readonly port: number;
  /** The loopback address `127.0.0.1` where not given. */
  readonly host?: string;
  /** Connections beyond so many that wait to be accepted are refused; 511 where not given. */
  readonly backlog?: number;
}

/** Is a connection, of whichever driver. */
export interface Stream extends Disposable {
  /** Reads the bytes that have arrived, at least one; null when the peer has sent all it wanted to. */
  read(): Future<Uint8Array | null>;
  /** Writes all of `bytes`, once the bytes of earlier writes have left room. */
  write(bytes: Uint8Array | string): Future<void>;
  /** Sends what is left, and tells the peer that nothing follows. */
  shutdown(): Future<void>;
  /** Closes the connection at once. */
  close(): void;
}

/** Is a listening socket, of whichever driver. */
export interface Listener extends Disposable {
  /** Gives the address listened on, also after {@link Listener.close}. */
  readonly address: TcpAddress;
  /** Takes the connection that has waited longest; null after {@link Listener.close}. */
  accept(): Future<Stream | null>;
  /** Stops listening. */
  close(): void;
}

/** Is what the modules `net` and `epoll` have in common, for programs that run on either. */
export interface Network {
  readonly TcpListener: { bind(options: ListenOptions): Coroutine<Listener> };
  readonly TcpStream: { connect(address: TcpAddress): Coroutine<Stream> };
}

/** Fills in what the options leave open; throws on a port or backlog out of range. */
export function requireListenOptions(options: ListenOptions): Required<ListenOptions> {
  const { port, host = '127.0.0.1', backlog = 511 } = options;
  requireInteger('port', port, 0, MOST_PORT);
  requireInteger('backlog', backlog, 1, 65_535);
  return { port, host, backlog };
}

/** Returns an address to connect to; throws on a port that is none. */
export function requireAddress(address: TcpAddress): TcpAddress {
  requireInteger('port', address.port, 1, MOST_PORT);
  return address;
}
