// What every driver of the reactor must do, tried against real sockets of `node:net` on the
// loopback interface, well-behaved and not.

import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { InvalidArgumentError } from '@concurrency-lab/atomics';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Context, type Coroutine, Executor, Future, type JoinHandle, type Poll } from '../src/index.ts';
import { BusyError, ClosedError, type Network, type Stream } from '../src/net/index.ts';
import { turns } from './probe.ts';

/** Is a driver to be tested. */
export interface Subject {
  readonly network: Network;
  /** Counts the sockets of the driver that are open. */
  readonly openSockets: () => number;
  open?(): Promise<void>;
  close?(): void;
}

/** Defines the tests of one driver. */
export function describeNetwork(name: string, subject: Subject): void {
  describe(name, () => {
    beforeAll(() => subject.open?.());
    afterAll(() => subject.close?.());
    defineTests(subject);
  });
}

function defineTests({ network: { TcpListener, TcpStream }, openSockets: openSocketsOfDriver }: Subject): void {
  const executor = new Executor();

  /** Counts the sockets of this process, after those being closed have had time to. */
  async function openSockets(): Promise<number> {
    const count = (): number =>
      openSocketsOfDriver() + process.getActiveResourcesInfo().filter((resource) => resource.startsWith('TCP')).length;
    for (const end = performance.now() + 60_000; count() > 0 && performance.now() < end;) await turns(1);
    return count();
  }

  afterEach(async () => {
    expect(executor.liveTasks).toBe(0);
    expect(await openSockets()).toBe(0);
  });

  /** Runs `server` on the one connection that `client` makes, and gives what both come to. */
  async function session<A, B>(
    server: (stream: Stream) => Coroutine<A>,
    client: (socket: Socket) => Promise<B>,
  ): Promise<[A, B]> {
    const listener = await executor.spawn(TcpListener.bind({ port: 0 }));
    const served = executor.spawn(function* () {
      const stream = (yield* listener.accept())!;
      listener.close();
      try {
        return yield* server(stream);
      } finally {
        stream.close();
      }
    });
    const socket = connect(listener.address);
    socket.on('error', () => {});
    try {
      return await Promise.all([served, client(socket)]);
    } finally {
      socket.destroy();
    }
  }

  function* readAll(stream: Stream): Coroutine<string> {
    const chunks: Uint8Array[] = [];
    for (;;) {
      const chunk = yield* stream.read();
      if (chunk === null) return Buffer.concat(chunks).toString();
      chunks.push(chunk);
    }
  }

  function* echo(stream: Stream): Coroutine<void> {
    for (let bytes = yield* stream.read(); bytes !== null; bytes = yield* stream.read()) yield* stream.write(bytes);
    yield* stream.shutdown();
  }

  async function received(socket: Socket): Promise<string> {
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    return text;
  }

  describe('a stream', () => {
    it('reads what the peer sends, up to its end', async () => {
      const [text] = await session(readAll, async (socket) => {
        socket.write('one ');
        await turns();
        socket.end('two');
      });
      expect(text).toBe('one two');
    });

    it('gives null again and again after the end', async () => {
      const [values] = await session(
        function* (stream) {
          return [yield* stream.read(), yield* stream.read()];
        },
        (socket) => Promise.resolve(socket.end()),
      );
      expect(values).toEqual([null, null]);
    });

    it('writes bytes and text, and goes on reading after its shutdown', async () => {
      const [heard, told] = await session(
        function* (stream) {
          yield* stream.write('grüße ');
          yield* stream.write(new Uint8Array([65, 66]));
          yield* stream.shutdown();
          yield* stream.shutdown();
          return yield* readAll(stream);
        },
        (socket) => received(socket), // ends only because of the shutdown
      );
      expect(told).toBe('grüße AB');
      expect(heard).toBe('');
    });

    it('hears the peer after its own shutdown', async () => {
      const listener = await executor.spawn(TcpListener.bind({ port: 0 }));
      const server = executor.spawn(function* () {
        const stream = (yield* listener.accept())!;
        yield* stream.shutdown();
        const text = yield* readAll(stream);
        stream.close();
        listener.close();
        return text;
      });
      const socket = connect({ ...listener.address, allowHalfOpen: true });
      socket.resume();
      await once(socket, 'end');
      socket.end('after the end');
      expect(await server).toBe('after the end');
    });

    it('does nothing until it is polled', async () => {
      const [, text] = await session(
        function* (stream) {
          stream.write('never sent');
          stream.shutdown();
          yield* stream.write('sent');
          yield* stream.shutdown();
        },
        (socket) => received(socket),
      );
      expect(text).toBe('sent');
    });

    it('polls a reading task when bytes arrive, and not in between', async () => {
      let polls = 0;
      class Counted extends Future<Uint8Array | null> {
        readonly #inner: Future<Uint8Array | null>;

        constructor(inner: Future<Uint8Array | null>) {
          super();
          this.#inner = inner;
        }

        override poll(cx: Context): Poll<Uint8Array | null> {
          polls++;
          return this.#inner.poll(cx);
        }
      }
      const seen: number[] = [];
      await session(
        function* (stream) {
          while ((yield* new Counted(stream.read())) !== null) yield* stream.write('.');
          yield* stream.shutdown();
        },
        async (socket) => {
          await once(socket, 'connect');
          for (let i = 0; i < 3; i++) {
            while (polls < 1 + 2 * i) await turns(1);
            await turns(20);
            seen.push(polls);
            socket.write('x');
            await once(socket, 'data');
          }
          socket.end();
          await once(socket, 'close');
        },
      );
      // Each message is found by the poll it woke, and the next read waits with one poll.
      expect(seen).toEqual([1, 3, 5]);
      expect(polls).toBe(8);
    });
  });

  describe('back-pressure', () => {
    const MIB = 1024 * 1024;

    it('a peer that sends and never reads cannot make the server buffer', async () => {
      // The kernel's buffers, the socket's, and READ_LIMIT fill up; then TCP stops the client.
      const [end, sent] = await session(
        function* (stream) {
          try {
            yield* echo(stream);
            return 'the peer ended';
          } catch (error) {
            return (error as { code: string }).code;
          }
        },
        async (socket) => {
          await once(socket, 'connect');
          const chunk = Buffer.alloc(MIB, 'x');
          let bytes = 0;
          for (; bytes < 100 * MIB; bytes += chunk.length) {
            if (socket.write(chunk)) continue;
            const stuck = await Promise.race([once(socket, 'drain'), elapse(300)]);
            if (stuck === undefined) break;
          }
          expect(process.memoryUsage().arrayBuffers).toBeLessThan(32 * MIB);
          socket.resetAndDestroy();
          return bytes;
        },
      );
      expect(['ECONNRESET', 'EPIPE']).toContain(end);
      expect(sent).toBeLessThan(60 * MIB);
    });

    it('every byte arrives, in order, at a peer that reads slowly', async () => {
      const total = 8 * MIB;
      const [, digest] = await session(
        function* (stream) {
          for (let n = 0; n < total; n += 65_536) {
            const chunk = new Uint8Array(65_536);
            for (let i = 0; i < chunk.length; i++) chunk[i] = (n + i) % 251;
            yield* stream.write(chunk);
          }
          yield* stream.shutdown();
        },
        async (socket) => {
          let position = 0;
          let wrong = 0;
          for await (const chunk of socket as AsyncIterable<Uint8Array>) {
            for (const byte of chunk) if (byte !== position++ % 251) wrong++;
            if (position % 7 === 0) await turns(1);
          }
          return { position, wrong };
        },
      );
      expect(digest).toEqual({ position: total, wrong: 0 });
    });

    it('a reader that is slower than its peer loses nothing', async () => {
      const [seen] = await session(
        function* (stream) {
          let bytes = 0;
          for (let chunk = yield* stream.read(); chunk !== null; chunk = yield* stream.read()) {
            for (const byte of chunk) if (byte !== bytes++ % 251) throw new Error(`byte ${bytes} is wrong`);
            for (let i = 0; i < 3; i++) yield* pause();
          }
          return bytes;
        },
        async (socket) => {
          for (let n = 0; n < 4 * MIB; n += 65_536) {
            const chunk = Buffer.alloc(65_536);
            for (let i = 0; i < chunk.length; i++) chunk[i] = (n + i) % 251;
            if (!socket.write(chunk)) await once(socket, 'drain');
          }
          socket.end();
        },
      );
      expect(seen).toBe(4 * MIB);
    });
  });

  function elapse(milliseconds: number): Promise<undefined> {
    return new Promise((resolve) => setTimeout(resolve, milliseconds, undefined));
  }

  /** Makes what one side of a session waits for until the other has come to some point. */
  function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
    let open!: () => void;
    const passed = new Promise<void>((resolve) => (open = resolve));
    return { passed, open };
  }

  function* pause(): Coroutine<void> {
    yield* executor.spawn(function* () {});
  }

  describe('a peer that misbehaves', () => {
    it('resets: the reader learns it', async () => {
      const listener = await executor.spawn(TcpListener.bind({ port: 0 }));
      const server = executor.spawn(function* () {
        const stream = (yield* listener.accept())!;
        listener.close();
        try {
          return yield* readAll(stream);
        } catch (error) {
          return (error as { code: string }).code;
        }
      });
      const socket = connect(listener.address);
      await once(socket, 'connect');
      socket.write('half a mess');
      await turns();
      socket.resetAndDestroy();
      expect(await server).toBe('ECONNRESET');
    });

    it('disconnects in the middle of a message: the others are served', async () => {
      const listener = await executor.spawn(TcpListener.bind({ port: 0 }));
      const server = executor.spawn(function* () {
        const connections: JoinHandle<void>[] = [];
        for (;;) {
          const stream = yield* listener.accept();
          if (stream === null) break;
          connections.push(
            executor.spawn(function* () {
              try {
                yield* echo(stream);
              } catch {
                // this one is gone
              } finally {
                stream.close();
              }
            }),
          );
        }
        for (const connection of connections) yield* connection;
        return connections.length;
      });
      const steady = connect(listener.address);
      await once(steady, 'connect');
      for (let i = 0; i < 20; i++) {
        const rude = connect(listener.address);
        rude.on('error', () => {});
        await once(rude, 'connect');
        rude.write(Buffer.alloc(10_000));
        if (i % 2 === 0) rude.destroy();
        else rude.resetAndDestroy();
        steady.write(`ping ${i}`);
        expect(String((await once(steady, 'data'))[0])).toBe(`ping ${i}`);
      }
      steady.end();
      await once(steady, 'close');
      listener.close();
      expect(await server).toBe(21);
    });

    it('writing to a peer that is gone throws', async () => {
      const [code] = await session(
        function* (stream) {
          while ((yield* stream.read()) !== null);
          try {
            for (;;) {
              yield* stream.write('anybody there?');
              yield* pause();
            }
          } catch (error) {
            return (error as { code: string }).code;
          }
        },
        async (socket) => {
          await once(socket, 'connect');
          socket.destroy();
        },
      ).catch((error: unknown) => [error]);
      expect(['EPIPE', 'ECONNRESET']).toContain(code);
    });
  });

  describe('closing', () => {
    it('ends a wait of another task, and refuses later use', async () => {
      await session(
        function* (stream) {
          const reader = executor.spawn(stream.read());
          yield* pause();
          stream.close();
          let error: unknown;
          try {
            yield* reader;
          } catch (thrown) {
            error = (thrown as { cause: unknown }).cause;
          }
          expect(error).toBeInstanceOf(ClosedError);
          for (const use of [stream.read(), stream.write('x'), stream.shutdown()]) {
            try {
              yield* use as ReturnType<Stream['read']>;
              expect.unreachable();
            } catch (thrown) {
              expect(thrown).toMatchObject({ name: 'ClosedError', code: 'ERR_CLOSED' });
            }
          }
        },
        async () => {},
      );
    });

    it('refuses to write after a shutdown', async () => {
      await session(
        function* (stream) {
          yield* stream.shutdown();
          try {
            yield* stream.write('too late');
            expect.unreachable();
          } catch (error) {
            expect(error).toBeInstanceOf(ClosedError);
            expect((error as Error).message).toContain('shut down');
          }
        },
        (socket) => received(socket),
      );
    });

    it('is what using does at the end of a block', async () => {
      const [destroyed] = await session(
        function* (stream) {
          {
            using inner = stream;
            yield* inner.write('x');
          }
          try {
            yield* stream.write('y');
            return false;
          } catch (error) {
            return error instanceof ClosedError;
          }
        },
        async () => {},
      );
      expect(destroyed).toBe(true);
    });
  });

  describe('one task at a time', () => {
    it('a second reader is refused while the first waits, and may read after it', async () => {
      const refused = gate();
      await session(
        function* (stream) {
          const first = executor.spawn(stream.read());
          yield* pause();
          const second = executor.spawn(stream.read());
          let cause: unknown;
          try {
            yield* second;
          } catch (error) {
            cause = (error as { cause: unknown }).cause;
          }
          expect(cause).toBeInstanceOf(BusyError);
          first.abort();
          yield* pause();
          yield* pause();
          refused.open();
          expect(Buffer.from((yield* stream.read())!).toString()).toBe('hello');
        },
        async (socket) => {
          await refused.passed;
          socket.write('hello');
        },
      );
    });
  });

  describe('giving up', () => {
    it('ends the wait of that future, and of no other', async () => {
      const [text] = await session(
        function* (stream) {
          const reader = executor.spawn(stream.read());
          yield* pause();
          stream.read().drop(); // never polled
          const second = stream.read();
          expect(() => second.poll({ waker: { wake() {} } })).toThrow(BusyError);
          second.drop(); // refused
          yield* stream.write('now');
          return Buffer.from((yield* reader)!).toString();
        },
        async (socket) => {
          await once(socket, 'data');
          socket.write('still heard');
        },
      );
      expect(text).toBe('still heard');
    });

    it('a write waits for the rest of the one before, and was not begun when it is given up', async () => {
      const givenUp = gate();
      const [, told] = await session(
        function* (stream) {
          yield* stream.write('a'.repeat(1 << 24)); // more than the system takes
          const waiting = executor.spawn(stream.write('never sent'));
          yield* pause();
          expect(waiting.isFinished).toBe(false);
          waiting.abort();
          yield* pause();
          givenUp.open();
          yield* stream.write('z');
          yield* stream.shutdown();
        },
        async (socket) => {
          await givenUp.passed; // until then the rest of the first write waits
          return received(socket);
        },
      );
      expect(told.length).toBe((1 << 24) + 1);
      expect(told.replaceAll('a', '')).toBe('z');
    });
  });

  describe('connecting', () => {
    it('fails with the error of the system', async () => {
      const listener = await executor.spawn(TcpListener.bind({ port: 0 }));
      const { address } = listener;
      listener.close();
      await expect(executor.spawn(TcpStream.connect(address))).rejects.toMatchObject({
        cause: {
          code: 'ECONNREFUSED',
          syscall: 'connect',
          address: address.host,
          port: address.port,
          message: `connect ECONNREFUSED 127.0.0.1:${address.port}`,
        },
      });
    });

    it.each([-1, 65_536, 1.5, Number.NaN, '80'])('refuses port %s at once', (port) => {
      const host = '127.0.0.1';
      expect(() => TcpStream.connect({ host, port: port as number })).toThrow(InvalidArgumentError);
      expect(() => TcpStream.connect({ host, port: port as number })).toThrow(
        'port must be an integer from 1 to 65535',
      );
      expect(() => TcpListener.bind({ port: port as number })).toThrow('port must be an integer from 0 to 65535');
    });

    it('closes the socket when it is given up', async () => {
      const server: Server = createServer();
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      const handle = executor.spawn(TcpStream.connect({ host: '127.0.0.1', port }));
      executor.tryTick();
      handle.abort();
      await expect(handle).rejects.toMatchObject({ isCancelled: true });
      await turns(20); // time for the connection to come about, if it still could
      server.close();
      expect(await openSockets()).toBe(0);
    });
  });

  describe('a listener', () => {
    it('reports an address in use', async () => {
      const listener = await executor.spawn(TcpListener.bind({ port: 0 }));
      const { port } = listener.address;
      await expect(executor.spawn(TcpListener.bind({ port }))).rejects.toMatchObject({
        cause: { code: 'EADDRINUSE', syscall: 'listen', address: '127.0.0.1', port },
      });
      listener.close();
    });

    it.each([0, -1, 1.5, Number.NaN])('refuses a backlog of %d', (backlog) => {
      expect(() => TcpListener.bind({ port: 0, backlog })).toThrow('backlog must be an integer from 1 to 65535');
    });

    it('listens on the loopback interface unless it is told otherwise', async () => {
      const listener = await executor.spawn(TcpListener.bind({ port: 0 }));
      expect(listener.address.host).toBe('127.0.0.1');
      listener.close();
    });

    it('tells its address after it was closed, too', async () => {
      const listener = await executor.spawn(TcpListener.bind({ port: 0 }));
      const address = { ...listener.address };
      listener.close();
      expect(listener.address).toEqual(address);
    });

    it('gives null once it is closed, also to a task that waits', async () => {
      const listener = await executor.spawn(TcpListener.bind({ port: 0 }));
      const waiting = executor.spawn(listener.accept());
      await turns();
      listener.close();
      expect(await waiting).toBeNull();
      expect(await executor.spawn(listener.accept())).toBeNull();
      listener.close();
    });

    it('accepts connections in the order they came, also those that came early', async () => {
      const listener = await executor.spawn(TcpListener.bind({ port: 0 }));
      const sockets: Socket[] = [];
      for (let i = 0; i < 5; i++) {
        const socket = connect(listener.address);
        await once(socket, 'connect');
        socket.end(`${i}`);
        sockets.push(socket);
      }
      await turns();
      const texts = await executor.spawn(function* () {
        const heard: string[] = [];
        for (let i = 0; i < 5; i++) {
          const stream = (yield* listener.accept())!;
          heard.push(yield* readAll(stream));
          stream.close();
        }
        return heard;
      });
      expect(texts).toEqual(['0', '1', '2', '3', '4']);
      listener.close();
      for (const socket of sockets) socket.destroy();
    });

    it('survives connections that break before they are accepted', async () => {
      const listener = await executor.spawn(TcpListener.bind({ port: 0 }));
      const socket = connect(listener.address);
      await once(socket, 'connect');
      await turns();
      socket.resetAndDestroy();
      await turns();
      const outcome = await executor.spawn(function* () {
        const stream = (yield* listener.accept())!;
        try {
          return yield* readAll(stream);
        } catch (error) {
          return (error as { code: string }).code;
        }
      });
      expect(outcome).toBe('ECONNRESET');
      listener.close();
    });

    it('refuses connections beyond its backlog, and closes those that wait when it is closed', async () => {
      const listener = await executor.spawn(TcpListener.bind({ port: 0, backlog: 2 }));
      const sockets = await Promise.all(
        Array.from({ length: 4 }, async () => {
          const socket = connect(listener.address);
          socket.on('error', () => {});
          await once(socket, 'connect');
          return { socket, closed: once(socket.resume(), 'close') };
        }),
      );
      const destroyed = (): number => sockets.filter(({ socket }) => socket.destroyed).length;
      while (destroyed() < 2) await turns(1);
      await turns(20);
      expect(sockets.filter(({ socket }) => socket.destroyed)).toHaveLength(2);
      listener.close();
      await Promise.all(sockets.map(({ closed }) => closed));
    });
  });

  it('serves many connections at once, every byte its own', async () => {
    const listener = await executor.spawn(TcpListener.bind({ port: 0 }));
    const connections = 200;
    const server = executor.spawn(function* () {
      for (let i = 0; i < connections; i++) {
        const stream = (yield* listener.accept())!;
        executor.spawn(function* () {
          yield* echo(stream);
          stream.close();
        });
      }
      listener.close();
    });
    const clients = Array.from({ length: connections }, (_, id) =>
      executor.spawn(function* () {
        const stream = yield* TcpStream.connect(listener.address);
        for (let n = 0; n < 20; n++) {
          const message = `client ${id} message ${n};`;
          yield* stream.write(message);
          let answer = '';
          while (answer.length < message.length) answer += Buffer.from((yield* stream.read())!).toString();
          expect(answer).toBe(message);
        }
        yield* stream.shutdown();
        expect(yield* stream.read()).toBeNull();
        stream.close();
      }),
    );
    await Promise.all([server, ...clients]);
  });
}
