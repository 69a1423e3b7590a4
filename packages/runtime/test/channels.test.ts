// Channels between tasks on different workers: what their handles open there.

import { InvalidHandleError, TimeoutError } from '@concurrency-lab/atomics';
import { coroutine, toPromise } from '@concurrency-lab/mini-exec';
import { oneshot } from '@concurrency-lab/oneshot';
import { Mutex, Semaphore } from '@concurrency-lab/spinlock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mpsc, Notify, type Runtime } from '../src/index.ts';
import { builder, errorOf } from './runtimes.ts';
import * as tasks from './tasks/channels.mjs';

let rt: Runtime;
beforeAll(() => {
  rt = builder(2).build();
});
afterAll(() => rt.shutdown());

describe('between tasks,', () => {
  it('a oneshot channel carries one value', async () => {
    const [sender, receiver] = oneshot<number>();
    const asked = rt.spawn(tasks.ask, receiver.handle);
    await rt.spawn(tasks.answer, sender.handle, 12);
    await expect(asked).resolves.toBe(144);
  });

  it('an mpsc channel carries many, with back-pressure', async () => {
    const [sender, receiver] = mpsc<number>({ capacity: 3 });
    const producers = [10, 20, 30].map((count) => rt.spawn(tasks.produce, sender.share(), count));
    sender.close();
    const sum = rt.spawn(tasks.consume, receiver.give(), 60);
    await Promise.all(producers);
    await expect(sum).resolves.toBe(55 + 210 + 465);
  });

  it('tasks pass the handles on to those that they spawn', async () => {
    const [sender, receiver] = mpsc<number>({ capacity: 1 });
    await expect(rt.spawn(tasks.pipeline, sender.share(), receiver.give(), 50)).resolves.toBe(1275);
  });

  it('Notify passes the turn on, by blocking, by a promise, in a coroutine', async () => {
    const chain = Array.from({ length: 5 }, () => Notify.create());
    const [a, b, c, d, e] = chain.map(({ handle }) => handle) as [never, never, never, never, never];
    const relays = [
      rt.spawn(tasks.relayInCoroutine, c, d),
      rt.spawn(tasks.relay, b, c, 'promise'),
      rt.spawnBlocking(tasks.relay, a, b, 'block'),
      rt.spawn(tasks.relay, d, e, 'promise'),
    ];
    const woken = chain[4]!.waitAsync();
    chain[0]!.notifyOne();
    await woken;
    await expect(Promise.all(relays)).resolves.toEqual(['coroutine', 'promise', 'block', 'promise']);
  });

  it('a Semaphore lets so many in', async () => {
    const semaphore = Semaphore.create({ permits: 2 });
    const words = new Int32Array(new SharedArrayBuffer(8));
    await Promise.all(Array.from({ length: 30 }, () => rt.spawn(tasks.inside, semaphore.handle, words)));
    expect(words[0]).toBe(0);
    expect(words[1]).toBeGreaterThan(0);
    expect(words[1]).toBeLessThanOrEqual(2);
    expect(semaphore.available).toBe(2);
  });

  it('a Mutex keeps a wait between reading and writing apart', async () => {
    const mutex = Mutex.create();
    const words = new Int32Array(new SharedArrayBuffer(4));
    await Promise.all(Array.from({ length: 30 }, () => rt.spawn(tasks.increment, mutex.handle, words)));
    expect(words[0]).toBe(30);
  });
});

describe('Notify', () => {
  it('stores one notification, and no more', () => {
    const notify = Notify.create();
    expect(notify.tryWait()).toBe(false);
    notify.notifyOne();
    notify.notifyOne();
    expect([notify.tryWait(), notify.tryWait()]).toEqual([true, false]);
    notify.notifyWaiters();
    expect(notify.tryWait()).toBe(false);
  });

  it('notifies all that wait, and those whose future was made before', async () => {
    const notify = Notify.create();
    const late = notify.notified();
    const waits = [notify.waitAsync(), notify.waitAsync(), toPromise(notify.notified())];
    notify.notifyWaiters();
    await Promise.all(waits);
    await toPromise(late);
    expect(notify.tryWait()).toBe(false);
  });

  it('notifies as many as it was told', async () => {
    const notify = Notify.create();
    const ended: number[] = [];
    const waits = [0, 1, 2].map(async (i) => {
      await notify.waitAsync();
      ended.push(i);
    });
    notify.notifyOne();
    notify.notifyOne();
    await Promise.race(waits);
    await expect.poll(() => ended.length).toBe(2);
    notify.notifyOne();
    await Promise.all(waits);
    expect(notify.tryWait()).toBe(false);
  });

  it('leaves a notification to others where one gives up', async () => {
    const notify = Notify.create();
    const controller = new AbortController();
    const given = notify.waitAsync({ signal: controller.signal });
    controller.abort(new Error('enough'));
    expect(await errorOf(given)).toMatchObject({ message: 'enough' });
    expect(await errorOf(notify.waitAsync({ timeout: 1 }))).toBeInstanceOf(TimeoutError);
    expect(() => notify.wait({ timeout: 1 })).toThrow(TimeoutError);
    notify.notifyOne();
    notify.notifyOne();
    expect([notify.tryWait(), notify.tryWait()]).toEqual([true, false]);
  });

  it('ends the wait of a future that is dropped', async () => {
    const notify = Notify.create();
    const dropped = notify.notified();
    dropped.poll({ waker: { wake() {} } });
    dropped.drop();
    notify.notifyOne();
    await toPromise(
      coroutine(function* () {
        yield* notify.notified();
      }),
    );
    expect(notify.tryWait()).toBe(false);
  });

  it('opens from its handle only', () => {
    expect(() => Notify.from({ ...Notify.create().handle, kind: 'mutex' } as never)).toThrow(InvalidHandleError);
  });
});
