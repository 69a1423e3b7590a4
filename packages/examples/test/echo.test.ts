// The demo as its user runs it: a process of its own, its exit code and what it prints; and
// its checking clients against servers that do not echo faithfully.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { blockOn, Executor, type JoinError } from '@concurrency-lab/mini-exec';
import * as epoll from '@concurrency-lab/mini-exec/epoll';
import { describe, expect, it } from 'vitest';
import { exchange } from '../src/echo/client.ts';
import { serve as serveEchoes } from '../src/echo/server.ts';

const demo = fileURLToPath(new URL('../dist/echo/demo.js', import.meta.url));

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [demo, ...args])) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

describe('the demo', () => {
  it('echoes every byte, closes everything, and exits with 0', async () => {
    const { code, stdout, stderr } = await run('--connections', '20', '--messages', '50', '--bytes', '5000');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = Object.fromEntries(stdout.split('\n').map((line) => [line.slice(0, 13).trim(), line.slice(13)]));
    expect(lines).toMatchObject({
      connections: '20',
      messages: '1000 of 1000 came back, every byte checked',
      bytes: expect.stringMatching(/^\d{7} each way$/) as string,
      throughput: expect.stringMatching(/^\d+ requests\/s$/) as string,
      latency: expect.stringMatching(/^p50 [\d.]+ ms, p90 [\d.]+ ms, p99 [\d.]+ ms, slowest [\d.]+ ms$/) as string,
      'live tasks': expect.stringMatching(/^\d+ at the peak, 0 now$/) as string,
      sockets: '0 open now',
    });
  });

  it.each([
    ['--connections', '0', '--connections takes a whole number from 1 to 10000, not "0"'],
    ['--messages', 'many', '--messages takes a whole number from 1 to 1000000, not "many"'],
    ['--serve', '70000', '--serve takes a whole number from 0 to 65535, not "70000"'],
    ['--speed', '9', "Unknown option '--speed'"],
  ])('refuses %s %s', async (option, value, message) => {
    const { code, stderr } = await run(option, value);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  it('explains itself', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('usage: npm run demo');
  });
});

describe('the checking client', () => {
  /** Serves one connection in a way that is not an echo, and gives what the client makes of it. */
  async function against(serve: (socket: Socket) => void): Promise<string> {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      serve(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const plan = { id: 3, messages: 4, mostBytes: 100 };
    const handle = new Executor().spawn(exchange({ host: '127.0.0.1', port }, plan, () => {}));
    try {
      await handle;
      return 'satisfied';
    } catch (error) {
      return (error as JoinError).message;
    } finally {
      server.close();
    }
  }

  it('is satisfied by an echo', async () => {
    expect(await against((socket) => socket.pipe(socket))).toBe('satisfied');
  });

  it('sees a byte that was changed', async () => {
    const message = await against((socket) => {
      socket.on('data', (chunk: Buffer) => {
        chunk[0]! ^= 1;
        socket.write(chunk);
      });
    });
    expect(message).toMatch(/message 0 of client 3: byte 0 is \d+, not \d+/);
  });

  it('sees an answer that is cut short', async () => {
    const message = await against((socket) => {
      socket.on('data', (chunk: Buffer) => socket.end(chunk.subarray(1)));
    });
    expect(message).toMatch(/message 0 of client 3: (byte 0 is|the server closed after)/);
  });

  it('sees an answer that is too long', async () => {
    const message = await against((socket) => {
      socket.on('data', (chunk: Buffer) => socket.write(Buffer.concat([chunk, Buffer.from('!')])));
    });
    expect(message).toMatch(/message \d of client 3: byte \d+ is \d+, not (\d+|undefined)/);
  });

  it('sees the answer to another message', async () => {
    let previous: Buffer | undefined;
    const message = await against((socket) => {
      socket.on('data', (chunk: Buffer) => {
        socket.write(previous ?? chunk);
        previous ??= Buffer.from(chunk);
      });
    });
    expect(message).toMatch(/message 1 of client 3/);
  });

  it('sees bytes after the end', async () => {
    const message = await against((socket) => {
      socket.on('data', (chunk: Buffer) => socket.write(chunk));
      socket.on('end', () => socket.end('more'));
      socket.allowHalfOpen = true;
    });
    expect(message).toContain('client 3 received 4 bytes too many');
  });
});

it.skipIf(process.platform !== 'linux')('server and clients run on epoll as they are', async () => {
  using reactor = await epoll.EpollReactor.open();
  const executor = new Executor();
  let echoes = 0;
  blockOn(
    function* () {
      const listener = yield* epoll.TcpListener.bind({ port: 0 });
      const server = executor.spawn(serveEchoes(executor, listener));
      const clients = Array.from({ length: 20 }, (_, id) =>
        executor.spawn(exchange(listener.address, { id, messages: 50, mostBytes: 5000 }, () => echoes++, epoll)),
      );
      for (const client of clients) yield* client;
      listener.close();
      yield* server;
    },
    executor,
    reactor,
  );
  expect(echoes).toBe(1000);
  expect(reactor.sockets).toBe(0);
  expect(executor.liveTasks).toBe(0);
});

describe('--serve', () => {
  async function serve(): Promise<{ child: ChildProcess; port: number; lines: string[] }> {
    const child = spawn(process.execPath, [demo, '--serve', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines: string[] = [];
    const reader = createInterface(child.stdout);
    reader.on('line', (line) => lines.push(line));
    await once(reader, 'line');
    return { child, port: Number(/port (\d+)/.exec(lines[0]!)![1]), lines };
  }

  async function open(port: number): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  }

  it('serves any client, unharmed by those that misbehave, until it is interrupted', async () => {
    const { child, port, lines } = await serve();
    const steady = await open(port);
    const ping = async (text: string): Promise<void> => {
      steady.write(text);
      expect(String((await once(steady, 'data'))[0])).toBe(text);
    };
    await ping('before');

    const greedy = await open(port); // sends 100 MB and reads nothing
    const block = Buffer.alloc(1 << 20);
    for (let i = 0; i < 100; i++) greedy.write(block);
    await ping('while one does not read');

    for (let i = 0; i < 50; i++) {
      const rude = await open(port);
      rude.write('half a mess');
      if (i % 2 === 0) rude.destroy();
      else rude.resetAndDestroy();
    }
    await ping('after some have vanished');

    const memory = await residentBytes(child.pid!);
    if (memory !== undefined) expect(memory).toBeLessThan(200 << 20);
    greedy.resetAndDestroy();
    // The server learns of what has vanished in the turns of its loop that these take.
    for (let i = 0; i < 50; i++) await ping(`at the end ${i}`);

    child.kill('SIGINT');
    const [[code]] = (await Promise.all([once(child, 'exit'), once(steady, 'close')])) as [[number], unknown];
    expect(code).toBe(0);
    expect(lines.at(-1)).toBe('Stopped. Closed connections that were open: 1.');
    const late = connect(port, '127.0.0.1');
    const [refused] = (await once(late, 'error')) as [{ code: string }];
    expect(refused.code).toBe('ECONNREFUSED');
  });

  it('reports a port that is taken', async () => {
    const { child, port } = await serve();
    const { code, stderr } = await run('--serve', String(port));
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(code).toBe(1);
    expect(stderr).toContain('EADDRINUSE');
  });
});

/** Reads a process's resident memory, where the system tells. */
async function residentBytes(pid: number): Promise<number | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
    return Number(stdout) * 1024;
  } catch {
    return undefined;
  }
}
