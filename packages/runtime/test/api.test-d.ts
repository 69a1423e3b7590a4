// The types of what is spawned, beside those of spawn().

import type { ResourceLimits, WorkerOptions as NodeWorkerOptions } from 'node:worker_threads';
import type { Future } from '@concurrency-lab/mini-exec';
import { describe, expectTypeOf, it } from 'vitest';
import {
  type JoinHandle,
  type LocalJoinHandle,
  type Runtime,
  spawnBlocking,
  spawnLocal,
  task,
  taskLocal,
  type WorkerOptions,
} from '../src/index.ts';

declare const rt: Runtime;
declare const meta: ImportMeta;
const half = task(meta, 'half', (n: number) => n / 2);
const later = task(meta, 'later', async (text: string) => Promise.resolve(text.length));

describe('spawnBlocking()', () => {
  it('takes the arguments of the task, and gives a handle of what it comes to', () => {
    expectTypeOf(rt.spawnBlocking(half, 3)).toEqualTypeOf<JoinHandle<number>>();
    expectTypeOf(spawnBlocking(later, 'a')).toEqualTypeOf<JoinHandle<number>>();
    // @ts-expect-error the argument is a number
    rt.spawnBlocking(half, '3');
    // @ts-expect-error a function is no task
    rt.spawnBlocking((n: number) => n, 3);
  });
});

describe('spawnLocal()', () => {
  it('gives a handle of what the closure comes to', () => {
    expectTypeOf(spawnLocal(() => 'a')).toEqualTypeOf<LocalJoinHandle<string>>();
    expectTypeOf(spawnLocal(async () => Promise.resolve(1))).toEqualTypeOf<LocalJoinHandle<number>>();
    expectTypeOf(
      spawnLocal(function* () {
        return yield* rt.spawn(half, 1);
      }),
    ).toEqualTypeOf<LocalJoinHandle<number>>();
    expectTypeOf(spawnLocal(rt.spawn(half, 1))).toEqualTypeOf<LocalJoinHandle<number>>();
  });
});

describe('a task-local', () => {
  it('gives what the function returns, and a future for a coroutine', () => {
    const local = taskLocal<string>('local');
    expectTypeOf(local.get()).toEqualTypeOf<string>();
    expectTypeOf(local.tryGet()).toEqualTypeOf<string | undefined>();
    expectTypeOf(local.scope('a', () => 1)).toEqualTypeOf<number>();
    expectTypeOf(local.scope('a', async () => Promise.resolve(1))).toEqualTypeOf<Promise<number>>();
    expectTypeOf(
      local.scope('a', function* () {
        return yield* rt.spawn(half, 1);
      }),
    ).toEqualTypeOf<Future<number>>();
    // @ts-expect-error the value is a string
    local.scope(1, () => 1);
  });
});

describe('workerOptions()', () => {
  it("takes what Node's workers can be given, without the types of Node", () => {
    type OfNode = Pick<NodeWorkerOptions, 'argv' | 'env' | 'execArgv' | 'resourceLimits' | 'trackUnmanagedFds'>;
    expectTypeOf<OfNode>().toExtend<WorkerOptions>();
    expectTypeOf<keyof WorkerOptions>().toEqualTypeOf<keyof OfNode>();
    expectTypeOf<keyof NonNullable<WorkerOptions['resourceLimits']>>().toEqualTypeOf<keyof ResourceLimits>();
  });
});
