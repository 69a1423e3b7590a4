import { BlockingForbiddenError } from '@concurrency-lab/atomics';
import { oneshot, OneshotArena, Sender, type SenderHandle } from '@concurrency-lab/oneshot';
import { afterEach, describe, expect, it } from 'vitest';
import type { OneshotRequest } from './oneshot-worker.ts';

const workers: Worker[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate();
});

/** Starts a worker and gives it one thing to do; the promise resolves with what it posts. */
function start(request: OneshotRequest): { worker: Worker; answer: Promise<unknown> } {
  const worker = new Worker(new URL('oneshot-worker.ts', import.meta.url), { type: 'module' });
  workers.push(worker);
  const answer = new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data));
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
  });
  worker.postMessage(request);
  return { worker, answer };
}

describe('a page', () => {
  it('may not block, and says what to use instead', () => {
    expect(() => oneshot()[1].receive()).toThrow(BlockingForbiddenError);
    expect(() => oneshot()[1].receive()).toThrow('use Receiver.receiveAsync() here');
  });

  it('awaits a value of any plain kind from a worker', async () => {
    const [sender, receiver] = oneshot();
    start({ kind: 'send', handle: sender.handle });
    expect(await receiver.receiveAsync({ timeout: 100_000 })).toEqual({
      text: 'grüße 😀',
      long: '漢'.repeat(200),
      map: new Map([[1n, new Uint8Array([1, 2])]]),
    });
  });

  it('learns that a sender on a worker was closed', async () => {
    const [sender, receiver] = oneshot();
    start({ kind: 'close', handle: sender.handle });
    await expect(receiver.receiveAsync({ timeout: 100_000 })).rejects.toMatchObject({ code: 'ERR_CLOSED' });
  });
});

describe('a worker', () => {
  it('blocks until the page has computed what it asked for', async () => {
    const { worker, answer } = start({ kind: 'ask' });
    const asked = (await answer) as { number: number; reply: SenderHandle };
    const result = new Promise((resolve) => {
      worker.addEventListener('message', ({ data }) => resolve(data));
    });
    await new Promise((resolve) => setTimeout(resolve, 10)); // the page computes
    Sender.from<number>(asked.reply).send(asked.number * 2);
    expect(await result).toBe(42);
  });

  it('that was terminated is revoked, and its slot used again', async () => {
    const arena = OneshotArena.create({ slots: 1 });
    const [sender, receiver] = arena.channel<number>();
    const { worker, answer } = start({ kind: 'receive', handle: receiver.handle });
    expect(await answer).toBe('receiving');
    worker.terminate();
    receiver.revoke(); // nothing says when a page's worker has really stopped
    expect(sender.trySend(1)).toBe(false);
    expect(arena.freeSlots).toBe(1);
  });
});
