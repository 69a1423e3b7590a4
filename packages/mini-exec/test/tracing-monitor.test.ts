// What the monitor shows, above all its warnings.

import { describe, expect, it, vi } from 'vitest';
import { collectGarbage } from '../src/console/collect-garbage.ts';
import {
  type Context,
  Future,
  LocalExecutor,
  Pending,
  type Poll,
  shareWaker,
  type Waker,
  yieldNow,
} from '../src/index.ts';
import { sleep } from '../src/time/index.ts';
import { type MonitorOptions, TaskMonitor, type TaskSnapshot } from '../src/tracing/index.ts';
import { Probe, turns } from './probe.ts';

/** For all but one of these tests: on a busy machine, any poll may be a long one. */
const CALM = { longPoll: Infinity };

/** Runs what is ready, and gives the only task there is. */
function settle(executor: LocalExecutor, monitor: TaskMonitor): TaskSnapshot {
  while (executor.tryTick());
  const { tasks } = monitor.snapshot();
  expect(tasks.length).toBe(1);
  return tasks[0]!;
}

function kinds({ warnings }: TaskSnapshot): string[] {
  return warnings.map(({ kind }) => kind);
}

/** Is pending for ever, and does with the context what the test says. */
class Stuck extends Future<void> {
  readonly #use: (cx: Context) => void;
  constructor(use: (cx: Context) => void) {
    super();
    this.#use = use;
  }
  override poll(cx: Context): Poll<void> {
    this.#use(cx);
    return Pending;
  }
}

describe('is my waker called, does my future stay pending?', () => {
  it('shows a future that forgets its waker, at once', () => {
    using monitor = new TaskMonitor(CALM);
    const executor = new LocalExecutor();
    executor.spawn(new Stuck(() => {}), { name: 'forgetful' });
    const task = settle(executor, monitor);
    expect(task).toMatchObject({ name: 'forgetful', state: 'idle', polls: 1, wakes: 0, wakers: 0, wakerTakes: 0 });
    expect(task.warnings).toEqual([
      { kind: 'lost-waker', message: 'it is pending, and no poll has ever taken cx.waker: nothing can wake it' },
    ]);
  });

  it('shows a future that drops its waker, once garbage was collected', async () => {
    using monitor = new TaskMonitor(CALM);
    const executor = new LocalExecutor();
    executor.spawn(new Stuck((cx) => void [cx.waker]));
    expect(settle(executor, monitor)).toMatchObject({ wakers: 1, wakerTakes: 1, warnings: [] });
    await turns();
    collectGarbage();
    const task = settle(executor, monitor);
    expect(task).toMatchObject({ state: 'idle', wakers: 0, wakerTakes: 1 });
    expect(task.warnings).toEqual([
      { kind: 'lost-waker', message: 'it is pending, and its waker was dropped: nothing can wake it any more' },
    ]);
  });

  it('shows a future that keeps its waker the first time, and forgets it the second', async () => {
    using monitor = new TaskMonitor(CALM);
    const executor = new LocalExecutor();
    let kept: Waker | undefined;
    let polls = 0;
    executor.spawn(
      new Stuck((cx) => {
        if (++polls === 1) kept = cx.waker;
      }),
    );
    while (executor.tryTick());
    kept!.wake();
    kept = undefined;
    expect(settle(executor, monitor)).toMatchObject({ polls: 2, wakes: 1, wakerTakes: 1 });
    await turns();
    collectGarbage();
    expect(kinds(settle(executor, monitor))).toEqual(['lost-waker']);
  });

  it.each([
    ['keeps its waker', (cx: Context, keep: (kept: unknown) => void) => keep(cx.waker)],
    ['keeps its context', (cx: Context, keep: (kept: unknown) => void) => keep([cx, cx.waker].slice(0, 1))],
    ['shares its waker with other threads', (cx: Context, keep: (kept: unknown) => void) => keep(shareWaker(cx.waker))],
  ])('says nothing of a future that %s', async (_, use) => {
    using monitor = new TaskMonitor(CALM);
    const executor = new LocalExecutor();
    const kept: unknown[] = [];
    executor.spawn(new Stuck((cx) => use(cx, (value) => kept.push(value))));
    settle(executor, monitor);
    await turns();
    collectGarbage();
    expect(settle(executor, monitor)).toMatchObject({ state: 'idle', wakers: 1, warnings: [] });
    expect(kept.length).toBe(1);
    for (const value of kept) (value as Partial<Disposable>)[Symbol.dispose]?.();
  });

  it('says nothing of a sleep, which a timer wakes', async () => {
    using monitor = new TaskMonitor(CALM);
    const executor = new LocalExecutor();
    const task = executor.spawn(sleep(60_000));
    settle(executor, monitor);
    await turns();
    collectGarbage();
    expect(settle(executor, monitor)).toMatchObject({ state: 'idle', wakers: 1, warnings: [] });
    task.abort();
    while (executor.tryTick());
  });

  it('says nothing of a task that was there before, and may have kept an older waker', () => {
    const executor = new LocalExecutor();
    const task = executor.spawn(new Stuck(() => {}));
    executor.tryTick();
    using monitor = new TaskMonitor(CALM);
    (task as unknown as Waker).wake();
    expect(settle(executor, monitor)).toMatchObject({ state: 'idle', polls: 1, wakerTakes: 0, warnings: [] });
  });

  it('shows a task whose waker is held, and never called', () => {
    using monitor = new TaskMonitor({ ...CALM, neverWokenAfter: 0 });
    const executor = new LocalExecutor();
    const probe = new Probe();
    executor.spawn(probe);
    const task = settle(executor, monitor);
    expect(task.warnings).toEqual([
      {
        kind: 'never-woken',
        message: expect.stringMatching(/^somebody has its waker, but has not called it for \d+\.\d s$/) as unknown,
      },
    ]);
    probe.waker!.wake();
    expect(kinds(settle(executor, monitor))).toEqual([]);
  });

  it('shows a task that wakes itself all the time', () => {
    using monitor = new TaskMonitor(CALM);
    const executor = new LocalExecutor();
    executor.spawn(function* () {
      for (let i = 0; i < 100; i++) yield* yieldNow();
      yield* new Probe();
    });
    const task = settle(executor, monitor);
    expect(task).toMatchObject({ wakes: 100, selfWakes: 100 });
    expect(task.warnings).toEqual([{ kind: 'self-wakes', message: 'it wakes itself: 100 % of 100 wake-ups' }]);
  });

  it('shows a poll that took too long, and for how long', () => {
    using monitor = new TaskMonitor({ longPoll: 10 });
    const executor = new LocalExecutor();
    executor.spawn(function* () {
      const end = performance.now() + 12;
      while (performance.now() < end);
      yield* new Probe();
    });
    const task = settle(executor, monitor);
    expect(kinds(task)).toEqual(['long-poll']);
    expect(task.longestPoll).toBeGreaterThan(11.9);
    expect(task.busy).toBeGreaterThan(11.9);
  });

  it('shows a task that was collected while it was pending', async () => {
    using monitor = new TaskMonitor(CALM);
    (() => {
      const executor = new LocalExecutor();
      executor.spawn(new Stuck(() => {}), { name: 'gone' });
      executor.tryTick();
    })();
    await turns();
    await vi.waitFor(
      () => {
        collectGarbage();
        expect(monitor.snapshot().totals).toMatchObject({ live: 0, collected: 1 });
      },
      { timeout: 60_000 },
    );
    expect(monitor.snapshot().tasks).toMatchObject([
      { name: 'gone', outcome: 'collected', warnings: [{ kind: 'lost-waker' }] },
    ]);
  });
});

describe('a snapshot', () => {
  it('adds the times up', () => {
    using monitor = new TaskMonitor(CALM);
    const executor = new LocalExecutor();
    const task = executor.spawn(yieldNow());
    executor.tryTick();
    const { age, busy, scheduled, idle, state } = monitor.snapshot().tasks[0]!;
    expect(state).toBe('scheduled');
    expect(busy + scheduled + idle).toBeCloseTo(age, 6);
    expect(idle).toBe(0);
    executor.tryTick();
    expect(task.isFinished).toBe(true);
    const after = monitor.snapshot().tasks[0]!;
    expect(after).toMatchObject({ state: 'finished', outcome: 'value' });
    expect(after.busy + after.scheduled + after.idle).toBeLessThanOrEqual(after.age + 0.001); // sums are rounded
  });

  it('shows a task that is running, when taken by the task itself', () => {
    using monitor = new TaskMonitor(CALM);
    const executor = new LocalExecutor();
    const states: string[] = [];
    // oxlint-disable-next-line require-yield
    executor.spawn(function* () {
      states.push(monitor.snapshot().tasks[0]!.state);
    });
    expect(monitor.snapshot().tasks[0]!.state).toBe('scheduled');
    while (executor.tryTick());
    expect(states).toEqual(['running']);
  });

  it('counts outcomes, and remembers the last finished tasks', () => {
    using monitor = new TaskMonitor({ ...CALM, finished: 2 });
    const executor = new LocalExecutor({ unhandledPanic: 'ignore' });
    executor.spawn(yieldNow(), { name: 'first' });
    executor.spawn(new Probe(), { name: 'second' }).abort();
    executor.spawn(
      // oxlint-disable-next-line require-yield
      function* () {
        throw new Error('oh');
      },
      { name: 'third' },
    );
    executor.spawn(new Probe(), { name: 'fourth' });
    while (executor.tryTick());
    const { totals, tasks, omitted } = monitor.snapshot();
    expect(totals).toEqual({ spawned: 4, live: 1, value: 1, cancelled: 1, panicked: 1, collected: 0 });
    expect(tasks.map(({ name }) => name)).toEqual(['fourth', 'first', 'third']);
    expect(omitted).toBe(0);
  });

  it('lists what looks wrong first, and says how many it leaves out', () => {
    using monitor = new TaskMonitor(CALM);
    const executor = new LocalExecutor();
    const probes = [new Probe(), new Probe(), new Probe()];
    for (const probe of probes) executor.spawn(probe);
    executor.spawn(new Stuck(() => {}), { name: 'stuck' });
    while (executor.tryTick());
    const { tasks, omitted } = monitor.snapshot(2);
    expect(tasks.map(({ name }) => name)).toEqual(['stuck', undefined]);
    expect(omitted).toBe(2);
    expect(monitor.snapshot(0)).toMatchObject({ tasks: [], omitted: 4 });
  });

  it('leaves out names that are no strings', () => {
    using monitor = new TaskMonitor(CALM);
    new LocalExecutor().spawn(new Probe(), { name: 1n as never });
    expect(monitor.snapshot().tasks).toMatchObject([{ name: undefined }]);
  });

  it('is plain data', () => {
    using monitor = new TaskMonitor(CALM);
    const executor = new LocalExecutor();
    executor.spawn(new Stuck(() => {}), { name: 'stuck' });
    while (executor.tryTick());
    const snapshot = monitor.snapshot();
    expect(structuredClone(snapshot)).toEqual(snapshot);
  });
});

describe('bad options', () => {
  it.each<[string, MonitorOptions, string]>([
    ['a threshold that is no number', { longPoll: '50' as never }, 'longPoll must be a number from 0, not "50"'],
    ['a threshold that is NaN', { neverWokenAfter: Number.NaN }, 'neverWokenAfter must be a number from 0, not NaN'],
    ['a negative threshold', { selfWakes: -1 }, 'selfWakes must be a number from 0, not -1'],
    ['too much to remember', { finished: 1e9 }, 'finished must be an integer from 0 to 10000, not 1000000000'],
  ])('%s throws, and does not trace', (_, options, message) => {
    expect(() => new TaskMonitor(options)).toThrow(message);
  });

  it('a limit that is none throws', () => {
    using monitor = new TaskMonitor(CALM);
    expect(() => monitor.snapshot(-1)).toThrow('limit must be an integer from 0');
  });
});
