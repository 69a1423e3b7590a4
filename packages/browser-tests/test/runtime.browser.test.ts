import { parallelMap, Runtime, task } from '@concurrency-lab/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fail, fib, invert, square } from './runtime-tasks.ts';

const elsewhere = task(import.meta, 'elsewhere', () => 1);

describe('a page', () => {
  let rt: Runtime;
  beforeAll(() => {
    rt = Runtime.builder()
      .workerThreads(2)
      .worker(() => new Worker(new URL('runtime-worker.ts', import.meta.url), { type: 'module' }))
      .build();
  });
  afterAll(() => rt.shutdown());

  it('runs tasks on workers of its own, which spawn others', async () => {
    await expect(rt.spawn(fib, 12)).resolves.toBe(144);
    await expect(parallelMap(rt, square, [1, 2, 3])).resolves.toEqual([1, 4, 9]);
  });

  it('has pieces of an image worked on where they lie', async () => {
    const image = new Uint8Array(new SharedArrayBuffer(4096));
    for (let i = 0; i < image.length; i++) image[i] = i % 251;
    const stripes = [0, 1, 2, 3].map((n) => image.subarray(n * 1024, (n + 1) * 1024));
    await Promise.all(stripes.map((stripe) => rt.spawn(invert, stripe)));
    expect([image[0], image[250], image[4095]]).toEqual([255, 5, 255 - (4095 % 251)]);
  });

  it('gets the errors of tasks', async () => {
    const error = await rt.spawn(fail).then(
      () => undefined,
      (thrown: { cause: unknown }) => thrown.cause,
    );
    expect(error).toBeInstanceOf(RangeError);
    expect((error as Error).message).toBe('no such pixel');
  });

  it('is told of a task that its worker was not given', async () => {
    await expect(rt.spawn(elsewhere)).rejects.toThrow(
      'and no task "elsewhere": give the module that defines it to serve()',
    );
  });
});
