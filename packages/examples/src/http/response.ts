// Writes responses of HTTP/1.1.

import { STATUS_CODES } from 'node:http';

/** Is one response; the length of its body is added when it is encoded. */
export interface Response {
  readonly status: number;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Encodes a response, in one piece, so that it takes one write.
 *
 * @param hasBody - false for the answer to HEAD, which tells only the length
 */
export function encodeResponse(response: Response, keepAlive: boolean, hasBody: boolean): Uint8Array {
  const { status, body = '', headers = {} } = response;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const fields = {
    'content-length': String(bytes.length),
    connection: keepAlive ? 'keep-alive' : 'close',
    ...headers,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), ...(hasBody ? [bytes] : [])]);
}
