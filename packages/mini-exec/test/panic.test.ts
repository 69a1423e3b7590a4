// What becomes of tasks that throw.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { blockOn, Executor, type Future, JoinError, LocalExecutor, ShutdownError, yieldNow } from '../src/index.ts';
import { sleep } from '../src/time/index.ts';
import { failing, Probe, Ready, turns } from './probe.ts';

const unseen = (): Future<never> => failing('unseen');

/** Makes what throws in its turn, whatever is asked of it. */
function hostile(): object {
  const get = (): never => {
    throw new Error('trap');
  };
  return new Proxy({}, { get, getPrototypeOf: get });
}

describe('the error of a task', () => {
  it('names the task, and says what happened', async () => {
    const handle = new Executor().spawn(unseen(), { name: 'reader' });
    const error = await handle.then(undefined, (reason: unknown) => reason as JoinError);
    expect(error).toBeInstanceOf(JoinError);
    expect(error).toMatchObject({
      message: 'the task "reader" panicked: unseen',
      taskName: 'reader',
      taskId: handle.id,
      isPanic: true,
      isCancelled: false,
      cause: { message: 'unseen' },
    });
  });

  it.each([
    ['has no form as a string', () => Object.create(null) as object, 'an object of class Object'],
    ['throws when it is looked at', () => hostile(), 'a value of type object, which cannot be looked at'],
  ])('is made of whatever was thrown, also if that %s; the next task runs', async (_, make, shown) => {
    const executor = new Executor({ unhandledPanic: 'ignore' });
    const thrown = make();
    const handle = executor.spawn(
      new Ready((): never => {
        throw thrown;
      }),
    );
    const next = executor.spawn(new Ready(() => 1));
    const error = await handle.then(undefined, (reason: unknown) => reason as JoinError);
    expect(error.message).toBe(`the task panicked: ${shown}`);
    expect(error.cause === thrown).toBe(true);
    await expect(next).resolves.toBe(1);
  });

  it('says that a task was cancelled', async () => {
    const handle = new Executor().spawn(new Probe(), { name: 'writer' });
    handle.abort();
    await expect(handle).rejects.toMatchObject({
      message: 'the task "writer" was cancelled',
      isPanic: false,
      isCancelled: true,
    });
  });
});

describe('the panic hook', () => {
  it('is called for every panic, joined or not, and for no cancellation', async () => {
    const seen: string[] = [];
    const executor = new Executor({ unhandledPanic: 'ignore', onPanic: (error) => seen.push(error.message) });
    executor.spawn(unseen(), { name: 'alone' });
    executor.spawn(new Probe()).abort();
    await expect(executor.spawn(unseen(), { name: 'joined' })).rejects.toThrow('unseen');
    expect(seen).toEqual(['the task "alone" panicked: unseen', 'the task "joined" panicked: unseen']);
  });
});

describe('a panic that nobody joins', () => {
  it('shuts the executor of blockOn down, and comes out of it', () => {
    const executor = new Executor();
    const other = new Probe();
    const run = (): unknown =>
      blockOn(function* () {
        executor.spawn(other);
        executor.spawn(unseen());
        yield* sleep(60_000);
      }, executor);
    expect(run).toThrow('the task panicked: unseen');
    while (executor.tryTick());
    expect(other.drops).toBe(1);
    expect(executor.liveTasks).toBe(0);
    expect(() => executor.spawn(yieldNow())).toThrow(ShutdownError);
  });

  it('is not one while a task that waits for it lives', () => {
    const executor = new Executor();
    const value = blockOn(function* () {
      const handle = executor.spawn(unseen());
      try {
        yield* handle;
        return 'no error';
      } catch (error) {
        return (error as Error).message;
      }
    }, executor);
    expect(value).toBe('the task panicked: unseen');
  });

  it('goes on where that is the policy', async () => {
    const executor = new Executor({ unhandledPanic: 'ignore' });
    executor.spawn(unseen());
    await turns(5);
    expect(await executor.spawn(new Ready(() => 1))).toBe(1);
  });

  it('refuses a policy and a hook that are none', () => {
    expect(() => new Executor({ onPanic: 'loud' as never })).toThrow('onPanic must be a function, not "loud"');
    expect(() => new LocalExecutor({ unhandledPanic: 'explode' as 'ignore' })).toThrow(
      'unhandledPanic must be "shutdown" or "ignore", not "explode"',
    );
  });
});

describe('a process', () => {
  const packageUrl = new URL('../dist/index.js', import.meta.url).href;
  const timeUrl = new URL('../dist/time/index.js', import.meta.url).href;

  async function run(program: string): Promise<{ code: number; stdout: string; stderr: string }> {
    const source = `
      import { Executor, yieldNow } from ${JSON.stringify(packageUrl)};
      import { sleep } from ${JSON.stringify(timeUrl)};
      function* failing() { yield* yieldNow(); throw new Error('unseen'); }
      ${program}`;
    try {
      const output = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source]);
      return { code: 0, ...output };
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string };
    }
  }

  it('ends with a report and a non-zero exit code, and its tasks are cleaned up before', async () => {
    const { code, stdout, stderr } = await run(`
      const executor = new Executor();
      process.on('uncaughtException', (error) => { console.error(error); setImmediate(() => process.exit(3)); });
      executor.spawn(function* () { try { yield* sleep(60_000); } finally { console.log('cleaned up'); } });
      executor.spawn(failing(), { name: 'culprit' });`);
    expect({ code, stdout }).toEqual({ code: 3, stdout: 'cleaned up\n' });
    expect(stderr).toContain('the task "culprit" panicked: unseen');
  });

  it('ends so too when the only task that joined was aborted', async () => {
    const { code, stderr } = await run(`
      const executor = new Executor();
      const handle = executor.spawn(function* () { yield* sleep(5); throw new Error('unseen'); });
      const joiner = executor.spawn(function* () { yield* handle; });
      joiner.then(undefined, () => {});
      await null;
      joiner.abort();`);
    expect(code).toBe(1);
    expect(stderr).toContain('the task panicked: unseen');
  });

  it('lives on when another executor’s task panics and is joined late in the same turn', async () => {
    const { code, stdout } = await run(`
      const a = new Executor(), b = new Executor();
      const handle = a.spawn(failing());
      b.spawn(function* () { for (let i = 0; i < 3; i++) yield* yieldNow(); try { yield* handle; } catch { console.log('joined'); } });`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'joined\n' });
  });
});
