// The reactor as programs use it: open it, run an executor on it with blockOn, close it.

import { type Parker, parker } from '../park-thread.ts';
import { loadLibc } from './libc.ts';
import { Reactor } from './reactor.ts';

/**
 * Waits for sockets in `epoll_wait` of Linux, called through the foreign function interface of
 * the runtime: koffi on Node (`npm install koffi`), `bun:ffi` on Bun, `Deno.dlopen` on Deno.
 *
 * The reactor owns its thread: give it to `blockOn`, which sleeps in it. Timers and wakers of
 * other threads end that sleep as well; promises and `node:net` cannot, since the event loop
 * stands still. There is one reactor for each thread, and `TcpListener` and `TcpStream` of
 * this module belong to that of the thread on which they are used.
 *
 * @example
 * ```ts
 * import { blockOn, Executor } from '@concurrency-lab/mini-exec';
 * import * as epoll from '@concurrency-lab/mini-exec/epoll';
 * import * as net from '@concurrency-lab/mini-exec/net';
 *
 * const executor = new Executor();
 * function* greet({ TcpListener, TcpStream }: net.Network) {
 *   using listener = yield* TcpListener.bind({ port: 0 });
 *   executor.spawn(function* () {
 *     using stream = (yield* listener.accept())!;
 *     yield* stream.write('hello');
 *     yield* stream.shutdown();
 *   });
 *   using stream = yield* TcpStream.connect(listener.address);
 *   return Buffer.from((yield* stream.read())!).toString();
 * }
 *
 * async function run() {
 *   if (process.platform !== 'linux') return await executor.spawn(greet(net));
 *   using reactor = await epoll.EpollReactor.open();
 *   return blockOn(greet(epoll), executor, reactor);
 * }
 * await run(); // => 'hello'
 * ```
 */
export class EpollReactor implements Parker, Disposable {
  readonly #reactor: Reactor;
  readonly #parker: Parker;

  private constructor(reactor: Reactor) {
    this.#reactor = reactor;
    this.#parker = parker(reactor);
  }

  /**
   * Opens the reactor of this thread.
   *
   * @throws {UnsupportedPlatformError} if this is not Linux, or the foreign function interface
   * is missing; the message says what to install or allow
   * @throws {ReactorError} if one is open on this thread
   * @throws {SystemError} if the process has no descriptors left
   */
  static async open(): Promise<EpollReactor> {
    return new EpollReactor(Reactor.open(await loadLibc()));
  }

  /** Counts the sockets of this thread that are open: listeners and connections. */
  get sockets(): number {
    return this.#reactor.registered;
  }

  /**
   * Wakes the tasks whose sockets are ready, whose timers are due, and that other threads have
   * called; first blocks the thread until there are some, or for a while. `blockOn` calls it.
   *
   * @param timeout - blocks not longer than so many milliseconds; 0 looks and does not block
   * @returns false, without having blocked, if nothing is left that could wake a task
   */
  park(timeout: number): boolean {
    const isParked = this.#parker.park(timeout);
    // Sockets for which no task waits have things to do as well: to accept, and to send what is left.
    if (!isParked && this.sockets > 0) this.#reactor.sleep(0);
    return isParked;
  }

  /** Closes the reactor with all sockets that are open; tasks that wait for them learn it when they are polled. */
  close(): void {
    this.#reactor.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
