// Faults as steps: threads that are terminated, timeouts that fire, threads that may not block.

import { explore, spawn, verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import { SpinLock } from './subjects/spinlock.ts';

describe('a thread that may be terminated', () => {
  it('is terminated before each of its steps, and after the last', () => {
    const outcomes = new Map<string, number>();
    const { executions, isExhaustive } = verify(() => {
      const words = new Int32Array(new SharedArrayBuffer(12));
      const victim = spawn(
        () => {
          for (let i = 0; i < 3; i++) Atomics.store(words, i, 1);
          return 'done';
        },
        { mayBeTerminated: true },
      );
      const result = victim.join();
      const outcome = `${words.join('')} ${result ?? 'terminated'} ${victim.wasTerminated}`;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    });
    expect([...outcomes.keys()].toSorted()).toEqual([
      '000 terminated true',
      '100 terminated true',
      '110 terminated true',
      '111 done false',
    ]);
    expect({ executions, isExhaustive }).toEqual({ executions: 4, isExhaustive: true });
  });

  it('leaves the lock locked that it held', () => {
    const { failure } = explore(() => {
      const lock = new SpinLock(new SharedArrayBuffer(4));
      const work = (): void => {
        lock.lock();
        lock.unlock();
      };
      spawn(work, { mayBeTerminated: true, name: 'victim' });
      work();
    });
    expect(failure?.kind).toBe('livelock');
    expect(failure?.report).toContain('is terminated');
  });

  it('is taken out of the list of waiters', () => {
    const { executions } = verify(() => {
      const words = new Int32Array(new SharedArrayBuffer(4));
      const victim = spawn(() => Atomics.wait(words, 0, 0), { mayBeTerminated: true });
      const other = spawn(() => {
        Atomics.store(words, 0, 1);
        Atomics.notify(words, 0);
      });
      victim.join();
      other.join();
    });
    expect(executions).toBeGreaterThan(3);
  });
});

describe('a wait with a timeout', () => {
  const results = (timeouts: 'stuck' | 'any'): string[] => {
    const seen = new Set<string>();
    verify(
      () => {
        const words = new Int32Array(new SharedArrayBuffer(4));
        const waiter = spawn(() => Atomics.wait(words, 0, 0, 10));
        const waker = spawn(() => Atomics.notify(words, 0));
        seen.add(`${waiter.join()} ${waker.join()}`);
      },
      { timeouts },
    );
    return [...seen].toSorted();
  };

  it('gives up only when nothing else can happen', () => {
    expect(results('stuck')).toEqual(['ok 1', 'timed-out 0']);
  });

  it('gives up at any point, where that is asked for', () => {
    const seen = new Set<string>();
    verify(
      () => {
        const words = new Int32Array(new SharedArrayBuffer(8));
        const waiter = spawn(() => {
          const result = Atomics.wait(words, 0, 0, 10);
          return `${result} ${Atomics.load(words, 1)}`;
        });
        Atomics.store(words, 1, 1);
        Atomics.notify(words, 0);
        seen.add(waiter.join());
      },
      { timeouts: 'any' },
    );
    expect([...seen].toSorted()).toEqual(['ok 1', 'timed-out 0', 'timed-out 1']);
    expect(results('any')).toEqual(['ok 1', 'timed-out 0']);
  });

  it('advances the clock of the model', () => {
    verify(() => {
      const words = new Int32Array(new SharedArrayBuffer(4));
      const before = performance.now();
      Atomics.wait(words, 0, 0, 1000);
      if (performance.now() - before !== 1000) throw new Error('the clock stands');
    });
  });
});

describe('a thread that may not block', () => {
  it('throws where it waits, as a page does', () => {
    verify(() => {
      const words = new Int32Array(new SharedArrayBuffer(4));
      const page = spawn(
        () => {
          try {
            Atomics.wait(words, 0, 0);
          } catch (error) {
            return (error as Error).name;
          }
          return 'blocked';
        },
        { canBlock: false },
      );
      if (page.join() !== 'TypeError') throw new Error('it blocked');
    });
  });
});

describe('timers and promises', () => {
  it('an async thread is woken through waitAsync', () => {
    const { executions } = verify(() => {
      const words = new Int32Array(new SharedArrayBuffer(4));
      const page = spawn(
        async () => {
          while (Atomics.load(words, 0) === 0) {
            const wait = Atomics.waitAsync(words, 0, 0);
            if (wait.async) await wait.value;
          }
          return Atomics.load(words, 0);
        },
        { canBlock: false },
      );
      Atomics.store(words, 0, 7);
      Atomics.notify(words, 0);
      if (page.join() !== 7) throw new Error('wrong');
    });
    expect(executions).toBe(2);
  });

  it('an async thread whose promise nobody settles is a deadlock', () => {
    const { failure } = explore(() => {
      const words = new Int32Array(new SharedArrayBuffer(4));
      spawn(async () => {
        const wait = Atomics.waitAsync(words, 0, 0);
        if (wait.async) await wait.value;
      });
      Atomics.store(words, 0, 1); // and no notify
    });
    expect(failure?.kind).toMatch(/deadlock|lost-wake-up/);
  });

  it('timers fire in the order of their deadlines', () => {
    verify(() => {
      const thread = spawn(async () => {
        const order: string[] = [];
        setTimeout(() => order.push('late'), 20);
        setTimeout(() => order.push('early'), 10);
        const heartbeat = setInterval(() => {}, 2 ** 31 - 1);
        await new Promise((resolve) => setTimeout(resolve, 30));
        clearInterval(heartbeat);
        return order.join();
      });
      if (thread.join() !== 'early,late') throw new Error('out of order');
    });
  });

  it('a periodic timer fires as long as it gets anywhere', () => {
    verify(() => {
      const thread = spawn(async () => {
        let ticks = 0;
        await new Promise<void>((resolve) => {
          const timer = setInterval(() => {
            if (++ticks < 3) return;
            clearInterval(timer);
            resolve();
          }, 10);
        });
        return `${ticks} ${performance.now()}`;
      });
      const seen = thread.join();
      if (seen !== '3 30') throw new Error(seen);
    });
  });

  it('a heartbeat alone does not keep a thread from being stuck', () => {
    const { failure } = explore(() => {
      spawn(async () => {
        setInterval(() => {}, 1000);
        await new Promise(() => {});
      });
    });
    expect(failure?.kind).toBe('deadlock');
  });
});
