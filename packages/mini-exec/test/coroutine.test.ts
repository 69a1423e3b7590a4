import { describe, expect, it } from 'vitest';
import { refill } from '../src/coop.ts';
import {
  blockOn,
  type Context,
  coroutine,
  type Coroutine,
  Executor,
  Future,
  LocalExecutor,
  Pending,
  yieldNow,
} from '../src/index.ts';
import { Probe, Ready, turns } from './probe.ts';

const noop = { waker: { wake() {} } };

describe('a coroutine', () => {
  it('does nothing before it is polled', () => {
    let ran = false;
    const future = coroutine(function* (): Coroutine<void> {
      ran = true;
      yield* yieldNow();
    });
    expect(ran).toBe(false);
    expect(future.poll(noop)).toBe(Pending);
    expect(ran).toBe(true);
  });

  it('passes values through nested coroutines', () => {
    function* leaf(value: number): Coroutine<number> {
      yield* yieldNow();
      return value;
    }
    function* sum(): Coroutine<number> {
      return (yield* leaf(1)) + (yield* leaf(2)) + (yield* new Ready(() => 3));
    }
    expect(blockOn(sum())).toBe(6);
  });

  it('lets others have their turn with a bare yield, in nested coroutines too', () => {
    const executor = new LocalExecutor();
    const order: string[] = [];
    function* nested(name: string): Coroutine<string> {
      order.push(`${name} begins`);
      yield;
      return name;
    }
    for (const name of ['a', 'b']) {
      executor.spawn(function* () {
        order.push(`${yield* nested(name)} goes on`);
        yield;
        order.push(`${name} ends`);
      });
    }
    while (executor.tryTick());
    expect(order).toEqual(['a begins', 'b begins', 'a goes on', 'b goes on', 'a ends', 'b ends']);
  });

  it('is dropped while it waits for its turn, and cleans up', () => {
    const done: string[] = [];
    const future = coroutine(function* (): Coroutine<void> {
      try {
        yield;
      } finally {
        done.push('cleaned up');
      }
    });
    expect(future.poll(noop)).toBe(Pending);
    future.drop();
    expect(done).toEqual(['cleaned up']);
  });

  it('goes on in the same poll while what it waits for is ready', () => {
    let polls = 0;
    const future = coroutine(function* () {
      for (let i = 0; i < 100; i++) polls += yield* new Ready(() => 1);
    });
    refill();
    expect(future.poll(noop)).toBeUndefined();
    expect(polls).toBe(100);
  });

  it('lets others have their turn after 128 that were ready, and loses no value', () => {
    const executor = new LocalExecutor();
    let sum = 0;
    let others = 0;
    const greedy = executor.spawn(function* () {
      for (let i = 1; i <= 1000; i++) sum += yield* new Ready(() => i);
    });
    executor.spawn(function* () {
      for (; !greedy.isFinished; others++) yield* yieldNow();
    });
    while (executor.tryTick());
    expect(sum).toBe(500_500);
    expect(others).toBe(7);
  });

  it('throws errors at the yield* that waits, where they can be caught', () => {
    const result = blockOn(function* () {
      try {
        yield* new Ready(() => {
          throw new Error('from below');
        });
        return 'no error';
      } catch (error) {
        yield* yieldNow();
        return (error as Error).message;
      }
    });
    expect(result).toBe('from below');
  });

  it('tells who yields a promise what to do, at the place where it happened', () => {
    const message = blockOn(function* () {
      try {
        yield Promise.resolve() as never; // as a program without types may
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(message).toBe(
      'expected a future or a coroutine, not an object of class Promise; wrap a promise in fromPromise()',
    );
  });

  it('waits for anything with a poll method, whoever made it', () => {
    const pending = Symbol.for('@concurrency-lab/mini-exec.Pending');
    expect(pending).toBe(Pending);
    let polls = 0;
    const foreign = {
      poll: ({ waker }: { waker: { wake(): void } }) => {
        if (polls++ > 1) return 'foreign';
        waker.wake();
        return pending;
      },
      *[Symbol.iterator](): Coroutine<string> {
        return String(yield this);
      },
      drop() {},
    };
    expect(
      blockOn(function* () {
        return yield* foreign;
      }),
    ).toBe('foreign');
  });

  it('goes on with its own context after what it waited for was polled with another, or threw', () => {
    const probe = new Probe();
    const inner = function* (): Coroutine<void> {
      yield* new Ready(() => undefined);
      throw new Error('inner');
    };
    const cx = { waker: { wake() {} } };
    const other = { waker: { wake() {} } };
    const future = coroutine(function* () {
      try {
        yield* new Ready(() => coroutine(inner()).poll(other));
      } catch {
        yield* probe;
      }
    });
    refill();
    expect(future.poll(cx)).toBe(Pending);
    expect(probe.waker).toBe(cx.waker);
  });

  it('polls a future that comes with a bare yield, even one that it has waited for before', () => {
    let polls = 0;
    class Twice extends Future<number> {
      override poll(cx: Context) {
        cx.waker.wake();
        return ++polls % 2 === 0 ? polls : Pending;
      }
    }
    const twice = new Twice();
    const values = blockOn(function* () {
      return [yield* twice, yield twice, yield* twice];
    });
    expect(values).toEqual([2, 4, 6]);
  });

  it('polls what it waits for once per wake, and resumes once', async () => {
    const executor = new Executor();
    const probe = new Probe<number>();
    let resumed = 0;
    const handle = executor.spawn(function* () {
      const value = yield* probe;
      resumed++;
      return value;
    });
    await turns();
    probe.waker!.wake();
    await turns();
    expect([probe.polls, resumed]).toEqual([2, 0]);
    probe.resolve(3);
    expect(await handle).toBe(3);
    expect([probe.polls, resumed]).toEqual([3, 1]);
  });

  it('releases what it holds when it is dropped, innermost first', () => {
    const log: string[] = [];
    const probe = new Probe();
    function* inner(): Coroutine<void> {
      try {
        yield* probe;
      } finally {
        log.push('inner');
      }
    }
    const future = coroutine(function* () {
      try {
        yield* inner();
      } finally {
        log.push('outer');
      }
    });
    future.poll(noop);
    future.drop();
    expect(probe.drops).toBe(1);
    expect(log).toEqual(['inner', 'outer']);
  });
});
