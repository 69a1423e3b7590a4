// A client of an echo server that knows what every byte of the answer must be.

import type { Coroutine } from '@concurrency-lab/mini-exec';
import * as net from '@concurrency-lab/mini-exec/net';
import type { Network, Stream, TcpAddress } from '@concurrency-lab/mini-exec/net';

/** What one client does: so many messages, up to so many bytes each. */
export interface ClientPlan {
  readonly id: number;
  readonly messages: number;
  readonly mostBytes: number;
}

/** Receives the length and round trip time in milliseconds of each message that came back intact. */
export type OnEcho = (byteLength: number, milliseconds: number) => void;

/**
 * Sends messages one after the other and checks each answer, byte for byte; throws at the first difference.
 *
 * @param network - what to connect with; `node:net` where not given
 */
export function* exchange(
  server: TcpAddress,
  plan: ClientPlan,
  onEcho: OnEcho,
  network: Network = net,
): Coroutine<void> {
  const stream = yield* network.TcpStream.connect(server);
  try {
    for (let n = 0; n < plan.messages; n++) {
      const message = compose(plan, n);
      const begin = performance.now();
      yield* stream.write(message);
      yield* expect(stream, message, `message ${n} of client ${plan.id}`);
      onEcho(message.length, performance.now() - begin);
    }
    yield* stream.shutdown();
    const rest = yield* stream.read();
    if (rest !== null) throw new Error(`client ${plan.id} received ${rest.length} bytes too many`);
  } finally {
    stream.close();
  }
}

/** Makes a message that no other client and no other number has, of a length of its own. */
function compose({ id, mostBytes }: ClientPlan, n: number): Uint8Array {
  let random = Math.imul(id + 1, 0x9e37_79b1) ^ Math.imul(n + 1, 0x85eb_ca6b);
  const next = (): number => {
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    return random >>> 0;
  };
  const message = new Uint8Array(1 + (next() % mostBytes));
  for (let i = 0; i < message.length; i++) message[i] = next();
  return message;
}

function* expect(stream: Stream, expected: Uint8Array, what: string): Coroutine<void> {
  for (let seen = 0; seen < expected.length;) {
    const bytes = yield* stream.read();
    if (bytes === null) throw new Error(`${what}: the server closed after ${seen} of ${expected.length} bytes`);
    for (const byte of bytes) {
      if (byte !== expected[seen]) throw new Error(`${what}: byte ${seen} is ${byte}, not ${expected[seen]}`);
      seen++;
    }
  }
}
