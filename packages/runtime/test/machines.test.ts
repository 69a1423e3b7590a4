// Machines on real workers: what they wait for, how they move, and what becomes of them when
// something goes wrong.

import { InvalidArgumentError } from '@concurrency-lab/atomics';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { machine, type Runtime, type Task, wakeMachine, WorkerLostError } from '../src/index.ts';
import { builder, errorOf } from './runtimes.ts';
import { add } from './tasks/arithmetic.mjs';
import * as tasks from './tasks/machines.mjs';
import { until } from './words.ts';

const { FIRST, FLAG, HANDLE, HOLDING, MET, POLLS, RELEASE } = tasks;

const byName: Readonly<Record<string, unknown>> = { ...tasks };

/** Gives one of the machines, by its name. */
function named(name: string): Task<[]> {
  return byName[name] as Task<[]>;
}

/** Gives every worker a number, and the words. */
async function meetOn(rt: Runtime, words: Int32Array<SharedArrayBuffer>, workers: number): Promise<void> {
  while (Atomics.load(words, MET) < workers) {
    await Promise.all(Array.from({ length: workers }, () => rt.spawn(tasks.meet, words, workers)));
  }
}

/** Lets a worker go on that `hold` holds. */
function release(words: Int32Array<SharedArrayBuffer>, worker: number): void {
  Atomics.store(words, RELEASE + worker, 1);
  Atomics.notify(words, RELEASE + worker);
}

/** No task is left, and the next ones run. */
async function expectNext(rt: Runtime): Promise<void> {
  const handles = Array.from({ length: 100 }, (_, i) => rt.spawn(add, i, 1));
  expect(await Promise.all(handles)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  expect(rt.metrics().liveTasks).toBe(0);
}

describe.each([1, 2])('with %s workers', (workers) => {
  let rt: Runtime;
  let words: Int32Array<SharedArrayBuffer>;
  beforeAll(async () => {
    rt = builder(workers).unhandledPanic('ignore').build();
    words = new Int32Array(new SharedArrayBuffer(64));
    await meetOn(rt, words, workers);
  }, 120_000);
  beforeEach(() => {
    for (const word of [HANDLE, POLLS, FLAG]) Atomics.store(words, word, 0);
  });
  afterAll(() => rt.shutdown());

  /** Waits for a machine that says where it is, and then waits to be woken. */
  async function handleOfWaiting(): Promise<number> {
    return (await until(words, HANDLE, (handle) => handle !== 0)) - 1;
  }

  it('is polled until it comes to a value', async () => {
    await expect(rt.spawn(tasks.yieldTimes, 100)).resolves.toBe(101);
    await expectNext(rt);
  });

  it('many at a time each come to their own value', async () => {
    const handles = Array.from({ length: 2000 }, (_, i) => rt.spawn(tasks.yieldTimes, i % 10));
    expect(await Promise.all(handles)).toEqual(Array.from({ length: 2000 }, (_, i) => (i % 10) + 1));
    await expectNext(rt);
  });

  it('joins machines that it spawns', async () => {
    await expect(rt.spawn(tasks.fibOfMachines, 13)).resolves.toBe(233);
    await expectNext(rt);
  });

  it('sleeps', async () => {
    await expect(rt.spawn(tasks.sleepFor, 5)).resolves.toBeGreaterThanOrEqual(0);
    await expect(rt.spawn(tasks.sleepFor, -5)).resolves.toBeGreaterThanOrEqual(0);
    await expectNext(rt);
  });

  it.each<[string, unknown]>([
    ['joinAdd', 3],
    ['joinAddLater', 7],
    ['joinLong', 'x'.repeat(2000)],
    ['joinMoved', new Uint8Array([1, 2, 3])],
    ['keepPlain', [2, 'é', true, null, [1, 'two'], 10n]],
    ['late', 'woken'],
    ['wokenByTask', 'woken'],
    ['leaveChildren', true],
  ])('%s', async (name, expected) => {
    await expect(rt.spawn(named(name))).resolves.toEqual(expected);
    await expectNext(rt);
  });

  it.each<[string, object]>([
    ['joinThrow', { name: 'JoinError', cause: { message: 'below' } }],
    ['joinNothing', { name: 'InvalidArgumentError' }],
    ['joinTwice', { name: 'InvalidArgumentError' }],
    ['throwInPoll', { name: 'RangeError', message: 'in the second poll' }],
  ])('%s', async (name, cause) => {
    const error = await errorOf(rt.spawn(named(name)));
    expect(error).toMatchObject({ name: 'JoinError', isPanic: true, cause });
    await expectNext(rt);
  });

  it.each<[string, RegExp]>([
    ['text', /96 bytes; what, polls take 1\d\d$/],
    ['function', /its what is/],
    ['shared memory', /its what is/],
    ['promise', /its what is an object of class Promise/],
    ['handle', /its what is/],
  ])('keeps no %s over a wait', async (what, message) => {
    const error = (await errorOf(rt.spawn(tasks.keep, what))) as Error;
    expect(error.cause).toMatchObject({ name: 'InvalidArgumentError' });
    expect((error.cause as Error).message).toMatch(message);
    await expectNext(rt);
  });

  it('is polled for nothing when it is woken for nothing', async () => {
    const handle = rt.spawn(tasks.waitForFlag);
    const waker = await handleOfWaiting();
    for (let polls = 2; polls < 10; polls++) {
      Atomics.store(words, HANDLE, 0);
      rt.wakeMachine(waker);
      await handleOfWaiting();
      expect(Atomics.load(words, POLLS)).toBeGreaterThanOrEqual(2);
    }
    Atomics.store(words, FLAG, 1);
    rt.wakeMachine(waker);
    await handle;
    rt.wakeMachine(waker); // too late: nothing is there
    await expectNext(rt);
  });

  it('is aborted while it waits, and leaves its child', async () => {
    const handle = rt.spawn(tasks.waitWithChild);
    await handleOfWaiting();
    handle.abort();
    expect(await errorOf(handle)).toMatchObject({ name: 'JoinError', isCancelled: true });
    while (rt.metrics().liveTasks > 0) await new Promise((resolve) => setTimeout(resolve)); // until a worker has put it away
    await expectNext(rt);
  });
});

describe.each([1, 2])('with %s workers, of which some are lost,', (workers) => {
  it('it is lost with the worker that polls it', async () => {
    await using rt = builder(workers).unhandledPanic('ignore').build();
    const error = await errorOf(rt.spawn(tasks.exitInPoll));
    expect((error as Error).cause).toBeInstanceOf(WorkerLostError);
    await expectNext(rt);
  });

  it('it hears that the worker of its child was lost', async () => {
    await using rt = builder(workers).unhandledPanic('ignore').build();
    const error = (await errorOf(rt.spawn(tasks.joinExit))) as Error;
    expect(error.cause).toMatchObject({ name: 'JoinError', cause: { name: 'WorkerLostError' } });
    await expectNext(rt);
  });

  it('it hears that the result of its child was lost', async () => {
    await using rt = builder(workers).unhandledPanic('ignore').build();
    const words = new Int32Array(new SharedArrayBuffer(64));
    await meetOn(rt, words, workers);
    const error = (await errorOf(rt.spawn(tasks.joinTooLate))) as Error;
    expect(error.cause).toMatchObject({ name: 'JoinError', cause: { name: 'ParcelLostError' } });
    await expectNext(rt);
  });

  it('it outlives all workers while it waits', async () => {
    await using rt = builder(workers).unhandledPanic('ignore').build();
    const words = new Int32Array(new SharedArrayBuffer(64));
    await meetOn(rt, words, workers);
    const handle = rt.spawn(tasks.waitForFlag);
    await until(words, HANDLE, (waker) => waker !== 0);
    for (let i = 0; i < 2 * workers; i++) await errorOf(rt.spawn(tasks.flagAndExit)); // nobody wakes it but the recovery
    while (!handle.isFinished) {
      await Promise.all(Array.from({ length: workers }, () => rt.spawn(tasks.meet, words, 0)));
    }
    await expect(handle).resolves.toHaveLength(2);
    await expectNext(rt);
  });
});

describe('a machine', () => {
  it('moves from the worker that polled it to the one that has time', async () => {
    await using rt = builder(2).build();
    const words = new Int32Array(new SharedArrayBuffer(64));
    await meetOn(rt, words, 2);
    const moving = rt.spawn(tasks.waitForFlag);
    const waker = (await until(words, HANDLE, (handle) => handle !== 0)) - 1;
    const first = Atomics.load(words, FIRST);
    const other = 3 - first;

    const holding = [rt.spawn(tasks.hold), rt.spawn(tasks.hold)];
    await until(words, HOLDING, (count) => count === 2); // both workers are occupied
    Atomics.store(words, FLAG, 1);
    rt.wakeMachine(waker);
    release(words, other);
    await expect(moving).resolves.toEqual([first, other]);

    release(words, first);
    await Promise.all(holding);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 1],
    ['empty', {}],
    ['without poll', { frame: {} }],
    ['without frame', { poll: Number }],
    ['with a number for a frame', { frame: 1, poll: Number }],
    ['with a list for a frame', { frame: [], poll: Number }],
    ['with a number for begin', { frame: {}, poll: Number, begin: 1 }],
  ])('is not defined by what is %s', (name, what) => {
    expect(() => machine(import.meta, name, what as never)).toThrow(InvalidArgumentError);
  });

  it('is not for the blocking pool', async () => {
    await using rt = builder(1).build();
    expect(() => rt.spawnBlocking(tasks.yieldTimes, 1)).toThrow(InvalidArgumentError);
  });

  it('can be called where it says how', () => {
    const program = { frame: { n: 0 }, poll: (): number => 1 };
    expect(() => machine(import.meta, 'uncallable', program)()).toThrow(/can only be spawned/);
    expect(machine(import.meta, 'callable', { ...program, run: (n: number) => n + 1 })(1)).toBe(2);
  });

  it('can be woken on a worker only by the function', () => {
    expect(() => wakeMachine(0)).toThrow(/wakeMachine\(\)/);
  });
});
