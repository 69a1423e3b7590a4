// What is built above spawning: parallel maps, fork and join, sets of tasks, on real workers.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, forkJoin, JoinSet, mpsc, parallelMap, type Runtime } from '../src/index.ts';
import { builder } from './runtimes.ts';
import * as lists from './tasks/lists.mjs';

let rt: Runtime;
beforeAll(() => {
  rt = builder().build();
});
afterAll(() => rt.shutdown());

const numbers = Array.from({ length: 1000 }, (_, i) => i - 300);

describe('parallelMap', () => {
  it.each([undefined, 1, 7, 1000, 5000])(
    'keeps the order of items and their indices, in chunks of %s',
    async (chunk) => {
      const expected = numbers.map((n, index) => n * n + index * 1_000_000);
      await expect(parallelMap(rt, lists.square, numbers, { chunk })).resolves.toEqual(expected);
    },
  );

  it('takes async tasks and coroutines', async () => {
    const few = numbers.slice(0, 20);
    const expected = few.map((n) => n * n);
    await expect(parallelMap(rt, lists.squareLater, few)).resolves.toEqual(expected);
    await expect(parallelMap(rt, lists.squareStepwise, few, { chunk: 3 })).resolves.toEqual(expected);
  });

  it('computes on all workers, at the first use of a module and later', async () => {
    await using fresh = builder(2).build();
    for (let round = 0; round < 3; round++) {
      const words = new Int32Array(new SharedArrayBuffer(4));
      await expect(parallelMap(fresh, lists.meet, [words, words], { chunk: 1 })).resolves.toEqual([0, 1]);
    }
  });

  it('takes typed arrays, shared ones too, and empty lists', async () => {
    const typed = Float64Array.from(numbers);
    const shared = new Float64Array(new SharedArrayBuffer(8 * typed.length));
    shared.set(typed);
    const expected = numbers.map((n, index) => n * n + index * 1_000_000);
    await expect(parallelMap(rt, lists.square, typed)).resolves.toEqual(expected);
    await expect(parallelMap(rt, lists.square, shared)).resolves.toEqual(expected);
    await expect(parallelMap(rt, lists.square, [])).resolves.toEqual([]);
  });

  it('throws what the first failing item throws, and ends the rest', async () => {
    const words = new Int32Array(new SharedArrayBuffer(8));
    const items = Array.from({ length: 3000 }, (_, i) => ({ words, fail: i === 40, waits: i > 40 }));
    const failing = parallelMap(rt, lists.failAt, items, { chunk: 1 });
    await expect(failing).rejects.toThrow(RangeError);
    await expect(failing).rejects.toThrow('no such item');
    await rt.spawn(lists.square, 1, 1);
    expect(Atomics.load(words, 0)).toBeLessThanOrEqual(40); // those before it; the others wait for ever
    await expect.poll(() => rt.metrics().liveTasks).toBe(0);
  });

  it('ends with its signal', async () => {
    const words = new Int32Array(new SharedArrayBuffer(8));
    const controller = new AbortController();
    const mapping = parallelMap(rt, lists.waitForWord, [words, words], { chunk: 1, signal: controller.signal });
    await Atomics.waitAsync(words, 1, 0).value;
    controller.abort(new Error('enough'));
    await expect(mapping).rejects.toThrow('enough');
    await expect(parallelMap(rt, lists.mark, [words], { signal: controller.signal })).rejects.toThrow('enough');
    await rt.spawn(lists.square, 1, 1);
    expect(Atomics.load(words, 0)).toBe(0);
  });

  it('says what is wrong with its arguments', async () => {
    await expect(parallelMap(undefined as never, lists.square, [1])).rejects.toThrow('not by undefined');
    await expect(parallelMap(rt, ((n: number) => n) as never, [1])).rejects.toThrow('only a task can be spawned');
    await expect(parallelMap(rt, lists.square, { length: 1 } as never)).rejects.toThrow(
      'parallelMap needs an array or a typed array of items, not an object of class Object',
    );
    await expect(parallelMap(rt, lists.square, [1], { chunk: 0 })).rejects.toThrow('chunk must be an integer from 1');
    await expect(parallelMap(rt, lists.square, [1, (() => 1) as never], { chunk: 1 })).rejects.toThrow(
      'argument[0][0] is a function',
    );
  });
});

describe('forkJoin', () => {
  it('joins different tasks, in the order of the calls', async () => {
    const [text, n, later] = await forkJoin(
      rt,
      call(lists.describeAll, new Uint8Array([1, 2]), 'bytes'),
      call(lists.square, 3, 0),
      call(lists.squareLater, 4),
    );
    expect([text, n, later]).toEqual(['1,2 bytes', 9, 16]);
    await expect(forkJoin(rt)).resolves.toEqual([]);
  });

  it('says what is wrong with its arguments', async () => {
    await expect(forkJoin({} as never)).rejects.toThrow('not by an object of class Object');
    await expect(forkJoin(rt, lists.square as never)).rejects.toThrow('forkJoin needs calls, as call(task, ...args)');
    expect(() => new JoinSet(undefined as never)).toThrow('not by undefined');
  });

  it('nests within tasks', async () => {
    await expect(rt.spawn(lists.fib, 11)).resolves.toBe(89);
  });

  it('throws what the first failing task throws, and aborts the others', async () => {
    const words = new Int32Array(new SharedArrayBuffer(8));
    const failing = forkJoin(rt, call(lists.waitForWord, words), call(lists.failAt, { words, fail: true }));
    await expect(failing).rejects.toThrow('no such item');
  });
});

describe('a JoinSet', () => {
  it('joins whichever finishes next, until it is empty', async () => {
    using tasks = new JoinSet<number>(rt);
    const words = new Int32Array(new SharedArrayBuffer(8));
    const late = tasks.spawn(lists.waitForWord, words);
    tasks.spawn(lists.square, 5, 0);
    expect(tasks.size).toBe(2);
    expect(await tasks.joinNext()).toMatchObject({ value: 25 });
    Atomics.store(words, 0, 1);
    const joined = await tasks.joinNext();
    expect([joined?.handle === late, joined]).toMatchObject([true, { value: 1 }]);
    expect(await tasks.joinNext()).toBeNull();
    expect(tasks.size).toBe(0);
  });

  it('returns the error of a task, and throws it from joinAll', async () => {
    const words = new Int32Array(new SharedArrayBuffer(8));
    using tasks = new JoinSet<number>(rt);
    tasks.spawn(lists.failAt, { words, fail: true });
    expect((await tasks.joinNext())?.error).toMatchObject({ isPanic: true, cause: { message: 'no such item' } });
    tasks.spawn(lists.waitForWord, words);
    tasks.spawn(lists.failAt, { words, fail: true });
    await expect(tasks.joinAll()).rejects.toMatchObject({ isPanic: true });
    expect((await tasks.joinNext())?.error).toMatchObject({ isCancelled: true });
    for (let n = 1; n <= 20; n++) tasks.spawn(lists.squareLater, n);
    const values = await tasks.joinAll();
    expect(values.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => (i + 1) ** 2));
  });
});

describe('a bounded channel', () => {
  it('takes what tasks on all workers send, each in its order, however small it is', async () => {
    const [sender, receiver] = mpsc<number>({ capacity: 3 });
    const tasks = [0, 1, 2, 3].map((n) => rt.spawn(lists.sendMany, sender.share(), n * 1000, 500));
    sender.close();
    const received: number[][] = [[], [], [], []];
    for await (const message of receiver) received[Math.floor(message / 1000)]!.push(message);
    await Promise.all(tasks);
    expect(received).toEqual([0, 1, 2, 3].map((n) => Array.from({ length: 500 }, (_, i) => n * 1000 + i)));
  });
});
