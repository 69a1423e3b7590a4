// A small HTTP/1.1 server: a task for each connection, which reads a request, has it
// answered, and goes on with the next. Everything a client can make the server wait for has
// a time limit, and everything it can make the server keep has a size limit.

import type { Coroutine, Executor, JoinHandle } from '@concurrency-lab/mini-exec';
import type { Listener, Stream } from '@concurrency-lab/mini-exec/net';
import { timeout } from '@concurrency-lab/mini-exec/time';
import { type Limits, type Request, RequestError, RequestReader } from './request.ts';
import { encodeResponse, type Response } from './response.ts';

/** Answers a request. What it throws is answered with status 500. */
export type Handler = (request: Request) => Coroutine<Response>;

/** Bounds what a client may do. */
export interface ServerOptions {
  readonly limits?: Limits;
  /** Milliseconds in which a request that has begun must be there, whole. */
  readonly requestMs?: number;
  /** Milliseconds for which a connection may be idle between requests. */
  readonly idleMs?: number;
  /** Milliseconds in which the client must take a response. */
  readonly responseMs?: number;
}

const DEFAULTS: Required<ServerOptions> = {
  limits: { head: 16_384, body: 1 << 20 },
  requestMs: 10_000,
  idleMs: 60_000,
  responseMs: 10_000,
};

/** Serves connections until the listener is closed, then ends those that are left. */
export function* serveHttp(
  executor: Executor,
  listener: Listener,
  handler: Handler,
  options: ServerOptions = {},
): Coroutine<void> {
  const connections = new Set<JoinHandle<void>>();
  for (let stream = yield* listener.accept(); stream !== null; stream = yield* listener.accept()) {
    const connection = executor.spawn(
      converse(stream, handler, { ...DEFAULTS, ...options }, () => connections.delete(connection)),
      { name: 'http connection' },
    );
    connections.add(connection);
  }
  for (const connection of connections) connection.abort();
}

function* converse(
  stream: Stream,
  handler: Handler,
  options: Required<ServerOptions>,
  onEnd: () => void,
): Coroutine<void> {
  const reader = new RequestReader(stream, options.limits);
  try {
    for (let keepAlive = true; keepAlive;) {
      let response: Response;
      let hasBegun = false;
      let hasBody = true;
      try {
        if (!(yield* timeout(options.idleMs, reader.begin()))) break;
        hasBegun = true;
        const request = yield* timeout(options.requestMs, reader.next());
        ({ keepAlive } = request);
        hasBody = request.method !== 'HEAD';
        response = yield* answer(handler, request);
      } catch (error) {
        keepAlive = false;
        if (error instanceof RequestError) response = { status: error.status, body: `${error.message}\n` };
        else if (!isTimeout(error)) throw error;
        else if (hasBegun) response = { status: 408, body: 'the request took too long\n' };
        else break; // idle: nobody waits for an answer
      }
      yield* timeout(options.responseMs, stream.write(encodeResponse(response, keepAlive, hasBody)));
    }
    yield* timeout(options.responseMs, stream.shutdown());
    yield* timeout(options.responseMs, drain(stream));
  } catch (error) {
    // A client may vanish, or not take its answer: that ends its connection, and nothing else.
    if (!isTimeout(error) && (error as { syscall?: string }).syscall === undefined) throw error;
  } finally {
    stream.close();
    onEnd();
  }
}

function isTimeout(error: unknown): boolean {
  return (error as { code?: string } | null)?.code === 'ERR_TIMEOUT';
}

function* answer(handler: Handler, request: Request): Coroutine<Response> {
  try {
    return yield* handler(request);
  } catch (error) {
    console.error(error);
    return { status: 500, body: 'something went wrong\n' };
  }
}

/** Most that is read of what a client goes on sending after its last answer. */
const DRAIN_BYTES = 1 << 20;

/** Waits until the client has read the answer and ended too: to close before would reset the connection under it. */
function* drain(stream: Stream): Coroutine<void> {
  let bytes = 0;
  for (let more = yield* stream.read(); more !== null && bytes < DRAIN_BYTES; more = yield* stream.read()) {
    bytes += more.length;
  }
}
