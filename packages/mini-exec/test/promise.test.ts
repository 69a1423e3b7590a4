import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  type Context,
  coroutine,
  Executor,
  fromPromise,
  Future,
  JoinError,
  Pending,
  type Poll,
  toPromise,
  type Waker,
  yieldNow,
} from '../src/index.ts';
import { Probe, turns } from './probe.ts';

describe('toPromise', () => {
  it.each([
    ['come to its value', () => 1, 1],
    [
      'thrown',
      () => {
        throw new Error('thrown');
      },
      'thrown',
    ],
  ])('polls no future that has %s, however often it is woken then', async (_, end, expected) => {
    const wakers: Waker[] = [];
    let polls = 0;
    class Once extends Future<number> {
      override poll(cx: Context): Poll<number> {
        wakers.push(cx.waker);
        if (++polls === 1) return Pending;
        if (polls < 5) cx.waker.wake(); // within its last poll
        return end();
      }
    }
    const ended = toPromise(new Once()).catch((error: Error) => error.message);
    wakers[0]!.wake();
    const outcome = await ended;
    for (const waker of wakers) waker.wake();
    await turns();
    expect(outcome).toBe(expected);
    expect(polls).toBe(2);
  });
});

describe('fromPromise', () => {
  it('gives the value', async () => {
    const handle = new Executor().spawn(function* () {
      return (yield* fromPromise(new Promise<number>((resolve) => setImmediate(resolve, 20)))) + 1;
    });
    expect(await handle).toBe(21);
  });

  it('throws what the promise rejects with, where it can be caught', async () => {
    const reason = new Error('rejected');
    const handle = new Executor().spawn(function* () {
      try {
        yield* fromPromise(Promise.reject(reason));
        return undefined;
      } catch (error) {
        return error;
      }
    });
    expect(await handle).toBe(reason);
  });

  it('takes anything with a then method', async () => {
    const thenable = { then: (resolve: (value: string) => void) => resolve('thenable') } as PromiseLike<string>;
    expect(await new Executor().spawn(fromPromise(thenable))).toBe('thenable');
  });

  it('lets go of the promise when it is dropped', async () => {
    const executor = new Executor();
    const handle = executor.spawn(fromPromise(Promise.reject(new Error('late'))));
    await Promise.resolve();
    handle.abort();
    await expect(handle).rejects.toThrow(JoinError);
    await turns();
    expect(executor.liveTasks).toBe(0);
  });
});

describe('toPromise', () => {
  it('polls when woken, and not otherwise', async () => {
    const probe = new Probe<string>();
    const promise = toPromise(probe);
    await turns();
    expect(probe.polls).toBe(1);
    probe.resolve('value');
    expect(await promise).toBe('value');
    expect(probe.polls).toBe(2);
  });

  it('rejects with what the future throws', async () => {
    const probe = new Probe();
    const promise = toPromise(probe);
    probe.reject(new Error('failed'));
    await expect(promise).rejects.toThrow('failed');
  });

  it('drives a coroutine that waits for tasks and promises', async () => {
    const executor = new Executor();
    const future = coroutine(function* () {
      const a = yield* fromPromise(Promise.resolve(1));
      const b = yield* executor.spawn(function* () {
        yield* yieldNow();
        return 2;
      });
      return a + b;
    });
    expect(await toPromise(future)).toBe(3);
  });
});

// What the host does about an error nobody handles can only be seen from outside.
describe('an error that nobody joins', () => {
  const packageUrl = new URL('../dist/index.js', import.meta.url).href;

  async function run(program: string): Promise<{ code: number; output: string }> {
    const source = `import { Executor, fromPromise, yieldNow } from ${JSON.stringify(packageUrl)};
      const executor = new Executor();
      function* failing() { yield* yieldNow(); throw new Error('unseen'); }
      ${program}`;
    try {
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source]);
      return { code: 0, output: stdout.trim() };
    } catch (error) {
      const { code, stderr } = error as { code: number; stderr: string };
      return { code, output: stderr };
    }
  }

  it('ends the process with a report', async () => {
    const { code, output } = await run('executor.spawn(failing());');
    expect(code).toBe(1);
    expect(output).toContain('JoinError: the task panicked: unseen');
    expect(output).toContain('Error: unseen');
  });

  it('is not reported when somebody joins before the event loop goes on', async () => {
    const { code, output } = await run(`
      const handle = executor.spawn(failing());
      executor.spawn(function* () {
        for (let i = 0; i < 5; i++) yield* yieldNow();
        try { yield* handle; } catch (error) { console.log(error.message); }
      });`);
    expect({ code, output }).toEqual({ code: 0, output: 'the task panicked: unseen' });
  });

  it('is not reported when somebody waits, however long it takes until that task has its turn', async () => {
    const { code, output } = await run(`
      const handle = executor.spawn(failing());
      executor.spawn(function* () {
        try { yield* handle; } catch (error) { console.log(error.message); }
      });
      for (let i = 0; i < 5000; i++) executor.spawn(function* () { for (let n = 0; n < 3; n++) yield* yieldNow(); });`);
    expect({ code, output }).toEqual({ code: 0, output: 'the task panicked: unseen' });
  });

  it('is not reported when it is awaited', async () => {
    const { code, output } = await run(
      'await executor.spawn(failing()).then(undefined, (error) => console.log(error.message));',
    );
    expect({ code, output }).toEqual({ code: 0, output: 'the task panicked: unseen' });
  });

  it('is none when the task was aborted', async () => {
    const { code } = await run('executor.spawn(failing()).abort();');
    expect(code).toBe(0);
  });
});
