// The console's server and client in one process, and what bad clients can do: nothing.

import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ConsoleServer, connectConsole, serveConsole, type ServeOptions } from '../src/console/index.ts';
import { Executor, LocalExecutor } from '../src/index.ts';
import { trace } from '../src/tracing/trace.ts';
import { Probe } from './probe.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'console-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  expect(trace.sink).toBeUndefined();
});

/** Connects without speaking the protocol. */
async function connectRaw(server: ConsoleServer): Promise<Socket> {
  const socket = connect({ port: server.address.port!, host: '127.0.0.1' }).on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

async function untilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await new Promise((resolve) => (socket.closed ? resolve(null) : socket.once('close', resolve)));
  return text;
}

describe('a server', () => {
  it.each<[string, () => ServeOptions]>([
    ['a port', () => ({ port: 0 })],
    ['a path', () => ({ path: join(folder, 'socket') })],
  ])('on %s answers with the tasks of its thread', async (_, options) => {
    using server = await serveConsole(options());
    using client = await connectConsole(server.address);
    const executor = new LocalExecutor();
    executor.spawn(new Probe(), { name: 'probe' });
    executor.tryTick();
    const { program, snapshot } = await client.snapshot();
    expect(program).toMatchObject({ pid: process.pid, runtime: `node ${process.versions.node}` });
    expect(snapshot.totals).toMatchObject({ spawned: 1, live: 1 });
    expect(snapshot.tasks).toMatchObject([{ name: 'probe', state: 'idle', polls: 1, wakers: 1 }]);
    expect(await client.collectGarbage()).toBe(true);
  });

  it('answers several clients, and one more when another has left', async () => {
    using server = await serveConsole({ port: 0 });
    const clients = await Promise.all(Array.from({ length: 8 }, async () => connectConsole(server.address)));
    const answers = await Promise.all(clients.map(async (client) => client.snapshot()));
    expect(answers.length).toBe(8);
    using ninth = await connectConsole(server.address);
    await expect(ninth.snapshot()).rejects.toThrow('the program closed the connection');
    clients[0]!.close();
    await expect(clients[0]!.snapshot()).rejects.toThrow('the connection to the program was closed');
    await vi.waitFor(
      async () => {
        using next = await connectConsole(server.address);
        await next.snapshot();
      },
      { timeout: 60_000 },
    );
    for (const client of clients) client.close();
  });

  it('keeps its pace, however fast a client asks', async () => {
    using server = await serveConsole({ port: 0 });
    using client = await connectConsole(server.address);
    const before = performance.now();
    for (let i = 0; i < 4; i++) await client.snapshot(0);
    expect(performance.now() - before).toBeGreaterThan(140);
  });

  it('sees tasks spawned from the call on, not only once it listens', async () => {
    const serving = serveConsole({ port: 0 });
    const executor = new LocalExecutor();
    executor.spawn(new Probe());
    using server = await serving;
    using client = await connectConsole(server.address);
    expect((await client.snapshot()).snapshot.totals.spawned).toBe(1);
  });

  it('ends tracing and connections when it is closed, and can be closed twice', async () => {
    const path = join(folder, 'socket');
    const listeners = process.listenerCount('exit');
    const server = await serveConsole({ path });
    using client = await connectConsole(server.address);
    expect(trace.sink).toBeDefined();
    const asked = client.snapshot();
    server.close();
    server[Symbol.dispose]();
    await expect(asked).rejects.toThrow('the program closed the connection');
    expect(trace.sink).toBeUndefined();
    expect(existsSync(path)).toBe(false);
    expect(process.listenerCount('exit')).toBe(listeners);
    await expect(connectConsole(server.address)).rejects.toThrow('ENOENT');
  });

  it.skipIf(process.platform === 'win32')('makes a path that only its user can open', async () => {
    using server = await serveConsole({ path: join(folder, 'socket') });
    expect(statSync(server.address.path!).mode & 0o777).toBe(0o600);
  });

  it('does not take over from another server', async () => {
    const path = join(folder, 'socket');
    using server = await serveConsole({ path });
    await expect(serveConsole({ path })).rejects.toThrow('EADDRINUSE');
    using client = await connectConsole(server.address);
    await expect(client.snapshot()).resolves.toBeDefined();
  });

  it('does not touch a file that is no socket', async () => {
    const path = join(folder, 'precious');
    writeFileSync(path, 'data');
    await expect(serveConsole({ path })).rejects.toThrow('EADDRINUSE');
    expect(readFileSync(path, 'utf8')).toBe('data');
  });

  it.skipIf(process.getuid?.() === 0)('says what the system says', async () => {
    chmodSync(folder, 0o500);
    await expect(serveConsole({ path: join(folder, 'socket') })).rejects.toThrow('EACCES');
  });

  it.each<[string, ServeOptions, string]>([
    ['both', { path: '/x', port: 1 }, 'a console has either a path or a port'],
    ['a port out of range', { port: 65_536 }, 'port must be an integer from 0 to 65535, not 65536'],
    ['an empty path', { path: '' }, 'path must be that of a local socket, not ""'],
    ['a threshold that is none', { port: 0, longPoll: -1 }, 'longPoll must be a number from 0, not -1'],
  ])('cannot have %s', async (_, options, message) => {
    await expect(serveConsole(options)).rejects.toThrow(message);
  });
});

describe('a bad client', () => {
  let server: ConsoleServer;
  beforeEach(async () => {
    server = await serveConsole({ port: 0 });
  });
  afterEach(async () => {
    // Whatever it did, others are served.
    using client = await connectConsole(server.address);
    await expect(client.snapshot()).resolves.toMatchObject({ program: { pid: process.pid } });
    server.close();
  });

  it.each([
    ['garbage', '\u0000\u0001\n'],
    ['a request of HTTP', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['JSON that is no object', '1\n'],
    ['null', 'null\n'],
    ['a line without an end', 'x'.repeat(2000)],
    ['a long name', `{"request":"${'x'.repeat(1 << 20)}`],
  ])('that sends %s gets no answer', async (_, bytes) => {
    const socket = await connectRaw(server);
    socket.write(bytes);
    expect(await untilClosed(socket)).toBe('');
  });

  it('that asks for what there is not is told so', async () => {
    const socket = await connectRaw(server);
    for (const [request, error] of [
      [{ request: 'eval', code: '1' }, 'request must be "snapshot" or "gc"'],
      [{ request: 'snapshot', limit: 10_001 }, 'limit must be an integer from 0 to 10000'],
      [{ request: 'snapshot', limit: -1 }, 'limit must be an integer from 0 to 10000'],
      [{ request: 'snapshot', limit: '1' }, 'limit must be an integer from 0 to 10000'],
    ] as const) {
      socket.write(`${JSON.stringify(request)}\n`);
      const [data] = (await once(socket, 'data')) as [Buffer];
      expect(JSON.parse(data.toString())).toEqual({ error });
    }
    socket.destroy();
    using client = await connectConsole(server.address);
    await expect(client.snapshot(10_001)).rejects.toThrow('limit must be an integer from 0 to 10000');
  });

  it('that sends bytes one by one is served', async () => {
    const socket = await connectRaw(server);
    for (const byte of '{"request":"snapshot","limit":0}\n') {
      socket.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(JSON.parse(data.toString())).toMatchObject({ snapshot: { tasks: [] } });
    socket.destroy();
  });

  it('that asks again before it was answered is dropped', async () => {
    const socket = await connectRaw(server);
    socket.write('{"request":"snapshot"}\n'.repeat(1000));
    expect(await untilClosed(socket)).toBe('');
  });

  it('that asks and does not read is dropped, when its buffers are full', async () => {
    const executor = new LocalExecutor();
    for (let i = 0; i < 5000; i++) executor.spawn(new Probe(), { name: 'x'.repeat(200) });
    const socket = await connectRaw(server);
    socket.pause();
    await vi.waitFor(
      () => {
        socket.write('{"request":"snapshot","limit":5000}\n');
        expect(socket.destroyed).toBe(true);
      },
      { timeout: 100_000, interval: 60 },
    );
  });

  it('that leaves in the middle of a request, or of an answer, is forgotten', async () => {
    const [one, two] = [await connectRaw(server), await connectRaw(server)];
    one.write('{"request":"snap');
    one.destroy();
    two.write('{"request":"snapshot"}\n');
    two.resetAndDestroy();
    expect(await Promise.all([untilClosed(one), untilClosed(two)])).toEqual(['', '']);
  });
});

describe('a client', () => {
  let server: Server;
  let onLine: (socket: Socket) => void;
  beforeEach(async () => {
    server = createServer((socket) => socket.on('error', () => {}).on('data', () => onLine(socket)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => server.close());

  const address = (): { port: number } => ({ port: (server.address() as { port: number }).port });

  it('gives up a program that does not answer, and takes no late answer for another', async () => {
    const sockets: Socket[] = [];
    onLine = (socket) => sockets.push(socket);
    // The first request's time passes here, and that of the second does not, however slow the machine is.
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const passWhenAsked = (callback: () => void): unknown =>
      sockets.length === 0 ? setImmediate(passWhenAsked, callback) : callback();
    timers.mockImplementation(passWhenAsked as never);
    using client = await connectConsole(address(), { timeout: 30 });
    await expect(client.snapshot()).rejects.toThrow('the request was given up after its timeout of 30 ms');
    timers.mockImplementation((() => undefined) as never);
    onLine = (socket) => socket.write('{"late":1}\n{"late":2}\n');
    expect(await client.snapshot()).toEqual({ late: 2 });
    timers.mockRestore();
  });

  it('puts answers together from pieces, and fails on what is no answer', async () => {
    onLine = (socket) => {
      socket.write('{"collec');
      setImmediate(() => socket.write('ted":true}\n'));
    };
    using client = await connectConsole(address());
    expect(await client.collectGarbage()).toBe(true);
    onLine = (socket) => socket.write('{"collected"\n');
    await expect(client.collectGarbage()).rejects.toThrow(SyntaxError);
  });

  it('fails when the program ends', async () => {
    onLine = (socket) => socket.destroy();
    using client = await connectConsole(address(), { timeout: Infinity });
    await expect(client.snapshot()).rejects.toThrow('the program closed the connection');
  });

  it('fails when nobody listens, and on addresses that are none', async () => {
    const { port } = address();
    server.close();
    await once(server, 'close');
    await expect(connectConsole({ port })).rejects.toThrow('ECONNREFUSED');
    await expect(connectConsole({} as never)).rejects.toThrow('a console has either a path or a port');
    await expect(connectConsole({ port }, { timeout: -1 })).rejects.toThrow('timeout must be');
  });
});

it('shows the tasks of all executors of the thread', async () => {
  using server = await serveConsole({ port: 0 });
  using client = await connectConsole(server.address);
  using one = new Executor();
  using two = new Executor();
  one.spawn(new Probe(), { name: 'one' });
  two.spawn(new Probe(), { name: 'two' });
  const { tasks } = (await client.snapshot()).snapshot;
  expect(tasks.map(({ name }) => name)).toEqual(['one', 'two']);
  expect(tasks[1]!.executor).toBe(tasks[0]!.executor + 1);
});
