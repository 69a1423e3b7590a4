// Random programs run the same with and without tracing, and what is told of them agrees
// with itself: every task begins and ends once, polls do not overlap, and counts are those of
// the events.

import { expect } from 'vitest';
import { fc, test } from '../../../vitest.prop.ts';
import { type JoinHandle, LocalExecutor, yieldNow } from '../src/index.ts';
import { subscribe, type TaskEvent, TaskMonitor } from '../src/tracing/index.ts';
import { Probe } from './probe.ts';

interface Step {
  readonly do: 'yield' | 'throw' | 'wait' | 'ring' | 'wake' | 'abort' | 'join' | 'spawn';
  /** Numbers a bell, a task or a script. */
  readonly which: number;
}

const BELLS = 3;

const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom('yield', 'wait', 'ring', 'wake', 'abort', 'join', 'spawn', 'throw'),
  which: fc.nat(5),
});

const programs: fc.Arbitrary<Step[][]> = fc.array(fc.array(step, { maxLength: 6 }), { minLength: 1, maxLength: 6 });

/** Runs a program: its first tasks are all spawned, others by steps; gives what happened, in order. */
function run(program: readonly Step[][]): string[] {
  const log: string[] = [];
  const executor = new LocalExecutor({ unhandledPanic: 'ignore' });
  const handles: JoinHandle<unknown>[] = [];
  const bells = Array.from({ length: BELLS }, () => new Probe());
  function spawn(script: readonly Step[]): void {
    if (handles.length >= 20) return;
    const number = handles.length;
    handles.push(executor.spawn(body(number, script), { name: String(number) }));
  }
  function* body(number: number, script: readonly Step[]) {
    try {
      for (const [i, todo] of script.entries()) {
        log.push(`${number}.${i} ${todo.do}`);
        if (todo.do === 'yield') yield* yieldNow();
        else if (todo.do === 'throw') throw new Error(`${number}`);
        else if (todo.do === 'wait') yield* bells[todo.which % BELLS]!;
        else if (todo.do === 'ring') bells[todo.which % BELLS]!.resolve();
        else if (todo.do === 'wake') bells[todo.which % BELLS]!.waker?.wake();
        else if (todo.do === 'spawn') spawn(program[todo.which % program.length]!);
        else {
          const handle = handles[todo.which % handles.length]!;
          if (todo.do === 'abort') handle.abort();
          else if (handle !== handles[number]) yield* handle;
        }
      }
      log.push(`${number} returns`);
    } finally {
      log.push(`${number} ends`);
    }
  }
  for (const script of program) spawn(script);
  for (let ticks = 0; ticks < 2000 && executor.tryTick(); ticks++) log.push('tick');
  executor.shutdown();
  while (executor.tryTick()) log.push('tick');
  log.push(...handles.map(({ isFinished }) => String(isFinished)), ...bells.map(({ polls }) => String(polls)));
  return log;
}

test.prop([programs])('a program runs the same with and without tracing', (program) => {
  const untraced = run(program);
  const events: TaskEvent[] = [];
  using _ = subscribe((event) => events.push(event), { locations: false });
  using monitor = new TaskMonitor({ locations: false, finished: 100 });
  expect(run(program)).toEqual(untraced);

  const polled: number[] = [];
  for (const event of events) {
    if (event.type === 'poll-start') polled.push(event.task.id);
    else if (event.type === 'poll-end') expect(polled.pop()).toBe(event.task.id);
    else if (event.type === 'wake' && event.isSelfWake) expect(polled.at(-1)).toBe(event.task.id);
  }
  expect(polled).toEqual([]);
  const { tasks, totals } = monitor.snapshot();
  expect(totals).toMatchObject({ spawned: tasks.length, live: 0 });
  for (const task of tasks) {
    const own = events.filter((event) => event.task.id === task.id);
    const count = (type: TaskEvent['type']): number => own.filter((event) => event.type === type).length;
    expect(own[0]!.type).toBe('spawn');
    expect(own.at(-1)!.type).toBe('complete');
    expect([count('spawn'), count('complete')]).toEqual([1, 1]);
    expect([task.polls, task.polls]).toEqual([count('poll-start'), count('poll-end')]);
    expect([task.wakes, task.wakerTakes]).toEqual([count('wake'), count('waker-take')]);
    expect(task.selfWakes).toBe(own.filter((event) => event.type === 'wake' && event.isSelfWake).length);
  }
});
