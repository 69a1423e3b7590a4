import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  blockOn,
  type Context,
  coroutine,
  type Coroutine,
  DeadlockError,
  Executor,
  Future,
  JoinError,
  type JoinHandle,
  JoinSet,
  LocalExecutor,
  Pending,
  type Poll,
  yieldNow,
} from '../src/index.ts';
import { failing as panicking, Probe, Ready, turns } from './probe.ts';

describe('spawn', () => {
  it('polls nothing before it has returned', () => {
    const probe = new Probe();
    new Executor().spawn(probe);
    expect(probe.polls).toBe(0);
  });

  it('polls in the order of spawning', async () => {
    const executor = new Executor();
    const order: number[] = [];
    const handles = [1, 2, 3].map((n) =>
      executor.spawn(function* (): Coroutine<void> {
        order.push(n);
        yield* yieldNow();
        order.push(n + 10);
      }),
    );
    await Promise.all(handles);
    expect(order).toEqual([1, 2, 3, 11, 12, 13]);
  });

  it.each([5, undefined, null, {}, 'text', [1]])('refuses %o', (value) => {
    expect(() => new Executor().spawn(value as never)).toThrow(TypeError);
    expect(() => new Executor().spawn(value as never)).toThrow('expected a future or a coroutine, not');
  });

  it('refuses an async function with the way out', () => {
    expect(() => new Executor().spawn((async () => {}) as never)).toThrow('wrap a promise in fromPromise()');
  });

  it('infers what a coroutine comes to', () => {
    const handle = new Executor().spawn(function* () {
      yield* yieldNow();
      return 5;
    });
    expectTypeOf(handle).toEqualTypeOf<JoinHandle<number>>();
    // @ts-expect-error -- a promise is no future
    const wrong = (): unknown => new Executor().spawn(Promise.resolve(1));
    expect(wrong).toThrow(TypeError);
  });
});

describe('a task', () => {
  it('is polled once when spawned, and then only when it was woken', async () => {
    const executor = new Executor();
    const probe = new Probe<string>();
    const handle = executor.spawn(probe);
    await turns();
    expect(probe.polls).toBe(1);
    await turns();
    expect(probe.polls).toBe(1);
    probe.waker!.wake();
    await turns();
    expect(probe.polls).toBe(2);
    probe.resolve('ready');
    expect(await handle).toBe('ready');
    expect(probe.polls).toBe(3);
  });

  it('is polled once for several wakes before that poll', async () => {
    const probe = new Probe();
    new Executor().spawn(probe);
    await turns();
    for (let i = 0; i < 5; i++) probe.waker!.wake();
    await turns();
    expect(probe.polls).toBe(2);
  });

  it('is polled again when it was woken during its own poll', () => {
    let polls = 0;
    class Insistent extends Future<number> {
      override poll(cx: Context) {
        cx.waker.wake();
        cx.waker.wake();
        return ++polls === 4 ? polls : Pending;
      }
    }
    expect(blockOn(new Insistent())).toBe(4);
  });

  it('is not polled after it has finished, not even when it woke itself in its last poll', async () => {
    const executor = new Executor();
    const probe = new Probe();
    const handle = executor.spawn(
      coroutine(function* () {
        yield* yieldNow();
        yield* new (class extends Future<void> {
          override poll(cx: Context) {
            probe.poll(cx);
            cx.waker.wake();
          }
        })();
      }),
    );
    await handle;
    probe.waker!.wake();
    await turns();
    expect(probe.polls).toBe(1);
    expect(executor.liveTasks).toBe(0);
  });

  it('counts as live until it has finished', async () => {
    const executor = new Executor();
    const probe = new Probe();
    const handle = executor.spawn(probe);
    expect([executor.liveTasks, handle.isFinished]).toEqual([1, false]);
    await turns();
    probe.resolve();
    await handle;
    expect([executor.liveTasks, handle.isFinished]).toEqual([0, true]);
  });
});

describe('joining', () => {
  it('gives the value to every task and promise that waits for it, then and later', async () => {
    const executor = new Executor();
    const probe = new Probe<number>();
    const handle = executor.spawn(probe);
    const join = function* (): Coroutine<number> {
      return (yield* handle) + 1;
    };
    const joiners = [executor.spawn(join), executor.spawn(join)];
    const promises = [handle.then((value) => value + 2), handle.then((value) => value + 3)];
    await turns();
    probe.resolve(10);
    expect(await Promise.all([...joiners, ...promises, handle])).toEqual([11, 11, 12, 13, 10]);
    expect(await executor.spawn(join)).toBe(11);
  });

  it('works across executors', async () => {
    const probe = new Probe<number>();
    const there = new Executor().spawn(probe);
    const here = new Executor().spawn(function* () {
      return (yield* there) * 2;
    });
    await turns();
    probe.resolve(4);
    expect(await here).toBe(8);
  });

  it('throws a JoinError with the cause when the task threw', async () => {
    const cause = new Error('broken');
    const handle = new Executor().spawn(function* () {
      yield* yieldNow();
      throw cause;
    });
    const error = await handle.then(undefined, (reason: unknown) => reason);
    expect(error).toBeInstanceOf(JoinError);
    expect(error).toMatchObject({
      name: 'JoinError',
      code: 'ERR_TASK_PANICKED',
      message: 'the task panicked: broken',
      cause,
      isPanic: true,
      isCancelled: false,
    });
  });

  it.each([undefined, null, 'text', 5])('reports a thrown %s as it is', async (thrown) => {
    const handle = new Executor().spawn(function* (): Coroutine<void> {
      yield* yieldNow();
      throw thrown;
    });
    await expect(handle).rejects.toMatchObject({ message: `the task panicked: ${thrown}`, cause: thrown });
  });

  it('throws the same JoinError in a coroutine, which may catch it', async () => {
    const executor = new Executor();
    const result = await executor.spawn(function* () {
      const failing = executor.spawn(function* (): Coroutine<void> {
        yield* yieldNow();
        throw new Error('inner');
      });
      try {
        yield* failing;
        return 'no error';
      } catch (error) {
        return (error as JoinError).message;
      }
    });
    expect(result).toBe('the task panicked: inner');
  });
});

describe('a task that is joined by the poll that spawned it', () => {
  it('is polled on the spot, being the next anyway', () => {
    const executor = new LocalExecutor();
    const log: string[] = [];
    executor.spawn(function* () {
      log.push('parent');
      yield* executor.spawn(new Ready(() => log.push('child')));
      log.push('joined');
    });
    expect(executor.tryTick()).toBe(true);
    expect(log).toEqual(['parent', 'child', 'joined']);
    expect([executor.liveTasks, executor.tryTick()]).toEqual([0, false]);
  });

  it('waits in line behind those that were ready', () => {
    const executor = new LocalExecutor();
    const log: string[] = [];
    executor.spawn(function* () {
      yield* executor.spawn(new Ready(() => log.push('child')));
    });
    executor.spawn(new Ready(() => log.push('other')));
    while (executor.tryTick());
    expect(log).toEqual(['other', 'child']);
  });

  it('waits in line if another got ready in between', () => {
    const executor = new LocalExecutor();
    const log: number[] = [];
    executor.spawn(function* () {
      const handles = [1, 2, 3].map((n) => executor.spawn(new Ready(() => log.push(n))));
      for (const handle of handles) yield* handle;
    });
    while (executor.tryTick());
    expect(log).toEqual([1, 2, 3]);
  });

  it('is polled once per wake when it is pending, and goes on in its turn', () => {
    const executor = new LocalExecutor();
    const log: string[] = [];
    const probe = new Probe<string>();
    const parent = executor.spawn(function* () {
      const child = executor.spawn(function* () {
        log.push('child');
        yield* yieldNow();
        log.push('child again');
        return yield* probe;
      });
      return yield* child;
    });
    executor.tryTick();
    executor.spawn(new Ready(() => log.push('other')));
    while (executor.tryTick());
    expect(log).toEqual(['child', 'child again', 'other']);
    expect(probe.polls).toBe(1);
    probe.resolve('value');
    while (executor.tryTick());
    expect([probe.polls, parent.isFinished, executor.liveTasks]).toEqual([2, true, 0]);
    expect(blockOn(parent)).toBe('value');
  });

  it('spends the budget of its joiner, so that others have their turn', () => {
    const executor = new LocalExecutor();
    executor.spawn(function* () {
      for (let i = 0; i < 1000; i++) yield* executor.spawn(new Ready(() => i));
    });
    let ticks = 0;
    while (executor.tryTick()) ticks++;
    expect(ticks).toBe(15); // eight of the joiner, and of the child for which it had nothing left, seven times
  });

  it('is polled within at most 32 others, and else in its turn', () => {
    const executor = new LocalExecutor();
    let deepest = 0;
    function* nest(level: number): Coroutine<void> {
      deepest = level;
      if (level < 40) yield* executor.spawn(nest(level + 1));
    }
    executor.spawn(nest(0));
    executor.tryTick();
    expect(deepest).toBe(32);
    while (executor.tryTick());
    expect([deepest, executor.liveTasks]).toEqual([40, 0]);
  });

  it('is not polled within itself, though it is next, having woken itself', () => {
    const executor = new LocalExecutor();
    class Wake extends Future<void> {
      override poll(cx: Context): Poll<void> {
        cx.waker.wake();
      }
    }
    const self: JoinHandle<unknown> = executor.spawn(function* (): Coroutine<unknown> {
      yield* new Wake();
      return yield* self;
    });
    while (executor.tryTick());
    expect(self.isFinished).toBe(false); // it waits for itself, for ever
    self.abort();
    while (executor.tryTick());
    expect(executor.liveTasks).toBe(0);
  });

  it('may be as deep as memory is, and loses no value', () => {
    const executor = new LocalExecutor();
    function* count(left: number): Coroutine<number> {
      return left === 0 ? 0 : 1 + (yield* executor.spawn(count(left - 1)));
    }
    const counted = executor.spawn(count(20_000));
    while (executor.tryTick());
    expect(blockOn(counted)).toBe(20_000);
    expect(executor.liveTasks).toBe(0);
  });

  it('joins as panicked, which its joiner may catch, or as cancelled', () => {
    const executor = new Executor();
    const run = (): string[] =>
      blockOn(function* () {
        const messages: string[] = [];
        for (const abort of [false, true]) {
          const child = executor.spawn(panicking('inner'));
          if (abort) child.abort();
          try {
            yield* child;
          } catch (error) {
            messages.push((error as Error).message);
          }
        }
        yield* yieldNow();
        return messages;
      }, executor);
    expect(run()).toEqual(['the task panicked: inner', 'the task was cancelled']);
  });

  it('runs only when its own executor does', () => {
    const local = new LocalExecutor();
    const executor = new LocalExecutor();
    let polls = 0;
    const joiner = executor.spawn(function* () {
      yield* local.spawn(new Ready(() => polls++));
    });
    while (executor.tryTick());
    expect(polls).toBe(0);
    while (local.tryTick());
    while (executor.tryTick());
    expect([polls, joiner.isFinished]).toEqual([1, true]);
  });

  it('is not run by a set that collects it', () => {
    const executor = new LocalExecutor();
    const log: string[] = [];
    executor.spawn(function* () {
      const set = new JoinSet<number>(executor);
      set.spawn(new Ready(() => log.push('child')));
      log.push('spawned');
      yield* set.joinAll();
    });
    while (executor.tryTick());
    expect(log).toEqual(['spawned', 'child']);
  });
});

describe('abort', () => {
  it('drops what the task waits for, runs its cleanup, and joins as cancelled', async () => {
    const executor = new Executor();
    const probe = new Probe();
    const log: string[] = [];
    const handle = executor.spawn(function* () {
      try {
        yield* probe;
        log.push('unreachable');
      } finally {
        log.push('cleanup');
      }
    });
    await turns();
    handle.abort();
    await expect(handle).rejects.toMatchObject({ code: 'ERR_TASK_CANCELLED', isCancelled: true, isPanic: false });
    expect(log).toEqual(['cleanup']);
    expect(probe.drops).toBe(1);
    expect(executor.liveTasks).toBe(0);
    probe.resolve();
    await turns();
    expect(probe.polls).toBe(1);
  });

  it('keeps a task that was never polled from running at all', async () => {
    const executor = new Executor();
    let ran = false;
    const handle = executor.spawn(function* () {
      ran = true;
      yield* yieldNow();
    });
    handle.abort();
    await expect(handle).rejects.toMatchObject({ isCancelled: true });
    expect(ran).toBe(false);
  });

  it('changes nothing for a finished task', async () => {
    const executor = new Executor();
    const handle = executor.spawn(function* () {
      yield* yieldNow();
      return 'value';
    });
    await handle;
    handle.abort();
    await turns();
    expect(await handle).toBe('value');
    expect(executor.liveTasks).toBe(0);
  });

  it('lets a task abort itself, at its next wait', async () => {
    const executor = new Executor();
    const log: string[] = [];
    const handle: JoinHandle<void> = executor.spawn(function* () {
      try {
        yield* yieldNow();
        handle.abort();
        log.push('still here');
        yield* new Probe();
        log.push('unreachable');
      } finally {
        log.push('cleanup');
      }
    });
    await expect(handle).rejects.toMatchObject({ isCancelled: true });
    expect(log).toEqual(['still here', 'cleanup']);
  });

  it('reports a cleanup that throws', async () => {
    const handle = new Executor().spawn(function* () {
      try {
        yield* new Probe();
      } finally {
        JSON.parse('bad cleanup');
      }
    });
    await turns();
    handle.abort();
    await expect(handle).rejects.toMatchObject({
      isPanic: true,
      message: expect.stringContaining('is not valid JSON') as string,
    });
  });

  it('reports a cleanup that waits, which nobody could wait for', async () => {
    const handle = new Executor().spawn(function* () {
      try {
        yield* new Probe();
      } finally {
        yield* yieldNow();
      }
    });
    await turns();
    handle.abort();
    await expect(handle).rejects.toThrow('may not wait in its cleanup');
  });
});

describe('blockOn', () => {
  it('returns the value without the event loop', () => {
    expect(
      blockOn(function* () {
        yield* yieldNow();
        return 'value';
      }),
    ).toBe('value');
  });

  it('runs the other tasks of the executor meanwhile, and leaves the rest to the event loop', async () => {
    const executor = new Executor();
    const log: string[] = [];
    const other = executor.spawn(function* () {
      for (let i = 0; i < 4; i++) {
        log.push(`other ${i}`);
        yield* yieldNow();
      }
    });
    blockOn(function* () {
      log.push('main 0');
      yield* yieldNow();
      log.push('main 1');
    }, executor);
    expect(log).toEqual(['other 0', 'main 0', 'other 1', 'main 1']);
    await other;
    expect(log.slice(4)).toEqual(['other 2', 'other 3']);
  });

  it('throws what the future throws, as a JoinError', () => {
    const fail = (): unknown =>
      blockOn(function* (): Coroutine<void> {
        yield* yieldNow();
        throw new Error('inside');
      });
    expect(fail).toThrow(JoinError);
    expect(fail).toThrow('the task panicked: inside');
  });

  it('throws instead of waiting for ever, and drops the future', () => {
    const executor = new Executor();
    const probe = new Probe();
    expect(() => blockOn(probe, executor)).toThrow(DeadlockError);
    expect(() => blockOn(new Probe())).toThrow('spawn the future and await its handle');
    expect(probe.drops).toBe(1);
    expect(executor.liveTasks).toBe(0);
  });

  it('may be called in a task of the same executor', async () => {
    const executor = new Executor();
    const result = await executor.spawn(function* () {
      yield* yieldNow();
      return blockOn(function* () {
        yield* yieldNow();
        return 'nested';
      }, executor);
    });
    expect(result).toBe('nested');
  });
});

describe('tryTick', () => {
  it('polls one ready task, the oldest, and tells whether there was one', () => {
    const executor = new Executor();
    const probes = [new Probe(), new Probe()];
    for (const probe of probes) executor.spawn(probe);
    expect(executor.tryTick()).toBe(true);
    expect(probes.map(({ polls }) => polls)).toEqual([1, 0]);
    expect(executor.tryTick()).toBe(true);
    expect(probes.map(({ polls }) => polls)).toEqual([1, 1]);
    expect(executor.tryTick()).toBe(false);
  });
});

describe('the event loop', () => {
  it('goes on while tasks keep waking themselves', async () => {
    const executor = new Executor();
    let stop = false;
    let polls = 0;
    const busy = executor.spawn(function* () {
      while (!stop) {
        polls++;
        yield* yieldNow();
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const seen = polls;
    await new Promise((resolve) => setImmediate(resolve));
    expect(polls).toBeGreaterThan(seen);
    stop = true;
    await busy;
  });

  it('runs a chain of wakes in one turn', async () => {
    const executor = new Executor();
    const handles: JoinHandle<number>[] = [];
    handles.push(
      executor.spawn(function* () {
        yield* yieldNow();
        return 0;
      }),
    );
    for (let i = 1; i <= 100; i++) {
      const previous = handles[i - 1]!;
      handles.push(
        executor.spawn(function* () {
          return (yield* previous) + 1;
        }),
      );
    }
    let turned = false;
    setImmediate(() => (turned = true));
    expect(await handles[100]).toBe(100);
    expect(turned).toBe(false);
  });
});
