// What a subscriber is told, that tracing changes nothing about what is traced, and that it
// leaves nothing behind.

import { describe, expect, it, vi } from 'vitest';
import { collectGarbage } from '../src/console/collect-garbage.ts';
import {
  blockOn,
  type Context,
  Executor,
  Future,
  LocalExecutor,
  Pending,
  type Poll,
  type Waker,
  yieldNow,
} from '../src/index.ts';
import { join } from '../src/join.ts';
import { callerIn } from '../src/tracing/location.ts';
import { subscribe, type Subscription, type TaskEvent } from '../src/tracing/index.ts';
import { trace } from '../src/tracing/trace.ts';
import { Probe, turns } from './probe.ts';

type Types = TaskEvent['type'][];

function typesOf(events: readonly TaskEvent[], id: number): Types {
  return events.filter(({ task }) => task.id === id).map(({ type }) => type);
}

describe('a subscriber', () => {
  it('is told the whole life of a task, in order', () => {
    const events: TaskEvent[] = [];
    using subscription = subscribe((event) => events.push(event));
    const executor = new LocalExecutor();
    const probe = new Probe<string>();
    const task = executor.spawn(probe, { name: 'probe' });
    while (executor.tryTick());
    probe.resolve('done');
    while (executor.tryTick());
    expect(subscription).toBeDefined();
    expect(typesOf(events, task.id)).toEqual([
      'spawn',
      'poll-start',
      'waker-take',
      'poll-end',
      'wake',
      'poll-start',
      'waker-take',
      'poll-end',
      'complete',
    ]);
    expect(events.map(({ time }) => time)).toEqual(events.map(({ time }) => time).toSorted((a, b) => a - b));
    const [first, last] = events.filter((event) => event.type === 'poll-end');
    expect(first).toMatchObject({ result: 'pending', error: undefined });
    expect(last).toMatchObject({ result: 'value' });
    expect(events.at(-1)!.task).toMatchObject({
      id: task.id,
      name: 'probe',
      isWhole: true,
      state: 'finished',
      outcome: 'value',
      polls: 2,
      wakes: 1,
      selfWakes: 0,
      wakerTakes: 2,
    });
  });

  it.each([
    [
      'panicked',
      (executor: LocalExecutor) =>
        // oxlint-disable-next-line require-yield
        executor.spawn(function* () {
          throw new Error('oh');
        }),
    ],
    [
      'cancelled',
      (executor: LocalExecutor) => {
        const task = executor.spawn(new Probe());
        task.abort();
        return task;
      },
    ],
  ] as const)('is told that a task was %s, and with which error', (outcome, spawn) => {
    const events: TaskEvent[] = [];
    using _ = subscribe((event) => events.push(event));
    const executor = new LocalExecutor({ unhandledPanic: 'ignore' });
    const task = spawn(executor);
    while (executor.tryTick());
    expect(events.at(-1)).toMatchObject({ type: 'complete', outcome, task: { id: task.id, state: 'finished' } });
    const { error } = events.at(-1) as { error: Error | undefined };
    expect(error?.name).toBe(outcome === 'panicked' ? 'JoinError' : undefined);
  });

  it('tells a self-wake from a wake by another task and from one by nobody', () => {
    const events: TaskEvent[] = [];
    using _ = subscribe((event) => events.push(event));
    const executor = new LocalExecutor();
    const probe = new Probe();
    const woken = executor.spawn(probe);
    const waking = executor.spawn(function* () {
      yield* yieldNow();
      probe.waker!.wake();
    });
    while (executor.tryTick());
    probe.waker!.wake();
    const wakes = events.filter((event) => event.type === 'wake');
    expect(wakes.map(({ task, isSelfWake, by }) => [task.id, isSelfWake, by?.id])).toEqual([
      [waking.id, true, waking.id],
      [woken.id, false, waking.id],
      [woken.id, false, undefined],
    ]);
  });

  it('is told who spawned a task, where, and on which executor', () => {
    const events: TaskEvent[] = [];
    using _ = subscribe((event) => events.push(event));
    const [one, two] = [new LocalExecutor(), new LocalExecutor()];
    const parent = one.spawn(function* () {
      two.spawn(new Probe());
      yield* yieldNow();
    });
    one.tryTick();
    const [first, second] = events.filter(({ type }) => type === 'spawn').map(({ task }) => task);
    expect(first).toMatchObject({ parent: undefined });
    expect(second).toMatchObject({ parent: parent.id });
    expect(second!.executor).toBe(first!.executor + 1);
    expect(first!.location).toMatch(/test[\\/]tracing\.test\.[jt]s:\d+:\d+$/);
    const line = (location: string | undefined): number => Number(/:(\d+):\d+$/.exec(location!)![1]);
    expect(line(second!.location) - line(first!.location)).toBe(1);
  });

  it('does without locations where it says so', () => {
    const events: TaskEvent[] = [];
    using _ = subscribe((event) => events.push(event), { locations: false });
    blockOn(yieldNow());
    expect(events[0]).toMatchObject({ type: 'spawn', task: { location: undefined } });
  });

  it('sees the polls of blockOn within a poll as nested', () => {
    const events: TaskEvent[] = [];
    using _ = subscribe((event) => events.push(event));
    let inner = 0;
    const outer = new LocalExecutor();
    const task = outer.spawn(function* () {
      // oxlint-disable-next-line require-yield
      blockOn(function* () {
        inner++;
      });
      yield* yieldNow(); // a self-wake: the poll of this task goes on after the inner ones
    });
    while (outer.tryTick());
    expect(inner).toBe(1);
    expect(events.filter((event) => event.type === 'wake').map(({ isSelfWake }) => isSelfWake)).toEqual([true]);
    expect(events.find(({ type, task: { id } }) => type === 'spawn' && id !== task.id)!.task.parent).toBe(task.id);
    expect(outer.liveTasks).toBe(0);
  });

  it('sees a task that was there before, from its next event on', () => {
    const executor = new LocalExecutor();
    const probe = new Probe();
    executor.spawn(probe, { name: 'old' });
    executor.tryTick();
    const events: TaskEvent[] = [];
    using _ = subscribe((event) => events.push(event));
    probe.resolve();
    while (executor.tryTick());
    expect(events.map(({ type }) => type)).toEqual(['wake', 'poll-start', 'waker-take', 'poll-end', 'complete']);
    expect(events[0]!.task).toMatchObject({ name: 'old', isWhole: false, executor: 0, location: undefined, polls: 1 });
  });

  it('that begins within a poll sees what follows the poll', () => {
    const executor = new LocalExecutor();
    const events: TaskEvent[] = [];
    let subscription: Subscription | undefined;
    executor.spawn(function* () {
      subscription = subscribe((event) => events.push(event));
      yield* yieldNow();
    });
    while (executor.tryTick());
    subscription!.unsubscribe();
    expect(events.map(({ type }) => type)).toEqual(['wake', 'poll-start', 'poll-end', 'complete']);
  });

  it('that ends within a poll leaves the others, and the task, alone', () => {
    const executor = new LocalExecutor();
    const [one, other]: Types[] = [[], []];
    const first = subscribe(({ type }) => one!.push(type));
    using _ = subscribe(({ type }) => other!.push(type));
    const task = executor.spawn(function* () {
      first.unsubscribe();
      yield* yieldNow();
    });
    while (executor.tryTick());
    expect(task.isFinished).toBe(true);
    expect(one).toEqual(['spawn', 'poll-start']);
    expect(other!.at(-1)).toBe('complete');
  });

  it('that throws does not hurt the tasks, and is reported as an unhandled rejection', async () => {
    const rejected = vi.fn<(error: unknown) => void>();
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', rejected);
    try {
      using _ = subscribe(({ type }) => {
        if (type === 'spawn') throw new Error('a bad listener');
      });
      expect(blockOn(async2())).toBe(2);
      await turns();
    } finally {
      process.removeAllListeners('unhandledRejection');
      for (const listener of listeners) process.on('unhandledRejection', listener);
    }
    expect(rejected.mock.calls.map(([error]) => (error as Error).message)).toEqual(['a bad listener']);
  });

  it('that wakes and spawns tasks in its turn is not told of that, for ever', () => {
    const executor = new LocalExecutor();
    const types: Types = [];
    using _ = subscribe(({ type }) => {
      types.push(type);
      if (types.length < 100 && type === 'spawn') executor.spawn(async2(), { name: 'by the listener' });
    });
    executor.spawn(async2());
    expect(types).toEqual(['spawn']);
    while (executor.tryTick());
    expect(executor.liveTasks).toBe(0);
    expect(types.filter((type) => type === 'complete').length).toBe(2);
  });

  it('must be a function', () => {
    expect(() => subscribe('log' as never)).toThrow('listener must be a function, not "log"');
  });
});

function* async2() {
  yield* yieldNow();
  return 2;
}

describe('tracing', () => {
  it('is off while nobody subscribes', () => {
    expect(trace.sink).toBeUndefined();
    const one = subscribe(() => {});
    const two = subscribe(() => {});
    expect(trace.sink).toBeDefined();
    one.unsubscribe();
    one.unsubscribe();
    expect(trace.sink).toBeDefined();
    two[Symbol.dispose]();
    expect(trace.sink).toBeUndefined();
  });

  it('hands out one waker of a task for as long as somebody has it', () => {
    using _ = subscribe(() => {});
    const seen: Waker[] = [];
    class Comparing extends Future<boolean> {
      override poll(cx: Context): Poll<boolean> {
        seen.push(cx.waker, cx.waker);
        if (seen.length === 6) return seen.every((waker) => waker === seen[0]);
        cx.waker.wake();
        return Pending;
      }
    }
    expect(blockOn(new Comparing())).toBe(true);
  });

  it('does not make the lists of wakers grow with each poll', () => {
    using _ = subscribe(() => {});
    const executor = new LocalExecutor();
    let polls = 0;
    class Never extends Probe {
      readonly wakers = new Set<Waker>();
      override poll(cx: Context): Poll<void> {
        polls++;
        this.wakers.add(cx.waker);
        return super.poll(cx);
      }
    }
    const never = new Never();
    executor.spawn(
      join(never, function* () {
        for (let i = 0; i < 10; i++) yield* yieldNow();
      }),
    );
    while (executor.tryTick());
    expect(polls).toBe(11);
    expect(never.wakers.size).toBe(1);
  });

  it('leaves the policy for panics that nobody joins in force', () => {
    using _ = subscribe(() => {});
    const executor = new Executor();
    // oxlint-disable-next-line require-yield
    executor.spawn(function* () {
      throw new Error('unjoined');
    });
    expect(() => blockOn(new Probe(), executor)).toThrow('unjoined');
  });

  it.each([true, false])('lets a panic be raised whose only joiner was aborted (traced: %s)', (traced) => {
    const subscription = traced ? subscribe(() => {}) : undefined;
    try {
      const executor = new Executor();
      const probe = new Probe();
      const panicking = executor.spawn(probe);
      const joining = executor.spawn(panicking);
      const scenario = function* () {
        yield* yieldNow(); // both wait now
        joining.abort();
        probe.reject(new Error('nobody is left to join'));
        yield* new Probe();
      };
      expect(() => blockOn(scenario, executor)).toThrow('nobody is left to join');
    } finally {
      subscription?.unsubscribe();
    }
  });

  it('goes on waking by a waker that was handed out while it was on', () => {
    const executor = new LocalExecutor();
    const probe = new Probe<number>();
    const task = executor.spawn(probe);
    {
      using _ = subscribe(() => {});
      executor.tryTick();
    }
    probe.resolve(1);
    executor.tryTick();
    expect(task.isFinished).toBe(true);
  });

  it('reports a waker that was dropped, and a task that was collected with its executor', async () => {
    const events: TaskEvent[] = [];
    using _ = subscribe((event) => events.push(event));
    const executor = new LocalExecutor();
    class Drops extends Future<void> {
      override poll(cx: Context): Poll<void> {
        expect(cx.waker).toBeDefined();
        return Pending;
      }
    }
    const spawnUnreachable = (): number => {
      const unreachable = new LocalExecutor();
      const { id } = unreachable.spawn(new Drops());
      unreachable.tryTick();
      return id;
    };
    const dropping = executor.spawn(new Drops());
    executor.tryTick();
    const unreachable = spawnUnreachable();
    await turns();
    expect(collectGarbage()).toBe(true);
    await vi.waitFor(
      () => {
        collectGarbage();
        expect(typesOf(events, dropping.id).at(-1)).toBe('waker-drop');
        expect(typesOf(events, unreachable).at(-1)).toBe('complete');
      },
      { timeout: 60_000 },
    );
    const last = events.findLast(({ task }) => task.id === unreachable);
    expect(last).toMatchObject({ outcome: 'collected', error: undefined });
    expect(executor.liveTasks).toBe(1);
  });

  it('hands out a new waker after the last one was collected', async () => {
    const types: Types = [];
    using _ = subscribe(({ type }) => types.push(type));
    const executor = new LocalExecutor();
    let polls = 0;
    class Careless extends Future<void> {
      override poll(cx: Context): Poll<void> {
        expect(cx.waker).toBeDefined();
        return ++polls === 2 ? undefined : Pending;
      }
    }
    const task = executor.spawn(new Careless());
    executor.tryTick();
    await turns();
    collectGarbage();
    await vi.waitFor(() => expect(types).toContain('waker-drop'), { timeout: 60_000 });
    (task as unknown as Waker).wake(); // nobody else could
    executor.tryTick();
    expect(types.slice(-5)).toEqual(['wake', 'poll-start', 'waker-take', 'poll-end', 'complete']);
    expect(task.isFinished).toBe(true);
  });
});

describe('the location of a spawn', () => {
  it.each([
    [
      'V8',
      'Error\n    at new Task (file:///lib/dist/core/task.js:1:2)\n    at main (file:///app/main.js:3:4)',
      '/app/main.js:3:4',
    ],
    ['V8, no function', 'Error\n    at /lib/dist/core/task.js:1:2\n    at /app/main.js:3:4', '/app/main.js:3:4'],
    [
      'V8, with source maps',
      'Error\n    at new Task (file:///lib/src/core/task.ts:1:2)\n    at main (file:///app/main.ts:3:4)',
      '/app/main.ts:3:4',
    ],
    ['V8, async', 'Error\n    at async main (file:///app/main.js:3:4)', '/app/main.js:3:4'],
    [
      'V8, Windows',
      'Error\n    at f (C:\\lib\\dist\\core\\task.js:1:2)\n    at main (C:\\app\\main.js:3:4)',
      'C:\\app\\main.js:3:4',
    ],
    ['Bun', 'Error\n    at Task (/lib/dist/core/task.js:1:2)\n    at main (/app/main.js:3:4)', '/app/main.js:3:4'],
    ['Firefox', 'Task@http://host/lib/dist/core/task.js:1:2\nmain@http://host/main.js:3:4', 'http://host/main.js:3:4'],
    [
      'Safari',
      'Task@http://host/lib/dist/core/task.js:1:2\nmodule code@http://host/main.js:3:4',
      'http://host/main.js:3:4',
    ],
    [
      'a scoped package, in a folder with a space',
      'Error\n    at new Task (file:///lib/dist/core/task.js:1:2)\n    at f (/my app/node_modules/@scope/main.js:3:4)',
      '/my app/node_modules/@scope/main.js:3:4',
    ],
    ['native frames only', 'Error\n    at Array.map (<anonymous>)\n    at native', undefined],
  ])('is found in a stack of %s', (_, stack, location) => {
    expect(callerIn(stack, ['/lib/dist/', '/lib/src/'])).toBe(location);
  });

  it('needs a stack as deep as it is, whatever the program set', () => {
    const events: TaskEvent[] = [];
    using _ = subscribe((event) => events.push(event));
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      new LocalExecutor().spawn(new Probe());
      expect(Error.stackTraceLimit).toBe(0);
    } finally {
      Error.stackTraceLimit = limit;
    }
    expect(events[0]!.task.location).toContain('tracing.test.');
  });
});
