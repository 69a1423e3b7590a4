// The program's side of the console: answers those who connect, as a monitor of its tasks
// sees them. It cannot be hurt by them: it reads requests of bounded length, one at a time,
// answers each client not more often than every PACE milliseconds, and drops who does not
// keep to that or does not read. It keeps no process alive, and never throws into the program.

import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { threadId } from 'node:worker_threads';
import { type MonitorOptions, TaskMonitor } from '../tracing/monitor.ts';
import { runtimeSnapshots } from '../tracing/runtimes.ts';
import { type ConsoleAddress, defaultAddress, requireConsoleAddress } from './addresses.ts';
import { collectGarbage } from './collect-garbage.ts';
import {
  type ErrorAnswer,
  LONGEST_REQUEST,
  parseRequest,
  programInfo,
  type Request,
  type SnapshotAnswer,
} from './protocol.ts';

const MOST_CLIENTS = 8;
const PACE = 50;

/** Sets the console's server up: either of `path` and `port`, or neither. */
export interface ServeOptions extends MonitorOptions {
  /** Is the path of a local socket; where neither is given, one below the system's temporary folder, for this user alone. */
  readonly path?: string | undefined;
  /** Is a port of the loopback address, open to all users of the machine; 0 to have the system choose. */
  readonly port?: number | undefined;
}

/** Serves the console until it is closed, or the process ends. */
export interface ConsoleServer extends Disposable {
  /** Says where to connect. */
  readonly address: ConsoleAddress;
  /** Disconnects all clients and stops tracing. */
  close(): void;
}

/**
 * Begins to trace the tasks of this thread, and to serve the console: `mini-exec-console`, or
 * `connectConsole`. Tasks spawned before are seen from their next poll or wake-up on. The
 * server keeps no process alive, and answers while the event loop turns: not during a `blockOn`.
 *
 * @throws {InvalidArgumentError} on an address or threshold that is none
 * @throws the system's error if it cannot listen there, such as `EADDRINUSE`
 *
 * @example
 * ```ts
 * import { Executor, fromPromise } from '@concurrency-lab/mini-exec';
 * import { connectConsole, serveConsole } from '@concurrency-lab/mini-exec/console';
 *
 * using server = await serveConsole({ port: 0 });
 * using client = await connectConsole(server.address);
 * await new Executor().spawn(
 *   function* () {
 *     const { snapshot } = yield* fromPromise(client.snapshot());
 *     snapshot.tasks[0]?.name; // => 'asks about itself'
 *     snapshot.tasks[0]?.state; // => 'idle'
 *   },
 *   { name: 'asks about itself' },
 * );
 * ```
 */
export async function serveConsole(options: ServeOptions = {}): Promise<ConsoleServer> {
  const { path, port } = options;
  const monitor = new TaskMonitor(options);
  try {
    const wanted = path === undefined && port === undefined ? defaultAddress(threadName()) : { path, port };
    const { server, address } = await listen(wanted as ConsoleAddress);
    return new Serving(monitor, server, address);
  } catch (error) {
    monitor[Symbol.dispose]();
    throw error;
  }
}

/** Names this thread among all of the machine. */
export function threadName(): string {
  return threadId === 0 ? `${process.pid}` : `${process.pid}-${threadId}`;
}

async function listen(wanted: ConsoleAddress): Promise<{ server: Server; address: ConsoleAddress }> {
  const target = requireConsoleAddress(wanted);
  const server = createServer();
  const attempt = async (): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject).listen(target, () => {
        server.off('error', reject);
        resolve();
      });
    });
  try {
    await attempt();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || !(await isStale(wanted))) throw error;
    unlinkSync(wanted.path!);
    await attempt();
  }
  const bound = server.address();
  if (wanted.path === undefined) return { server, address: { port: (bound as { port: number }).port } };
  if (process.platform !== 'win32') chmodSync(wanted.path, 0o600);
  return { server, address: { path: wanted.path } };
}

/** Tells a socket that a process left behind when it was killed from one that somebody serves, and from other files. */
async function isStale({ path }: ConsoleAddress): Promise<boolean> {
  if (path === undefined || process.platform === 'win32' || !lstatSync(path).isSocket()) return false;
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}

class Serving implements ConsoleServer {
  readonly address: ConsoleAddress;
  readonly #monitor: TaskMonitor;
  readonly #server: Server;
  readonly #clients = new Set<Socket>();

  constructor(monitor: TaskMonitor, server: Server, address: ConsoleAddress) {
    this.#monitor = monitor;
    this.#server = server;
    this.address = address;
    server.on('connection', (socket) => this.#welcome(socket));
    server.on('error', () => {}); // such as too many open files: the program goes on, without this client
    server.unref();
    if (address.path !== undefined) process.once('exit', this.#unlink);
  }

  #welcome(socket: Socket): void {
    if (this.#clients.size >= MOST_CLIENTS) {
      socket.on('error', () => {}).destroy();
      return;
    }
    this.#clients.add(socket);
    socket.unref();
    socket.on('close', () => this.#clients.delete(socket)).on('error', () => {});
    serveClient(socket, (request) => this.#answer(request));
  }

  #answer(request: Request | ErrorAnswer): unknown {
    if ('error' in request) return request;
    if (request.request === 'gc') return { collected: collectGarbage() };
    const { limit } = request;
    const answer: SnapshotAnswer = {
      program: programInfo(),
      snapshot: this.#monitor.snapshot(limit),
      runtimes: runtimeSnapshots(limit),
    };
    return answer;
  }

  /** Removes the socket's file, which the system leaves when a process ends. */
  readonly #unlink = (): void => {
    try {
      if (this.address.path !== undefined) unlinkSync(this.address.path);
    } catch {
      // It is gone already.
    }
  };

  close(): void {
    process.off('exit', this.#unlink);
    this.#monitor[Symbol.dispose]();
    this.#server.close();
    for (const socket of this.#clients) socket.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Answers one client, for as long as it behaves. */
function serveClient(socket: Socket, answer: (request: Request | ErrorAnswer) => unknown): void {
  let line = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let next = 0;
  const reply = (request: Request | ErrorAnswer): void => {
    timer = undefined;
    next = performance.now() + PACE;
    if (socket.writableLength > 0) socket.destroy();
    else socket.write(`${JSON.stringify(answer(request))}\n`);
  };
  const take = (text: string): void => {
    const request = parseRequest(text);
    // Somebody who does not speak the protocol, such as a browser, gets no answer.
    if (request === undefined || timer !== undefined) {
      socket.destroy();
      return;
    }
    timer = setTimeout(reply, Math.max(0, next - performance.now()), request);
    timer.unref();
  };
  socket.setEncoding('utf8').on('data', (text: string) => {
    line += text;
    for (let end = line.indexOf('\n'); end !== -1 && !socket.destroyed; end = line.indexOf('\n')) {
      const request = line.slice(0, end);
      line = line.slice(end + 1);
      take(request);
    }
    if (line.length > LONGEST_REQUEST) socket.destroy();
  });
  socket.on('close', () => clearTimeout(timer));
}
