// Real worker threads on the built package, with numbers of which each is different. What they
// can show is that the engine and the code agree; orderings are proved in ring.model.test.ts.

import { ClosedError } from '@concurrency-lab/atomics';
import { describe, expect, it } from 'vitest';
import { type Consumer, Producer, type RingOptions, SpscRing } from '../src/index.ts';
import { workersBeside } from '../../../vitest.threads.ts';

const startWorker = workersBeside(import.meta.url);

const PATIENCE = { timeout: 100_000 };

function ring(options: Partial<RingOptions<'int32'>>) {
  return SpscRing.create({ kind: 'int32', capacity: 64, ...options });
}

/** Tells whether more can come; throws where nothing ends it, since a thread that spins cannot be timed out from outside. */
function goesOn(consumer: Consumer<'int32'>, until: number): boolean {
  if (performance.now() > until) throw new Error('the worker has not closed the ring');
  return !consumer.isClosed;
}

const TAKING: Record<string, (consumer: Consumer<'int32'>, got: (item: number) => void) => Promise<void> | void> = {
  pop: (consumer, got) => {
    const until = performance.now() + PATIENCE.timeout;
    while (goesOn(consumer, until)) {
      const item = consumer.pop();
      if (item !== undefined) got(item);
    }
  },
  popMany: (consumer, got) => {
    const until = performance.now() + PATIENCE.timeout;
    const into = new Int32Array(50);
    while (goesOn(consumer, until)) for (const item of into.subarray(0, consumer.popMany(into))) got(item);
  },
  read: (consumer, got) => {
    const until = performance.now() + PATIENCE.timeout;
    while (goesOn(consumer, until)) {
      const { first, second, length } = consumer.read(33);
      for (const item of first) got(item);
      for (const item of second) got(item);
      consumer.release(length);
    }
  },
  receive: (consumer, got) => {
    try {
      for (;;) got(consumer.receive(PATIENCE));
    } catch (error) {
      if (!(error instanceof ClosedError)) throw error;
    }
  },
  iterate: async (consumer, got) => {
    for await (const item of consumer) got(item);
  },
};

describe('a worker that sends by', () => {
  it.each([
    ['push', 'pop', { capacity: 1 }, 500], // each number costs a turn of both, where they share a core
    ['push', 'pop', { capacity: 1000 }, 50_000],
    ['push', 'receive', { capacity: 7, publishEvery: 'lazy' }, 10_000],
    ['push', 'popMany', { capacity: 512, publishEvery: 100 }, 50_000],
    ['pushMany', 'read', { capacity: 100 }, 50_000],
    ['reserve', 'popMany', { capacity: 333 }, 50_000],
    ['send', 'receive', { capacity: 1, spins: 0 }, 5000],
    ['send', 'receive', { capacity: 64 }, 50_000],
    ['send', 'iterate', { capacity: 5 }, 5000],
    ['sendMany', 'receive', { capacity: 3, freeEvery: 3 }, 20_000],
    ['sendAsync', 'pop', { capacity: 4 }, 5000],
    ['sendMany', 'receive', { capacity: 128, realtime: true }, 20_000],
  ] as const)('%s to a thread that takes by %s (%o), %i numbers', async (way, taking, options, count) => {
    const [producer, consumer] = ring(options);
    const { result } = startWorker<string>('count', { handle: producer.handle, count, way });
    let next = 1;
    const wrong: number[] = [];
    await TAKING[taking]!(consumer, (item) => {
      if (item !== next && wrong.length < 10) wrong.push(next, item);
      next++;
    });
    expect(wrong).toEqual([]);
    expect(next).toBe(count + 1);
    expect(await result).toBe('sent');
  });
});

it('ends a sender on this thread when the worker that takes closes', async () => {
  const [producer, consumer] = ring({ capacity: 8 });
  const { result } = startWorker<object>('take', { handle: consumer.handle, stopAfter: 1000 });
  let sent = 0;
  expect(() => {
    for (;;) producer.send(++sent, PATIENCE);
  }).toThrow(ClosedError);
  const { taken, wrong, code } = (await result) as { taken: number; wrong?: unknown; code: string };
  expect([wrong, code]).toEqual([undefined, 'ERR_CLOSED']);
  // The worker got everything that was accepted, and the send that threw was not.
  expect(taken).toBe(sent - 1);
  expect(taken).toBeGreaterThanOrEqual(1000);
});

it('loses only what was not published when a producer is terminated, and goes on with the next', async () => {
  for (let round = 0; round < 5; round++) {
    const [producer, consumer] = ring({ capacity: 100 });
    const { worker, result } = startWorker('endless', producer.handle);
    result.catch(() => {});
    let last = 0;
    for (const until = 1000 * (round + 1); last < until;) {
      const item = consumer.pop();
      if (item !== undefined) expect(item).toBe(++last);
    }
    await worker.terminate();
    using successor = Producer.from(producer.handle, { takeOver: true });
    for (let left = consumer.size; left > 0; left--) expect(consumer.pop()).toBe(++last);
    for (let i = 0; i < 100; i++) expect(successor.push(-1 - i)).toBe(true);
    for (let i = 0; i < 100; i++) expect(consumer.pop()).toBe(-1 - i);
    expect(consumer.pop()).toBeUndefined();
  }
});

it('of two workers with the handle of one side, exactly one opens it', async () => {
  const [producer, consumer] = ring({ capacity: 8 });
  const workers = [1, 2].map(() => startWorker<object>('take', { handle: consumer.handle }));
  const failed = Promise.any(
    workers.map(async ({ result }) => {
      const error = await result.then(
        () => new Error('did not fail'),
        (reason: Error) => reason,
      );
      if ((error as { code?: string }).code !== 'ERR_SIDE_TAKEN') throw error;
    }),
  );
  await failed;
  for (let i = 1; i <= 100; i++) await producer.sendAsync(i, PATIENCE);
  producer.close();
  const ended = await Promise.allSettled(workers.map(({ result }) => result));
  const reports = ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  expect(reports).toEqual([{ taken: 100, wrong: undefined, code: 'ERR_CLOSED' }]);
});

it('lets its thread end once the last wait has been given up', async () => {
  const [, consumer] = ring({});
  const { worker, result } = startWorker<string[]>('give-up', consumer.handle);
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  expect(await result).toEqual(['TimeoutError', 'AbortError', 'TimeoutError']);
  expect(await ended).toBe(0);
});
