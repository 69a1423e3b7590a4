// Addresses in every form there is, and random conversations against a queue of bytes.

import { isIPv6 } from 'node:net';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { fc, test } from '../../../vitest.prop.ts';
import { EpollReactor, TcpListener, TcpStream } from '../src/epoll/index.ts';
import { decodeAddress, encodeAddress, formatAddress } from '../src/epoll/sockaddr.ts';
import { blockOn, type Coroutine, Executor, yieldNow } from '../src/index.ts';

const port = fc.integer({ min: 1, max: 65_535 });

describe('an address', () => {
  test.prop([fc.ipV4(), port])('of version 4 comes back', (host, number) => {
    expect(decodeAddress(encodeAddress({ host, port: number }))).toEqual({ host, port: number });
  });

  test.prop([fc.ipV6(), port])('of version 6 comes back in its canonical form', (host, number) => {
    fc.pre(isIPv6(host));
    const canonical = new URL(`http://[${host}]`).hostname.slice(1, -1);
    const encoded = encodeAddress({ host, port: number });
    expect(decodeAddress(encoded)).toEqual({ host: canonical, port: number });
    expect(encodeAddress({ host: canonical, port: number })).toEqual(encoded);
    expect(new URL(`http://${formatAddress({ host: canonical, port: 9 })}`).port).toBe('9');
  });
});

/** Is what one side does: writes so many bytes, or lets the others run for so many turns. */
const step = fc.oneof(
  fc.record({ write: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 400_000 })) }),
  fc.record({ rest: fc.integer({ min: 1, max: 5 }) }),
);
const script = fc.record({ steps: fc.array(step, { maxLength: 12 }), readerRests: fc.integer({ min: 0, max: 3 }) });
type Script = typeof script extends fc.Arbitrary<infer T> ? T : never;

describe.skipIf(process.platform !== 'linux')('a conversation', () => {
  let reactor: EpollReactor;
  beforeAll(async () => {
    reactor = await EpollReactor.open();
  });
  afterAll(() => reactor.close());

  function* rest(turns: number): Coroutine<void> {
    for (let i = 0; i < turns; i++) yield* yieldNow();
  }

  function* send(stream: TcpStream, { steps }: Script): Coroutine<number> {
    let position = 0;
    for (const action of steps) {
      if ('rest' in action) yield* rest(action.rest);
      else {
        const bytes = new Uint8Array(action.write);
        for (let i = 0; i < bytes.length; i++) bytes[i] = position++ % 251;
        yield* stream.write(bytes);
      }
    }
    yield* stream.shutdown();
    return position;
  }

  function* check(stream: TcpStream, { readerRests }: Script): Coroutine<number> {
    let position = 0;
    for (let bytes = yield* stream.read(); bytes !== null; bytes = yield* stream.read()) {
      if (bytes.length === 0) throw new Error('no bytes');
      for (const byte of bytes) if (byte !== position++ % 251) throw new Error(`byte ${position} is wrong`);
      yield* rest(readerRests);
    }
    return position;
  }

  test.prop([script, script], { numRuns: 40 })('brings every byte, in order, in both directions', (left, right) => {
    const executor = new Executor();
    const [sent, received] = blockOn(
      function* () {
        using listener = yield* TcpListener.bind({ port: 0 });
        using client = yield* TcpStream.connect(listener.address);
        using server = (yield* listener.accept())!;
        const tasks = [send(client, left), send(server, right), check(server, left), check(client, right)];
        const handles = tasks.map((task) => executor.spawn(task));
        const counts: number[] = [];
        for (const handle of handles) counts.push(yield* handle);
        return [counts.slice(0, 2), counts.slice(2)];
      },
      executor,
      reactor,
    );
    expect(received).toEqual(sent);
    expect(reactor.sockets).toBe(0);
    expect(executor.liveTasks).toBe(0);
  });
});
