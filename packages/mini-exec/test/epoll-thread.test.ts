// The reactor where it owns its thread: a worker, or a process. The programs use the built
// package, as a user's would.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { SharedWaker, type WakerHandle } from '../src/index.ts';
import type { TcpAddress } from '../src/net/index.ts';

const program = (name: string): string => fileURLToPath(new URL(`programs/${name}.mjs`, import.meta.url));

interface Running {
  readonly child: ChildProcess;
  readonly lines: Interface;
  /** Gives the next line. */
  readonly next: () => Promise<string>;
}

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
});

function start(command: string, ...args: string[]): Running {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const lines = createInterface(child.stdout);
  const iterator = lines[Symbol.asyncIterator]();
  return { child, lines, next: async () => String((await iterator.next()).value) };
}

const runNode = (name: string, ...args: string[]): Running => start(process.execPath, program(name), ...args);

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  return String((await once(socket, 'data'))[0]);
}

/** Asks a server that may close the connection instead: then the answer is `refused`. */
function askOrRefused(socket: Socket, text: string): Promise<string> {
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve('refused')));
  return Promise.race([ask(socket, text).catch(() => 'refused'), closed]);
}

describe.skipIf(process.platform !== 'linux')('a thread of its own', () => {
  it('is woken by sockets, timers and other threads', async () => {
    const worker = new Worker(program('epoll-worker'), { execArgv: [] });
    const ended = once(worker, 'exit'); // it may come together with the last message
    type Announced = { address: TcpAddress; words: Int32Array; waker: WakerHandle };
    const [{ address, words, waker }] = (await once(worker, 'message')) as [Announced];
    const sockets = await Promise.all(Array.from({ length: 5 }, () => open(address.port)));
    for (let n = 0; n < 10; n++) {
      const answers = await Promise.all(sockets.map((socket, i) => ask(socket, `${n} of ${i}`)));
      expect(answers).toEqual(sockets.map((_, i) => `${n} of ${i}`));
    }
    await Promise.all(sockets.map((socket) => once(socket.end(), 'close')));
    const shared = SharedWaker.from(waker);
    // An unheard call would be found at the end of a slice of the sleep, after 100 ms; on a busy machine one that
    // was heard may take as long, but not all of them.
    let prompt = 0;
    for (let n = 1; prompt < 60; n++) {
      expect(n).toBeLessThan(600);
      const begin = performance.now();
      Atomics.store(words, 0, n);
      shared.wake();
      expect(Atomics.wait(words, 1, n - 1, 100_000)).not.toBe('timed-out');
      if (performance.now() - begin < 75) prompt++;
    }
    Atomics.store(words, 0, -1);
    shared.wake();
    const [report] = (await once(worker, 'message')) as [{ ticks: number }];
    expect(report).toMatchObject({ outcome: 'called', sockets: 0 });
    expect(report.ticks).toBe(20);
    await ended;
  });

  it('can be terminated while it sleeps', async () => {
    const worker = new Worker(program('epoll-idle'), { execArgv: [] });
    await once(worker, 'message');
    // Not needed to be right, but to find it asleep.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await worker.terminate()).toBe(1);
  });

  it('gives every descriptor back, whatever is given up, fails or is closed', async () => {
    const { child, next } = runNode('epoll-faults');
    const report = JSON.parse(await next()) as unknown;
    expect(report).toEqual({
      accept: 'ERR_TASK_CANCELLED',
      connect: 'ERR_TASK_CANCELLED',
      read: 'ERR_TASK_CANCELLED, then later',
      write: 'ERR_TASK_CANCELLED',
      refused: 'ECONNREFUSED',
      inUse: 'EADDRINUSE',
      unaccepted: true,
      socketsLeft: 0,
      leaked: 0,
      opened: 2,
      closed: null,
      afterClose: 0,
      deadlock: 'DeadlockError',
      idleListener: 'DeadlockError',
      afterAll: 0,
    });
    if (child.exitCode === null) await once(child, 'exit');
  });

  it('refuses connections for which it has no descriptors, rests meanwhile, and serves again afterwards', async () => {
    const { child, next } = start('sh', '-c', `ulimit -n 64; exec "${process.execPath}" "${program('epoll-emfile')}"`);
    const port = Number(await next());
    const sockets = await Promise.all(Array.from({ length: 100 }, () => open(port)));
    const answers = await Promise.all(sockets.map((socket, i) => askOrRefused(socket, `to ${i}`)));
    const served = answers.filter((answer) => answer !== 'refused').length;
    expect(served).toBeGreaterThan(10);
    expect(served).toBeLessThan(64);
    expect(answers.every((answer, i) => answer === 'refused' || answer === `to ${i}`)).toBe(true);

    // It reports every 50 ms. One that spins computes all the time; one that rests does so in no 200 ms for long.
    const lines: { accepted: number; cpu: number }[] = [];
    const rests = (): boolean => lines.length > 4 && lines.at(-1)!.cpu - lines.at(-5)!.cpu < 100;
    while (lines.at(-1)?.accepted !== served || !rests()) {
      expect(lines.length).toBeLessThan(400);
      lines.push(JSON.parse(await next()) as { accepted: number; cpu: number });
    }

    for (const socket of sockets) socket.destroy();
    // A new connection may be seen before the end of the old ones, and refused as well.
    for (let answer = ''; answer !== 'again';) {
      const late = await open(port);
      answer = await askOrRefused(late, 'again');
      late.destroy();
    }
    child.kill();
    await once(child, 'exit');
  });

  it('serves 10,000 connections, or as many as this system allows, every byte its own', async () => {
    const limit = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }));
    const count = Math.min(10_000, (Number.isNaN(limit) ? Infinity : limit) - 100);
    if (count < 10_000) console.log(`only ${count} connections: \`ulimit -n\` is ${limit}`);
    const server = runNode('epoll-many', 'server');
    const port = await server.next();
    const client = runNode('epoll-many', 'client', port, String(count));
    expect(JSON.parse(await client.next())).toEqual({ intact: 3 * count, sockets: 0 });
    expect(JSON.parse(await server.next())).toEqual({ most: count, sockets: 0 });
  });
});
