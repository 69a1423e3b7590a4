// Real worker threads on the built package. What they can show is that the engine and the code
// agree; every interleaving is the model's to show.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { OneshotArena, type Receiver, type ReceiverHandle, Sender, type SenderHandle } from '../src/index.ts';
import { workersBeside } from '../../../vitest.threads.ts';

const startWorker = workersBeside(import.meta.url);

// A test that blocks its thread cannot be timed out from outside.
const PATIENCE = { timeout: 100_000 };

interface Question {
  readonly question: number | string;
  readonly reply: SenderHandle;
  readonly next: ReceiverHandle;
}

function worker(name: string, workerData: unknown): Worker {
  return new Worker(new URL(`workers/${name}.mjs`, import.meta.url), { workerData, execArgv: [] });
}

/** A worker that answers, and the way to ask it. */
function bridge(arena: OneshotArena) {
  const [first, inbox] = arena.channel<Question>();
  let questions = first;
  const thread = worker('answer', inbox.handle);
  const ask = (question: number | string): Receiver<number> => {
    const [reply, answer] = arena.channel<number>();
    const [nextQuestions, next] = arena.channel<Question>();
    questions.send({ question, reply: reply.handle, next: next.handle });
    questions = nextQuestions;
    return answer;
  };
  const close = (exited = false): void => {
    if (exited) questions.revokePeer({ exited });
    questions.close();
  };
  return { ask, thread, close };
}

describe('a bridge', () => {
  it('answers thousands of questions, each with its own answer', async () => {
    const arena = OneshotArena.create({ slots: 16, bytesPerSlot: 500 });
    const { ask, thread, close } = bridge(arena);
    for (let n = 1; n <= 3000; n++) expect(ask(n).receive(PATIENCE)).toBe(n * 3);
    for (let n = 1; n <= 300; n++) expect(await ask(n).receiveAsync(PATIENCE)).toBe(n * 3);
    expect(() => ask('throw').receive(PATIENCE)).toThrow('asked to');
    close();
    await once(thread, 'exit');
    expect(arena.freeSlots).toBe(16);
  });

  it('gives no late answer to another question', async () => {
    const arena = OneshotArena.create({ slots: 64, bytesPerSlot: 500, spins: 0 });
    const { ask, thread, close } = bridge(arena);
    ask(0).receive(PATIENCE);
    let inTime = 0;
    for (let n = 1; n <= 2000; n++) {
      const answer = ask(n);
      try {
        // From a moment, which may be over before the worker runs, up to as long as it takes.
        expect(answer.receive(n % 20 === 19 ? PATIENCE : { timeout: (n % 20) / 500 })).toBe(n * 3);
        inTime++;
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_TIMEOUT' });
        answer.close();
      }
      if (n % 10 === 0) expect(ask(n + 0.5).receive(PATIENCE)).toBe(n * 3 + 1.5);
    }
    expect(inTime).toBeGreaterThanOrEqual(100);
    close();
    await once(thread, 'exit');
    expect(arena.freeSlots).toBe(64);
  });

  it('notices that the worker has exited, and can start another', async () => {
    const arena = OneshotArena.create({ slots: 16, bytesPerSlot: 500 });
    for (let round = 0; round < 2; round++) {
      const { ask, thread, close } = bridge(arena);
      expect(ask(7).receive(PATIENCE)).toBe(21);
      const answer = ask('exit');
      thread.once('exit', () => {
        answer.revokePeer({ exited: true });
        close(true);
      });
      await expect(answer.receiveAsync(PATIENCE)).rejects.toMatchObject({ code: 'ERR_CLOSED' });
    }
    expect(arena.freeSlots).toBe(16);
  });
});

describe('a channel between threads', () => {
  it.each([
    ['blocking', 5],
    ['async', { text: 'grüße', list: [1n, null] }],
  ])('wakes a %s receiver', async (way, value) => {
    const arena = OneshotArena.create();
    const [sender, receiver] = arena.channel();
    const thread = worker('receive', { handle: receiver.handle, way, options: PATIENCE });
    await once(thread, 'message');
    sender.send(value);
    expect(await once(thread, 'message')).toEqual([{ value }]);
    expect(arena.freeSlots).toBe(64);
  });

  it.each(['blocking', 'async'])('tells a %s receiver that the sender has gone', async (way) => {
    const arena = OneshotArena.create();
    const [sender, receiver] = arena.channel();
    const thread = worker('receive', { handle: receiver.handle, way, options: PATIENCE });
    await once(thread, 'message');
    sender.close();
    expect(await once(thread, 'message')).toEqual([{ code: 'ERR_CLOSED' }]);
    expect(arena.freeSlots).toBe(64);
  });

  it.each(['blocking', 'async'])('wakes a %s receiver that is revoked', async (way) => {
    const arena = OneshotArena.create();
    const [sender, receiver] = arena.channel();
    const thread = worker('receive', { handle: receiver.handle, way, options: PATIENCE });
    await once(thread, 'message');
    expect(receiver.revoke()).toBe(true);
    expect(await once(thread, 'message')).toEqual([{ code: 'ERR_CLOSED' }]);
    expect(sender.trySend('late')).toBe(false);
    expect(arena.freeSlots).toBe(64);
  });

  it.each([
    ['numbers', 0],
    ['objects', 20],
  ])('delivers thousands of %s, and leaks no slot', async (_, size) => {
    const arena = OneshotArena.create({ slots: 4000, bytesPerSlot: 248 });
    const pairs = Array.from({ length: 4000 }, () => arena.channel());
    const { result } = startWorker<number>('send', { handles: pairs.map(([sender]) => sender.handle), size });
    for (const [i, [, receiver]] of pairs.entries()) {
      const value = i % 2 === 0 ? receiver.receive(PATIENCE) : await receiver.receiveAsync(PATIENCE);
      expect(value).toEqual(size === 0 ? i : { i, text: String(i).repeat(size) });
    }
    expect(await result).toBe(4000);
    expect(arena.freeSlots).toBe(4000);
  });
});

it('a worker that is terminated while it sends leaves every channel delivered or closed', async () => {
  for (let round = 0; round < 4; round++) {
    const arena = OneshotArena.create({ slots: 6000, bytesPerSlot: 120 });
    const pairs = Array.from({ length: 6000 }, () => arena.channel<{ i: number }>());
    const thread = worker('send', { handles: pairs.map(([sender]) => sender.handle), size: 5 });
    const stopAt = 1 + round * 400;
    await pairs[stopAt]![1].receiveAsync(PATIENCE);
    await thread.terminate();
    for (const [sender] of pairs) sender.revoke({ exited: true });
    let delivered = 0;
    for (const [i, [, receiver]] of pairs.entries()) {
      if (i === stopAt) continue;
      try {
        expect(receiver.receive(PATIENCE).i).toBe(i);
        delivered++;
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_CLOSED' });
      }
    }
    expect(delivered).toBeGreaterThanOrEqual(stopAt);
    expect(arena.freeSlots).toBe(6000);
  }
});

it('a worker that is terminated in its sleep leaves its slot to be freed', async () => {
  const arena = OneshotArena.create();
  const [sender, receiver] = arena.channel<number>();
  const thread = worker('receive', { handle: receiver.handle, way: 'blocking' });
  await once(thread, 'message');
  await thread.terminate();
  expect(sender.revokePeer({ exited: true })).toBe(true);
  expect(sender.trySend(1)).toBe(false);
  expect(arena.freeSlots).toBe(64);
  expect(Sender.from(arena.channel()[0].handle).isClosed).toBe(false);
});
