// The reactor and its sockets on the thread of the test, which belongs to it meanwhile.

import { InvalidArgumentError, UnsupportedPlatformError } from '@concurrency-lab/atomics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EpollReactor, ReactorError, SystemError, TcpListener, TcpStream } from '../src/epoll/index.ts';
import {
  blockOn,
  type Coroutine,
  DeadlockError,
  Executor,
  Future,
  type IntoFuture,
  Pending,
  type Poll,
} from '../src/index.ts';
import { sleep } from '../src/time/index.ts';

const notLinux = process.platform !== 'linux';

class Never extends Future<void> {
  override poll(): Poll<void> {
    return Pending;
  }
}

/** Connects two streams, by way of a listener on `host`. */
function* pair(host = '127.0.0.1'): Coroutine<[TcpStream, TcpStream]> {
  using listener = yield* TcpListener.bind({ port: 0, host });
  const client = yield* TcpStream.connect(listener.address);
  return [client, (yield* listener.accept())!];
}

function* readAll(stream: TcpStream): Coroutine<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (let bytes = yield* stream.read(); bytes !== null; bytes = yield* stream.read()) chunks.push(bytes);
  return Buffer.concat(chunks);
}

describe.skipIf(notLinux)('with a reactor', () => {
  let reactor: EpollReactor;
  let executor: Executor;
  const run = <T>(source: IntoFuture<T>): T => blockOn(source, executor, reactor);

  beforeEach(async () => {
    reactor = await EpollReactor.open();
    executor = new Executor();
  });
  afterEach(() => {
    const { sockets } = reactor;
    reactor.close();
    expect(sockets).toBe(0);
    expect(executor.liveTasks).toBe(0);
  });

  it('refuses a second one', async () => {
    await expect(EpollReactor.open()).rejects.toThrow(ReactorError);
    await expect(EpollReactor.open()).rejects.toThrow('this thread has a reactor already');
  });

  it('sleeps as long as the next timer allows, and not much longer', () => {
    const begin = performance.now();
    const order = run(function* () {
      using listener = yield* TcpListener.bind({ port: 0 });
      const log: string[] = [];
      const accepting = executor.spawn(function* () {
        log.push((yield* listener.accept()) === null ? 'closed' : 'accepted');
      });
      yield* sleep(30);
      log.push('slept');
      listener.close();
      yield* accepting;
      return log;
    });
    expect(order).toEqual(['slept', 'closed']);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(29);
  });

  it('says so when nothing can come any more', () => {
    run(function* () {
      for (const stream of yield* pair()) stream.close(); // what was waited for before does not count
    });
    expect(() => run(new Never())).toThrow(DeadlockError);
    const listening = executor.spawn(TcpListener.bind({ port: 0 }));
    const listener = run(listening);
    expect(() => run(new Never())).toThrow(DeadlockError); // nobody accepts
    listener.close();
  });

  it.each(['127.0.0.1', 'localhost', '::1', '127.0.0.53'])('listens and connects on %s', (host) => {
    const [address, text] = run(function* () {
      using listener = yield* TcpListener.bind({ port: 0, host });
      using client = yield* TcpStream.connect({ host, port: listener.address.port });
      using server = (yield* listener.accept())!;
      yield* server.write('here');
      yield* server.shutdown();
      return [listener.address, String(yield* readAll(client))] as const;
    });
    expect(address.host).toBe(host === 'localhost' ? '127.0.0.1' : host);
    expect(address.port).toBeGreaterThan(0);
    expect(text).toBe('here');
  });

  it.each(['example.com', '', '1.2.3', '::1::2', 7])('does not look up the name %s', (name) => {
    const host = name as string;
    for (const use of [() => TcpListener.bind({ port: 0, host }), () => TcpStream.connect({ port: 1, host })]) {
      expect(use).toThrow(InvalidArgumentError);
      expect(use).toThrow('host must be an IPv4 or IPv6 address or "localhost", not ');
    }
  });

  it.each([undefined, null, 7, ['x'], new Uint16Array(1), new ArrayBuffer(1)])('refuses to write %s', (bytes) => {
    run(function* () {
      const [client, server] = yield* pair();
      expect(() => client.write(bytes as unknown as string)).toThrow('bytes must be a Uint8Array or a string, not ');
      client.close();
      server.close();
    });
  });

  it('writes any bytes: none, many, parts of a buffer, shared memory', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(8)).fill(3);
    const large = new Uint8Array(1_000_000).map((_, i) => i % 251);
    const parts = [new Uint8Array(0), Uint8Array.of(1), new Uint8Array(9).fill(2).subarray(2, 5), shared, large];
    const received = run(function* () {
      const [client, server] = yield* pair();
      const reader = executor.spawn(readAll(server));
      for (const part of parts) yield* client.write(part);
      yield* client.shutdown();
      const bytes = yield* reader;
      client.close();
      server.close();
      return bytes;
    });
    expect(Buffer.compare(received, Buffer.concat(parts))).toBe(0);
  });

  it('gives bytes that later reads do not change', () => {
    run(function* () {
      const [client, server] = yield* pair();
      yield* client.write('first');
      const first = (yield* server.read())!;
      yield* client.write('other');
      const other = (yield* server.read())!;
      expect([String(Buffer.from(first)), String(Buffer.from(other))]).toEqual(['first', 'other']);
      expect(first.buffer).not.toBe(other.buffer);
      client.close();
      server.close();
    });
  });

  it('reads what came before a reset, then throws the error, again and again', () => {
    run(function* () {
      const [client, server] = yield* pair();
      yield* server.write('unread'); // closing with bytes unread resets the connection
      yield* client.write('last words');
      yield* sleep(5);
      client.close();
      yield* sleep(5);
      const seen: string[] = [];
      for (let i = 0; i < 3; i++) {
        try {
          seen.push(String(Buffer.from((yield* server.read())!)));
        } catch (error) {
          expect(error).toBeInstanceOf(SystemError);
          expect(error).toMatchObject({ name: 'SystemError', code: 'ECONNRESET', errno: -104, syscall: 'read' });
          seen.push((error as SystemError).message);
        }
      }
      expect(seen).toEqual(['last words', 'read ECONNRESET', 'read ECONNRESET']);
      expect(reactor.sockets).toBe(0); // a failed connection holds no descriptor
    });
  });

  it('a reader that is always ready leaves the others their turn', () => {
    run(function* () {
      const [client, server] = yield* pair();
      const flood = executor.spawn(function* () {
        for (;;) yield* client.write(new Uint8Array(65_536));
      });
      let reads = 0;
      const reader = executor.spawn(function* () {
        while ((yield* server.read()) !== null) reads++;
      });
      while (reads < 2) yield* sleep(1); // the timer has its turn, and the flood goes on
      flood.abort();
      reader.abort();
      expect(reads).toBeGreaterThan(1);
      client.close();
      server.close();
    });
  });
});

describe.skipIf(notLinux)('closing the reactor', () => {
  it('closes what is open, and tells who waits for it', async () => {
    const reactor = await EpollReactor.open();
    const executor = new Executor();
    const outcomes: unknown[] = [];
    blockOn(
      function* () {
        const listener = yield* TcpListener.bind({ port: 0 });
        const stream = yield* TcpStream.connect(listener.address);
        for (const future of [listener.accept(), listener.accept(), stream.read()]) {
          executor.spawn(function* () {
            try {
              outcomes.push((yield* future as Future<unknown>) === null ? null : 'accepted');
            } catch (error) {
              outcomes.push((error as { code: string }).code);
            }
          });
        }
        while (reactor.sockets < 3) yield* sleep(1); // until one has been accepted
        reactor.close();
        reactor.close();
        expect(reactor.sockets).toBe(0);
        for (let i = 0; i < 3; i++) yield* executor.spawn(function* () {});
      },
      executor,
      reactor,
    );
    expect(new Set(outcomes)).toEqual(new Set(['accepted', null, 'ERR_CLOSED']));
    const again = await EpollReactor.open();
    again.close();
  });
});

describe('without a reactor', () => {
  it('says what comes first', () => {
    for (const source of [TcpListener.bind({ port: 0 }), TcpStream.connect({ host: '127.0.0.1', port: 1 })]) {
      let error: unknown;
      try {
        blockOn(source as Coroutine<unknown>);
      } catch (thrown) {
        error = (thrown as { cause: unknown }).cause;
      }
      expect(error).toBeInstanceOf(ReactorError);
      expect(String(error)).toContain('await EpollReactor.open()');
    }
  });

  it('says what to use where there is no Linux', async () => {
    vi.stubGlobal('process', { ...process, platform: 'darwin' });
    try {
      await expect(EpollReactor.open()).rejects.toThrow(UnsupportedPlatformError);
      await expect(EpollReactor.open()).rejects.toThrow('needs Linux; use @concurrency-lab/mini-exec/net');
    } finally {
      vi.unstubAllGlobals();
    }
  });

  describe.skipIf(notLinux)('on Node', () => {
    it('says what to install where koffi is missing', async () => {
      vi.doMock('koffi', () => {
        throw new Error('Cannot find package');
      });
      try {
        await expect(EpollReactor.open()).rejects.toThrow(UnsupportedPlatformError);
        await expect(EpollReactor.open()).rejects.toThrow('`npm install koffi`');
      } finally {
        vi.doUnmock('koffi');
      }
    });
  });
});
