import { Executor, Future, Pending } from '@concurrency-lab/mini-exec';
import { sleep } from '@concurrency-lab/mini-exec/time';
import { enableTracing, subscribe, TaskMonitor } from '@concurrency-lab/mini-exec/tracing';
import { expect, it } from 'vitest';

class Forgetful extends Future<void> {
  override poll(): typeof Pending {
    return Pending;
  }
}

it('tasks of a page are watched without node:diagnostics_channel', async () => {
  using monitor = new TaskMonitor();
  const types: string[] = [];
  using _ = subscribe(({ type, task }) => {
    if (task.name === 'sleeps') types.push(type);
  });
  const executor = new Executor();
  executor.spawn(new Forgetful(), { name: 'forgets' });
  await executor.spawn(sleep(5), { name: 'sleeps' });
  expect(types).toEqual([
    'spawn',
    'poll-start',
    'waker-take',
    'poll-end',
    'wake',
    'poll-start',
    'poll-end',
    'complete',
  ]);
  const { tasks, totals } = monitor.snapshot();
  expect(totals).toMatchObject({ spawned: 2, live: 1, value: 1 });
  expect(tasks[0]).toMatchObject({ name: 'forgets', state: 'idle', warnings: [{ kind: 'lost-waker' }] });
  expect(tasks[0]!.location).toMatch(/mini-exec-tracing\.browser\.test\.ts\S*:\d+:\d+$/);
});

it('channels are not there, and the error says what to use', () => {
  expect(() => enableTracing()).toThrow('use subscribe() here');
});
