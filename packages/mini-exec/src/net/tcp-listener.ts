// A listening TCP socket whose connections are taken one by one, with a future.

import { type AddressInfo, createServer, type Server } from 'node:net';
import { requireInteger } from '@concurrency-lab/atomics';
import type { Coroutine } from '../core/coroutine.ts';
import type { Context, Future, Poll } from '../core/future.ts';
import { Attempt, Readiness } from './readiness.ts';
import { MOST_PORT, type TcpAddress, TcpStream } from './tcp-stream.ts';

/** Says where to listen, and how many connections may wait to be accepted. */
export interface ListenOptions {
  /** 0 to have the system choose a free one. */
  readonly port: number;
  /** The loopback address `127.0.0.1` where not given. */
  readonly host?: string;
  /** Connections beyond so many that wait to be accepted are refused; 511 where not given. */
  readonly backlog?: number;
}

/**
 * Listens for TCP connections.
 *
 * @example
 * ```ts
 * import { Executor } from '@concurrency-lab/mini-exec';
 * import { TcpListener, TcpStream } from '@concurrency-lab/mini-exec/net';
 *
 * const executor = new Executor();
 * await executor.spawn(function* () {
 *   using listener = yield* TcpListener.bind({ port: 0 });
 *   executor.spawn(function* () {
 *     using stream = (yield* listener.accept())!;
 *     yield* stream.write('hello');
 *     yield* stream.shutdown();
 *   });
 *   using stream = yield* TcpStream.connect(listener.address);
 *   return Buffer.from((yield* stream.read())!).toString();
 * }); // => 'hello'
 * ```
 */
export class TcpListener implements Disposable {
  readonly #server: Server;
  readonly #backlog: number;
  readonly #acceptable = new Readiness();
  readonly #waiting: TcpStream[] = [];
  #error: Error | undefined;

  private constructor(backlog: number) {
    this.#backlog = backlog;
    this.#server = createServer({ allowHalfOpen: true });
    const notify = (): void => this.#acceptable.notify();
    this.#server.on('connection', (socket) => {
      if (this.#waiting.length < this.#backlog) this.#waiting.push(new TcpStream(socket));
      else socket.destroy();
      notify();
    });
    this.#server.on('error', (error) => {
      this.#error = error;
      notify();
    });
    this.#server.on('listening', notify).on('close', notify);
  }

  /**
   * Begins to listen.
   *
   * @throws {InvalidArgumentError} at once on a port or backlog out of range
   * @throws the system's error, such as `EADDRINUSE`, from the coroutine
   */
  static bind({ port, host = '127.0.0.1', backlog = 511 }: ListenOptions): Coroutine<TcpListener> {
    requireInteger('port', port, 0, MOST_PORT);
    requireInteger('backlog', backlog, 1, 65_535);
    return TcpListener.#bind(port, host, backlog);
  }

  static *#bind(port: number, host: string, backlog: number): Coroutine<TcpListener> {
    const listener = new TcpListener(backlog);
    listener.#server.listen({ port, host, backlog });
    let listening = false;
    try {
      yield* listener.#listening();
      listening = true;
      return listener;
    } finally {
      if (!listening) listener.close();
    }
  }

  /** Is ready when connections can come. */
  #listening(): Future<void> {
    return new Attempt(this.#acceptable, (cx) => {
      if (this.#error !== undefined) throw this.#error;
      return this.#server.listening ? undefined : this.#acceptable.wait(cx);
    });
  }

  /** Gives the address listened on. */
  get address(): TcpAddress {
    const { address, port } = this.#server.address() as AddressInfo;
    return { host: address, port };
  }

  /**
   * Takes the connection that has waited longest, as soon as there is one.
   *
   * @returns null after {@link TcpListener.close}
   * @throws {BusyError} while another task accepts
   */
  accept(): Future<TcpStream | null> {
    return new Attempt(this.#acceptable, (cx) => this.#pollAccept(cx));
  }

  #pollAccept(cx: Context): Poll<TcpStream | null> {
    const stream = this.#waiting.shift();
    if (stream !== undefined) return stream;
    if (this.#error !== undefined) throw this.#error;
    return this.#server.listening ? this.#acceptable.wait(cx) : null;
  }

  /** Stops listening, and closes the connections that wait to be accepted; accepted ones live on. */
  close(): void {
    this.#server.close();
    for (const stream of this.#waiting.splice(0)) stream.close();
    this.#acceptable.notify();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
