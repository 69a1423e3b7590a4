import { CancelToken, CancelledError, InvalidArgumentError, TimeoutError } from '@concurrency-lab/atomics';
import { describe, expect, it } from 'vitest';
import { DeadlockError, Once } from '../src/index.ts';

const open = (once: Once): Once => Once.from(structuredClone(once.handle));
const nothing = (): void => {};

describe('the function', () => {
  it('runs once, whoever comes', async () => {
    const once = Once.create();
    const there = open(once);
    const ran: string[] = [];
    expect(there.isDone).toBe(false);
    expect(once.run(() => void ran.push('first'))).toBe(true);
    expect(there.isDone).toBe(true);
    expect(there.run(() => void ran.push('second'))).toBe(false);
    expect(there.tryRun(() => void ran.push('third'))).toBe(true);
    expect(await once.runAsync(() => void ran.push('fourth'))).toBe(false);
    expect(ran).toEqual(['first']);
  });

  it('may be async; the others wait until it is done', async () => {
    const once = Once.create();
    const there = open(once);
    let finish = nothing;
    const first = once.runAsync(() => new Promise<void>((resolve) => (finish = resolve)));
    const second = there.runAsync(() => expect.unreachable());
    expect(there.isDone).toBe(false);
    expect(there.tryRun(() => expect.unreachable())).toBe(false);
    finish();
    expect(await Promise.all([first, second])).toEqual([true, false]);
    expect(there.isDone).toBe(true);
  });

  it('that throws is as if it had not run; the next call tries', async () => {
    const once = Once.create();
    const fail = (): never => {
      throw new Error('failed');
    };
    expect(() => once.run(fail)).toThrow('failed');
    expect(() => once.tryRun(fail)).toThrow('failed');
    const first = once.runAsync(() => Promise.reject(new Error('later')));
    const second = open(once).runAsync(nothing);
    await expect(first).rejects.toThrow('later');
    expect(await second).toBe(true);
    expect(once.isDone).toBe(true);
  });
});

describe('waiting', () => {
  it('ends with a timeout or a signal', async () => {
    const once = Once.create();
    const there = open(once);
    let finish = nothing;
    const first = once.runAsync(() => new Promise<void>((resolve) => (finish = resolve)));
    expect(() => there.run(nothing, { timeout: 5 })).toThrow(new TimeoutError('Once.run()', 5));
    await expect(there.runAsync(nothing, { timeout: 5 })).rejects.toThrow(TimeoutError);
    const controller = new AbortController();
    const aborted = there.runAsync(nothing, { signal: controller.signal });
    controller.abort(new Error('no more'));
    await expect(aborted).rejects.toThrow('no more');
    const token = CancelToken.create();
    token.cancel();
    expect(() => there.run(nothing, { signal: token })).toThrow(CancelledError);
    finish();
    expect(await first).toBe(true);
  });
});

describe('misuse', () => {
  it('within the function itself is an error of the function', async () => {
    const once = Once.create();
    expect(() => once.run(() => void once.run(nothing))).toThrow(DeadlockError);
    await expect(
      once.runAsync(async () => {
        await once.runAsync(nothing);
      }),
    ).rejects.toThrow('asks for itself');
    expect(once.tryRun(() => expect(once.tryRun(nothing)).toBe(false))).toBe(true);
  });

  it('that would block the thread that runs the function is refused', async () => {
    const once = Once.create();
    let finish = nothing;
    const first = once.runAsync(() => new Promise<void>((resolve) => (finish = resolve)));
    expect(() => once.run(nothing)).toThrow('would wait for its own thread');
    finish();
    expect(await first).toBe(true);
  });

  it('of an async function in a blocking call is refused, and it is not done', () => {
    const once = Once.create();
    const late = (async () => {}) as () => void;
    expect(() => once.run(late)).toThrow(InvalidArgumentError);
    expect(() => once.tryRun(late)).toThrow('use Once.runAsync()');
    expect(once.isDone).toBe(false);
  });

  it('of options, memory and handles is refused', () => {
    expect(() => Once.create({ spins: NaN })).toThrow('spins must be');
    const once = Once.at(new SharedArrayBuffer(Once.BYTES), 0);
    expect(() => once.run(nothing, { timeout: -1 })).toThrow(InvalidArgumentError);
    expect(() => Once.from({ ...once.handle, kind: 'barrier' } as never)).toThrow('not of a barrier');
  });
});
