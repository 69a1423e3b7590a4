// The HTTP server as its clients find it, on every driver: a process of its own; clients that
// are well-behaved, and others.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request, type RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const demo = fileURLToPath(new URL('../dist/http/demo.js', import.meta.url));

describe.each(process.platform === 'linux' ? ['net', 'epoll'] : ['net'])('on %s', (driver) => {
  const children: ChildProcess[] = [];
  /** Of a server that has time for a slow client, and of one that has not. */
  let port: number;
  let hasty: number;

  async function start(milliseconds: number): Promise<number> {
    const child = spawn(process.execPath, [demo, '--driver', driver, '--request-ms', String(milliseconds)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    return Number(/port (\d+)/.exec(line)![1]);
  }

  beforeAll(async () => {
    port = await start(100_000);
    hasty = await start(300);
  });
  afterAll(async () => {
    for (const child of children) {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
  });

  async function ask(options: RequestOptions, body = ''): Promise<{ status: number; text: string }> {
    const outgoing = request({ host: '127.0.0.1', port, ...options });
    outgoing.end(body);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return { status: response.statusCode!, text };
  }

  async function open(to = port): Promise<Socket> {
    const socket = connect(to, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  }

  /** Gives what a connection receives until it ends, and whether it was reset. */
  async function rest(socket: Socket): Promise<string> {
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    return text;
  }

  it('answers GET, HEAD and POST, and says what it does not have', async () => {
    expect(await ask({ path: '/' })).toEqual({ status: 200, text: 'hello\n' });
    expect(await ask({ path: '/', method: 'HEAD' })).toEqual({ status: 200, text: '' });
    expect(await ask({ path: '/echo', method: 'POST' }, 'grüße')).toEqual({ status: 200, text: 'grüße' });
    expect(await ask({ path: '/nothing' })).toEqual({ status: 404, text: 'there is no /nothing\n' });
    expect(await ask({ path: '/', method: 'DELETE' })).toMatchObject({ status: 405 });
  });

  it('keeps a connection for many requests', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number>();
    agent.on('free', (socket: Socket) => ports.add(socket.localPort!));
    for (let i = 0; i < 20; i++) {
      const body = `${i} `.repeat(i * 1000);
      const length = { 'content-length': Buffer.byteLength(body) };
      expect(await ask({ agent, path: '/echo', method: 'POST', headers: length }, body)).toEqual({
        status: 200,
        text: body,
      });
    }
    expect(ports.size).toBe(1);
    agent.destroy();
  });

  it('answers requests that come together, or byte by byte, each once and in order', async () => {
    const socket = await open();
    const post = (body: string, close = false): string =>
      `POST /echo HTTP/1.1\r\nhost: x\r\n${close ? 'connection: close\r\n' : ''}content-length: ${body.length}\r\n\r\n${body}`;
    socket.write(post('first') + post('second'));
    for (const byte of post('third', true)) {
      socket.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const text = await rest(socket);
    expect(text.match(/first|second|third/g)).toEqual(['first', 'second', 'third']);
    expect(text.match(/HTTP\/1.1 200 OK/g)).toHaveLength(3);
  });

  it.each([
    ['garbage', '\u0000\u0001\u0002 nonsense\r\n\r\n', 400],
    ['a request line of another protocol', 'SSH-2.0-OpenSSH_9.6\r\n\r\n', 400],
    ['another version', 'GET / HTTP/2.0\r\nhost: x\r\n\r\n', 505],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a field without a name', 'GET / HTTP/1.1\r\nhost: x\r\n: value\r\n\r\n', 400],
    ['a field over two lines', 'GET / HTTP/1.1\r\nhost: x\r\na: b\r\n c\r\n\r\n', 400],
    ['a space before the colon', 'GET / HTTP/1.1\r\nhost : x\r\n\r\n', 400],
    ['a length that is none', 'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n', 400],
    ['two lengths', 'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', 400],
    ['chunks', 'POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 501],
    ['a body beyond the limit', 'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999\r\n\r\n', 413],
    ['a head beyond the limit', `GET / HTTP/1.1\r\nhost: x\r\na: ${'b'.repeat(20_000)}\r\n\r\n`, 431],
  ])('answers %s with an error, and ends the connection', async (_, bytes, status) => {
    const socket = await open();
    socket.write(bytes);
    const text = await rest(socket);
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(text).toContain('connection: close');
    expect(await ask({ path: '/' })).toMatchObject({ status: 200 });
  });

  it('gives up a request that takes too long, and serves others meanwhile', async () => {
    const slow = await Promise.all(Array.from({ length: 50 }, () => open(hasty)));
    const begin = performance.now();
    for (const socket of slow) socket.write('GET / HTTP/1.1\r\nhost: x\r\n');
    const drip = setInterval(() => {
      for (const socket of slow) if (socket.writable) socket.write('a: b\r\n');
    }, 20);
    // On a busy machine, this one may be given up as well.
    const served = async (): Promise<boolean> => (await ask({ port: hasty, path: '/' })).status === 200;
    for (let isServed = false; !isServed;) isServed = await served().catch(() => false);
    const texts = await Promise.all(slow.map(rest));
    clearInterval(drip);
    for (const text of texts) expect(text).toMatch(/^HTTP\/1.1 408 /);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(290);
  });

  it('survives clients that vanish', async () => {
    for (let i = 0; i < 30; i++) {
      const socket = await open();
      socket.on('error', () => {});
      socket.write(i % 3 === 0 ? 'GET / HT' : 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(i));
      if (i % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
    }
    expect(await ask({ path: '/' })).toMatchObject({ status: 200 });
  });
});
