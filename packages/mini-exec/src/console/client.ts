// The console's side of the connection; for scripts and tests, too.

import { ClosedError, InvalidArgumentError, requireTimeout, TimeoutError } from '@concurrency-lab/atomics';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConsoleAddress, requireConsoleAddress } from './addresses.ts';
import type { GcAnswer, SnapshotAnswer } from './protocol.ts';

/** An answer longer than this, in characters, is none. */
const LONGEST_ANSWER = 2 ** 27;

/** Sets a client up. */
export interface ConnectOptions {
  /** Milliseconds to wait for each answer; 5000 where not given. A thread that is busy does not answer. */
  readonly timeout?: number | undefined;
}

/** Asks a program about its tasks; one request at a time. */
export interface ConsoleClient extends Disposable {
  /**
   * Describes the program and its tasks.
   *
   * @param limit - the most tasks to list, from 0 to 10000; 1000 where not given
   * @throws {TimeoutError} if the program does not answer in time, for example while a poll takes long
   * @throws {ClosedError} if it has ended, or closed the connection
   */
  snapshot(limit?: number): Promise<SnapshotAnswer>;
  /**
   * Has the program collect its garbage, so that the next snapshot shows which wakers are lost.
   *
   * @returns whether its runtime can; it stands still meanwhile
   */
  collectGarbage(): Promise<boolean>;
  /** Disconnects. */
  close(): void;
}

/**
 * Connects to a program that serves the console.
 *
 * @throws {InvalidArgumentError} on an address or timeout that is none
 * @throws the system's error if nobody listens there, such as `ECONNREFUSED`
 *
 * @example
 * ```ts
 * import { connectConsole, serveConsole } from '@concurrency-lab/mini-exec/console';
 *
 * using server = await serveConsole({ port: 0 });
 * using client = await connectConsole(server.address);
 * const { program, snapshot } = await client.snapshot();
 * program.pid === process.pid; // => true
 * snapshot.totals.live; // => 0
 * ```
 */
export async function connectConsole(address: ConsoleAddress, options: ConnectOptions = {}): Promise<ConsoleClient> {
  const timeout = requireTimeout(options.timeout ?? 5000);
  const socket = connect(requireConsoleAddress(address));
  await once(socket, 'connect');
  return new Client(socket, timeout);
}

interface Waiting {
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
}

class Client implements ConsoleClient {
  readonly #socket: Socket;
  readonly #timeout: number;
  /** Holds who waits for an answer, and, so that answers keep their order, who has given up. */
  readonly #waiting: Waiting[] = [];
  #line = '';

  constructor(socket: Socket, timeout: number) {
    this.#socket = socket;
    this.#timeout = timeout;
    socket.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    socket.on('error', () => {}); // closes it
    socket.on('close', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new ClosedError('the program closed the connection'));
    });
  }

  #read(text: string): void {
    this.#line += text;
    if (text.includes('\n')) {
      const lines = this.#line.split('\n');
      this.#line = lines.pop()!;
      for (const line of lines) this.#waiting.shift()?.resolve(line);
    } else if (this.#line.length > LONGEST_ANSWER) this.#socket.destroy();
  }

  async #ask(request: unknown): Promise<unknown> {
    if (this.#socket.destroyed) throw new ClosedError('the connection to the program was closed');
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const line = await new Promise<string>((resolve, reject) => {
        this.#waiting.push({ resolve, reject });
        this.#socket.write(`${JSON.stringify(request)}\n`);
        if (this.#timeout === Infinity) return;
        timer = setTimeout(() => reject(new TimeoutError('the request', this.#timeout)), this.#timeout);
      });
      return JSON.parse(line);
    } finally {
      clearTimeout(timer);
    }
  }

  async snapshot(limit = 1000): Promise<SnapshotAnswer> {
    const answer = (await this.#ask({ request: 'snapshot', limit })) as SnapshotAnswer | { readonly error: string };
    if ('error' in answer) throw new InvalidArgumentError(answer.error);
    return answer;
  }

  async collectGarbage(): Promise<boolean> {
    return ((await this.#ask({ request: 'gc' })) as GcAnswer).collected;
  }

  close(): void {
    this.#socket.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
