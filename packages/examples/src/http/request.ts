// Reads requests of HTTP/1.1 from a connection: as strict as a server must be that faces
// strangers, and no more of the protocol than the example needs. Bodies have a length; there
// are no chunks.
//
// Source: RFC 9112.

import type { Coroutine } from '@concurrency-lab/mini-exec';
import type { Stream } from '@concurrency-lab/mini-exec/net';

/** Is one request, whole. */
export interface Request {
  readonly method: string;
  /** Is what the request line asks for, such as `/delay?ms=5`. */
  readonly target: string;
  /** Holds the fields by their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  /** Tells whether the client wants to ask more on this connection. */
  readonly keepAlive: boolean;
}

/** Says how much a client may send. */
export interface Limits {
  /** Bytes of the request line and the fields together. */
  readonly head: number;
  /** Bytes of a body. */
  readonly body: number;
}

/** Reports a request that is refused; the connection ends with the answer. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e]+) HTTP\/(\d)\.(\d)$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Takes the requests of one connection, one after the other; those that come together wait in the buffer. */
export class RequestReader {
  readonly #stream: Stream;
  readonly #limits: Limits;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(stream: Stream, limits: Limits) {
    this.#stream = stream;
    this.#limits = limits;
  }

  /** Tells whether a part of the next request has arrived. */
  get hasBegun(): boolean {
    return this.#buffer.length > 0;
  }

  /** Waits for the first bytes of a request; false if the client ends the connection instead. */
  *begin(): Coroutine<boolean> {
    return this.hasBegun || (yield* this.#more());
  }

  /** Reads a request that has begun; throws a {@link RequestError} on anything else. */
  *next(): Coroutine<Request> {
    const { method, target, headers, keepAlive } = parseHead(yield* this.#head());
    const length = bodyLength(headers);
    if (length > this.#limits.body) {
      throw new RequestError(413, `a body has at most ${this.#limits.body} bytes, not ${length}`);
    }
    return { method, target, headers, keepAlive, body: yield* this.#body(length) };
  }

  *#body(length: number): Coroutine<Uint8Array> {
    const body = Buffer.alloc(length);
    for (let filled = 0; ;) {
      filled += this.#take(this.#buffer.copy(body, filled)).length;
      if (filled === length) return body;
      yield* this.#expect();
    }
  }

  *#head(): Coroutine<string> {
    for (let from = 0; ;) {
      const end = this.#buffer.indexOf('\r\n\r\n', from);
      const length = end === -1 ? this.#buffer.length : end + 4;
      if (length > this.#limits.head) throw new RequestError(431, `the head has more than ${this.#limits.head} bytes`);
      if (end !== -1) return this.#take(length).toString('latin1').slice(0, -4);
      from = Math.max(0, length - 3);
      yield* this.#expect();
    }
  }

  #take(length: number): Buffer {
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return taken;
  }

  *#expect(): Coroutine<void> {
    if (!(yield* this.#more())) throw new RequestError(400, 'the connection ended in the middle of a request');
  }

  *#more(): Coroutine<boolean> {
    const bytes = yield* this.#stream.read();
    if (bytes === null) return false;
    this.#buffer = this.#buffer.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#buffer, bytes]);
    return true;
  }
}

function parseHead(head: string): Omit<Request, 'body'> {
  const [line = '', ...fields] = head.split('\r\n');
  const match = REQUEST_LINE.exec(line);
  if (match === null) throw new RequestError(400, 'that is not a request line');
  const [, method = '', target = '', major, minor] = match;
  if (major !== '1') throw new RequestError(505, 'this server speaks HTTP/1.1');
  const headers = new Map<string, string>();
  for (const field of fields) {
    const colon = field.indexOf(':');
    const name = field.slice(0, colon).toLowerCase();
    const value = field.slice(colon + 1).trim();
    if (colon < 1 || !TOKEN.test(name) || !FIELD_VALUE.test(value)) throw new RequestError(400, 'that is not a field');
    const before = headers.get(name);
    // Two lengths, or hosts, are how requests are smuggled past proxies.
    if (before !== undefined && (name === 'content-length' || name === 'host')) {
      throw new RequestError(400, `${name} is there twice`);
    }
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  if (minor !== '0' && !headers.has('host')) throw new RequestError(400, 'the field "host" is missing');
  const options = (headers.get('connection') ?? '').toLowerCase().split(/\s*,\s*/);
  const keepAlive = minor === '0' ? options.includes('keep-alive') : !options.includes('close');
  return { method, target, headers, keepAlive };
}

function bodyLength(headers: ReadonlyMap<string, string>): number {
  if (headers.has('transfer-encoding')) throw new RequestError(501, 'bodies must have a content-length');
  const length = headers.get('content-length') ?? '0';
  if (!/^\d{1,15}$/.test(length)) throw new RequestError(400, 'content-length must be a number of bytes');
  return Number(length);
}
