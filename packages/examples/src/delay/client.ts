// The client of the textbook, and its trio: a future that reads what is not there yet, an
// executor that polls it when it is woken, and a reactor that wakes it when bytes have come.

import type { Coroutine } from '@concurrency-lab/mini-exec';
import type { Network, TcpAddress } from '@concurrency-lab/mini-exec/net';

/** Asks for a path, on a connection of its own, and gives the body of the answer. */
export function* get(network: Network, server: TcpAddress, path: string): Coroutine<string> {
  const stream = yield* network.TcpStream.connect(server);
  try {
    yield* stream.write(`GET ${path} HTTP/1.1\r\nhost: ${server.host}\r\nconnection: close\r\n\r\n`);
    const chunks: Uint8Array[] = [];
    for (let bytes = yield* stream.read(); bytes !== null; bytes = yield* stream.read()) chunks.push(bytes);
    const answer = Buffer.concat(chunks).toString();
    const [, status = '', body = ''] = /^HTTP\/1\.1 (\d{3}) [^]*?\r\n\r\n([^]*)$/.exec(answer) ?? [];
    if (status !== '200') throw new Error(`${path}: the server answered ${JSON.stringify(answer)}`);
    return body;
  } finally {
    stream.close();
  }
}
