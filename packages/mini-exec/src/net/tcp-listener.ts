// A listening TCP socket whose connections are taken one by one, with a future.

import { type AddressInfo, createServer, type Server } from 'node:net';
import { type Future, Pending } from '../core/future.ts';
import type { Coroutine } from '../coroutine.ts';
import { eventLoopDriver } from './event-loop-driver.ts';
import { Attempt, Readiness } from './readiness.ts';
import { TcpStream } from './tcp-stream.ts';
import { type Listener, type ListenOptions, requireListenOptions, type TcpAddress } from './types.ts';

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
export class TcpListener implements Listener {
  readonly #server: Server;
  readonly #backlog: number;
  readonly #acceptable = new Readiness(eventLoopDriver);
  readonly #waiting: TcpStream[] = [];
  #error: Error | undefined;
  /** Is kept: a server that is closed has none. */
  #address: TcpAddress | undefined;

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
  static bind(options: ListenOptions): Coroutine<TcpListener> {
    return TcpListener.#bind(requireListenOptions(options));
  }

  static *#bind({ port, host, backlog }: Required<ListenOptions>): Coroutine<TcpListener> {
    const listener = new TcpListener(backlog);
    listener.#server.listen({ port, host, backlog });
    let listening = false;
    try {
      yield* listener.#listening();
      const { address, port: found } = listener.#server.address() as AddressInfo;
      listener.#address = { host: address, port: found };
      listening = true;
      return listener;
    } finally {
      if (!listening) listener.close();
    }
  }

  /** Is ready when connections can come. */
  #listening(): Future<void> {
    return new Attempt(this.#acceptable, () => {
      if (this.#error !== undefined) throw this.#error;
      return this.#server.listening ? undefined : Pending;
    });
  }

  /** Gives the address listened on. */
  get address(): TcpAddress {
    return this.#address!;
  }

  /**
   * Takes the connection that has waited longest, as soon as there is one.
   *
   * @returns null after {@link TcpListener.close}
   * @throws {BusyError} while another task accepts
   */
  accept(): Future<TcpStream | null> {
    return new Attempt(this.#acceptable, () => {
      const stream = this.#waiting.shift();
      if (stream !== undefined) return stream;
      if (this.#error !== undefined) throw this.#error;
      return this.#server.listening ? Pending : null;
    });
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
