// Every kind of failure, found: with its kind, its message and what its report must show.

import {
  explore,
  spawn,
  verify,
  ModelError,
  type Exploration,
  type ModelFailure,
  type ModelOptions,
} from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import { hold, watch } from '../dist/memory-api.js';
import {
  FlagBeforeValueOneshot,
  ForgetfulMutex,
  FutexMutex,
  IndexBeforeAtomicDataRing,
  IndexBeforeDataRing,
  LostUpdateCounter,
} from './subjects/broken.ts';
import { LoadThenStoreLock } from './subjects/spinlock.ts';

const X = 0;
const Y = 1;

function words(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(16));
}

function found(body: () => unknown, options?: ModelOptions): ModelFailure {
  const { failure } = explore(body, options);
  expect(failure).toBeDefined();
  return failure!;
}

/** What an exploration that found nothing, and left nothing out, holds. */
const CLEAN = { failure: undefined, isExhaustive: true };

describe('data race', () => {
  it.each<[string, (w: Int32Array) => unknown]>([
    ['a number', (w) => (w[X] = 2)],
    ['its text', (w) => ((w as unknown as Record<string, number>)['0'] = 2)],
    [
      'a key of the view',
      (w) => {
        for (const key of Object.keys(w)) if (key === '0') (w as unknown as Record<string, number>)[key] = 2;
      },
    ],
    [
      'a key that is read',
      (w) => {
        for (const key of Object.keys(w)) if ((w as unknown as Record<string, number>)[key] === 5) return;
      },
    ],
  ])('is found by whatever names the element: %s', (_, access) => {
    const failure = found(() => {
      const w = words();
      const thread = spawn(() => {
        w[X] = 1;
      });
      access(w);
      thread.join();
    });
    expect(failure.kind).toBe('data-race');
  });

  it.each<[string, () => unknown, RegExp, string[]]>([
    [
      'plain and plain',
      () => {
        const w = words();
        const thread = spawn(() => void (w[X] = 1));
        const read = w[X];
        thread.join();
        return read;
      },
      /plain read and plain write, in no order/,
      ['const read = w[X];', '(w[X] = 1)'],
    ],
    [
      'plain and atomic',
      () => {
        const w = words();
        const thread = spawn(() => void Atomics.store(w, X, 1));
        w[X] = 2;
        thread.join();
      },
      /(atomic write and plain write|plain write and atomic write), in no order/,
      ['w[X] = 2;', 'Atomics.store(w, X, 1)'],
    ],
    [
      'fill',
      () => {
        const w = words();
        const thread = spawn(() => Atomics.load(w, 3));
        w.fill(1);
        thread.join();
      },
      /(atomic read and plain write|plain write and atomic read), in no order/,
      ['Atomics.load(w, 3)'],
    ],
    [
      'set',
      () => {
        const w = words();
        const thread = spawn(() => void (w[2] = 1));
        w.set([7, 8], 1);
        thread.join();
      },
      /plain write and plain write, in no order/,
      ['(w[2] = 1)'],
    ],
    [
      'set from shared memory',
      () => {
        const w = words();
        const thread = spawn(() => void (w[2] = 1));
        new Int32Array(4).set(w);
        thread.join();
      },
      /plain read and plain write, in no order/,
      ['(w[2] = 1)'],
    ],
    [
      'copy',
      () => {
        const w = words();
        const thread = spawn(() => void (w[2] = 1));
        const copy = new Int32Array(w);
        thread.join();
        return copy;
      },
      /plain read and plain write, in no order/,
      ['(w[2] = 1)'],
    ],
    [
      'DataView',
      () => {
        const w = words();
        const view = new DataView(w.buffer);
        const thread = spawn(() => view.setInt16(2, 1));
        const read = w[X];
        thread.join();
        return read;
      },
      /plain read and plain write, in no order/,
      ['const read = w[X];'],
    ],
    [
      'for-of',
      () => {
        const w = words();
        const thread = spawn(() => void (w[3] = 1));
        let sum = 0;
        for (const word of w) sum += word;
        thread.join();
        return sum;
      },
      /plain read and plain write, in no order/,
      ['(w[3] = 1)'],
    ],
    [
      'destructuring',
      () => {
        const w = words();
        const thread = spawn(() => void (w[1] = 1));
        const [, second] = w;
        thread.join();
        return second;
      },
      /plain read and plain write, in no order/,
      ['(w[1] = 1)'],
    ],
  ])('%s', (_, body, message, lines) => {
    const failure = found(body);
    expect(failure.kind).toBe('data-race');
    expect(failure.message).toMatch(message);
    for (const line of lines) expect(failure.report).toContain(line);
    expect(failure.report).toContain('main');
    expect(failure.report).toContain('T1');
  });
});

describe('error', () => {
  it('thrown by a thread', () => {
    const failure = found(() => {
      const w = words();
      const thread = spawn(
        () => {
          if (Atomics.load(w, X) === 1) throw new RangeError('saw it');
        },
        { name: 'reader' },
      );
      Atomics.store(w, X, 1);
      thread.join();
    });
    expect(failure.kind).toBe('error');
    expect(failure.message).toBe('RangeError: saw it');
    expect(failure.error).toBeInstanceOf(RangeError);
    expect(failure.report).toContain('reader');
  });

  it('thrown by main, on one of its interleavings', () => {
    const failure = found(() => {
      const w = words();
      const thread = spawn(() => void Atomics.store(w, X, 1));
      expect(Atomics.load(w, X)).toBe(0);
      thread.join();
    });
    expect(failure.kind).toBe('error');
    expect(failure.message).toContain('expected 1 to be');
  });

  it('that is no Error', () => {
    const failure = found(() => {
      // eslint-disable-next-line no-throw-literal
      throw 'a string';
    });
    expect(failure.kind).toBe('error');
    expect(failure.message).toBe('threw a string');
    expect(failure.error).toBe('a string');
  });

  it('undefined, thrown by an async thread', () => {
    const failure = found(() => {
      const thread = spawn(async () => {
        await Promise.resolve();
        // eslint-disable-next-line no-throw-literal
        throw undefined;
      });
      thread.join();
    });
    expect(failure.kind).toBe('error');
    expect(failure.message).toBe('threw undefined');
  });

  it('is what verify throws, with the report', () => {
    const run = (): unknown =>
      verify(() => {
        throw new Error('always');
      });
    expect(run).toThrow(ModelError);
    expect(run).toThrow(/error: Error: always/);
  });
});

describe('deadlock', () => {
  it('two locks in opposite order', () => {
    const failure = found(() => {
      const w = words();
      const [a, b] = [new FutexMutex(w, X), new FutexMutex(w, Y)];
      const take = (first: FutexMutex, second: FutexMutex): void => {
        first.lock();
        second.lock();
        second.unlock();
        first.unlock();
      };
      const one = spawn(() => take(a, b));
      const two = spawn(() => take(b, a));
      one.join();
      two.join();
    });
    expect(failure.kind).toBe('deadlock');
    expect(failure.message).toBe('T1, T2 sleep, and nobody is left to notify');
  });

  it('two locks in one order are none', () => {
    expect(
      explore(() => {
        const w = words();
        const [a, b] = [new FutexMutex(w, X), new FutexMutex(w, Y)];
        const take = (): void => {
          a.lock();
          b.lock();
          w[2] = w[2]! + 1;
          b.unlock();
          a.unlock();
        };
        const one = spawn(take);
        const two = spawn(take);
        one.join();
        two.join();
        if (w[2] !== 2) throw new Error('lost');
      }),
    ).toMatchObject(CLEAN);
  });

  it('a join of a thread that sleeps', () => {
    const failure = found(() => {
      const w = words();
      const thread = spawn(() => Atomics.wait(w, X, 0));
      thread.join();
    });
    expect(failure.kind).toBe('deadlock');
    expect(failure.message).toContain('T1 sleeps, and nobody is left to notify');
    expect(failure.report).toContain('Atomics.wait(w, X, 0)');
  });

  it('a promise that nobody settles', () => {
    const failure = found(() => {
      const thread = spawn(async () => {
        await new Promise(() => {});
      });
      thread.join();
    });
    expect(failure.kind).toBe('deadlock');
  });

  it('the main thread alone', () => {
    expect(found(() => void Atomics.wait(words(), X, 0)).kind).toBe('deadlock');
  });
});

describe('lost wake-up', () => {
  it('notify before store', () => {
    const failure = found(() => {
      const w = words();
      const sleeper = spawn(() => void Atomics.wait(w, X, 0), { name: 'sleeper' });
      Atomics.notify(w, X);
      Atomics.store(w, X, 1);
      sleeper.join();
    });
    expect(failure.kind).toBe('lost-wake-up');
    expect(failure.message).toMatch(/^sleeper sleeps/);
    expect(failure.report).toMatch(/woke 0|nobody waits/);
  });

  it('check of one word, wait on another', () => {
    const failure = found(() => {
      const w = words();
      const sleeper = spawn(() => {
        if (Atomics.load(w, X) === 0) Atomics.wait(w, Y, 0);
      });
      Atomics.store(w, X, 1);
      Atomics.notify(w, Y);
      sleeper.join();
    });
    expect(failure.kind).toBe('lost-wake-up');
  });

  it('a mutex that asks for waiters too early', () => {
    const failure = found(() => {
      const mutex = new ForgetfulMutex(words(), X);
      const enter = (): void => {
        mutex.lock();
        mutex.unlock();
      };
      const one = spawn(enter);
      const two = spawn(enter);
      one.join();
      two.join();
    });
    expect(failure.kind).toBe('lost-wake-up');
  });
});

describe('livelock', () => {
  it('a spin that nobody ends', () => {
    const failure = found(() => {
      const w = words();
      const spinner = spawn(
        () => {
          while (Atomics.load(w, X) === 0);
        },
        { name: 'spinner' },
      );
      spinner.join();
    });
    expect(failure.kind).toBe('livelock');
    expect(failure.message).toContain('spinner spins, and nobody is left to change what memory holds');
    expect(failure.report).toContain('while (Atomics.load(w, X) === 0);');
  });

  it('two threads that await each other', () => {
    const failure = found(() => {
      const w = words();
      const awaitOther = (mine: number, other: number): void => {
        while (Atomics.load(w, other) === 0);
        Atomics.store(w, mine, 1);
      };
      const one = spawn(() => awaitOther(X, Y));
      const two = spawn(() => awaitOther(Y, X));
      one.join();
      two.join();
    });
    expect(failure.kind).toBe('livelock');
    expect(failure.message).toMatch(/T1, T2 spin/);
  });

  it('a spin on exchange that nobody ends', () => {
    const failure = found(() => {
      const w = words();
      const enter = (): void => {
        while (Atomics.exchange(w, X, 1) === 1);
      };
      const one = spawn(enter);
      const two = spawn(enter);
      one.join();
      two.join();
    });
    expect(failure.kind).toBe('livelock');
  });

  it('only on some interleavings: the flag is taken back', () => {
    const failure = found(() => {
      const w = words();
      const spinner = spawn(() => {
        while (Atomics.load(w, X) === 0);
      });
      Atomics.store(w, X, 1);
      Atomics.store(w, X, 0);
      spinner.join();
    });
    expect(failure.kind).toBe('livelock');
  });
});

describe('non-termination', () => {
  it('an endless loop without shared memory', () => {
    const failure = found(() => {
      let count = 0;
      while (count >= 0) count++;
    });
    expect(failure.kind).toBe('non-termination');
    expect(failure.message).toContain('without an end');
    expect(failure.report).toContain('while (count >= 0) count++;');
  });

  it('an execution that is longer than allowed is no failure, and no proof', () => {
    const exploration = explore(
      () => {
        const w = words();
        for (let i = 0; i < 100; i++) Atomics.add(w, X, 1);
      },
      { maxSteps: 50, randomExecutions: 10 },
    );
    expect(exploration.failure).toBeUndefined();
    expect(exploration.truncated).toBeGreaterThan(0);
    expect(exploration.isExhaustive).toBe(false);
  });
});

describe('a rejection that nobody handles', () => {
  const turn = (): Promise<void> => Promise.resolve();
  const rejecting: readonly (readonly [string, () => unknown])[] = [
    [
      'of a task that was left alone',
      async () => {
        const w = words();
        const task = async (): Promise<void> => {
          await turn();
          if (Atomics.load(w, X) === 0) throw new Error('assertion');
        };
        void task();
        await turn();
      },
    ],
    [
      'of a reaction',
      () => {
        void turn().then(() => {
          throw new Error('assertion');
        });
        return turn();
      },
    ],
    [
      'of a promise',
      () => {
        void Promise.reject(new Error('assertion'));
        return turn();
      },
    ],
    ['in a function that is not async', () => void Promise.reject(new Error('assertion'))],
  ];

  it.each(rejecting)('%s ends a thread with an error', (_, task) => {
    const failure = found(() => {
      spawn(task).join();
    });
    expect(failure).toMatchObject({ kind: 'error', error: new Error('assertion') });
    expect(failure.message).toBe('a promise was rejected, and nobody handles it: Error: assertion');
    expect(found(task).kind).toBe('error'); // the main thread
  });

  it('is none where somebody handles it, at once or later', () => {
    const exploration = explore(() => {
      const failed = (): Promise<never> => Promise.reject(new Error('handled'));
      spawn(async () => {
        void failed().catch(() => {});
        void Promise.allSettled([failed(), failed()]);
        const later = failed();
        await turn();
        await expectRejection(later);
        await expectRejection(Promise.all([failed(), failed()]));
        await expectRejection(turn().then(failed));
      }).join();
      spawn(() => void Promise.resolve(failed()).catch(() => {})).join();
    });
    expect(exploration).toMatchObject(CLEAN);
  });

  async function expectRejection(promise: Promise<unknown>): Promise<void> {
    try {
      await promise;
    } catch {
      return;
    }
    throw new Error('it was not rejected');
  }
});

describe('out of bounds', () => {
  it.each<[string, (w: Int32Array) => unknown, RegExp]>([
    ['read', (w) => w[4], /reads index 4 of the ring, which has 4 elements/],
    ['write', (w) => (w[-1] = 1), /writes index -1 of the ring, which has 4 elements/],
    ['fraction', (w) => w[0.5], /reads index 0.5 of the ring/],
  ])('%s', (_, access, message) => {
    const failure = found(() => {
      const w = words();
      watch(w, { name: 'the ring', bounds: true });
      access(w);
    });
    expect(failure.kind).toBe('out-of-bounds');
    expect(failure.message).toMatch(message);
  });

  it('is fine where nobody asked', () => {
    expect(
      explore(() => {
        const w = words();
        watch(w, { name: 'the ring' });
        return w[4];
      }),
    ).toMatchObject(CLEAN);
  });
});

describe('uninitialised read', () => {
  it('of a slot that a spin did not wait for', () => {
    const failure = found(() => {
      const w = words();
      const slot = w.subarray(1, 2);
      watch(slot, { name: 'slot', initialised: true });
      const reader = spawn(() => slot[0]);
      reader.join();
      slot[0] = 1;
    });
    expect(failure.kind).toBe('uninitialised-read');
    expect(failure.message).toBe('reads slot, which nobody has written');
    expect(failure.report).toContain('slot[0]');
  });

  it('is fine after a write, plain or atomic or in bulk', () => {
    expect(
      explore(() => {
        const w = words();
        watch(w, { name: 'words', initialised: true });
        w[0] = 1;
        Atomics.store(w, 1, 1);
        w.fill(1, 2);
        return w[0] + w[1]! + w[2]! + w[3]!;
      }),
    ).toMatchObject(CLEAN);
  });
});

describe('leak', () => {
  it('something held', () => {
    const failure = found(() => {
      hold('the guard');
    });
    expect(failure.kind).toBe('leak');
    expect(failure.message).toBe('the guard is still held at the end');
  });

  it('something held on one path', () => {
    const failure = found(() => {
      const w = words();
      const thread = spawn(() => void Atomics.store(w, X, 1));
      const guard = hold('the guard');
      if (Atomics.load(w, X) === 0) guard.release();
      thread.join();
    });
    expect(failure.kind).toBe('leak');
  });

  it('released, by hand and by using, is none', () => {
    expect(
      explore(() => {
        const first = hold('first');
        using second = hold('second');
        first.release();
        first.release();
        return second;
      }),
    ).toMatchObject(CLEAN);
  });

  it('a word that holds another value at the end', () => {
    const failure = found(() => {
      const w = words();
      watch(w, { name: 'counts', atEnd: 0 });
      Atomics.add(w, 2, 3);
    });
    expect(failure.kind).toBe('leak');
    expect(failure.message).toBe('counts holds 3 at index 2 at the end, not 0');
  });
});

describe('nondeterminism', () => {
  const race = (w: Int32Array<SharedArrayBuffer>, index: number): void => {
    const thread = spawn(() => void Atomics.add(w, index, 1));
    Atomics.add(w, index, 2);
    Atomics.load(w, index);
    thread.join();
  };

  it('a counter outside of the body', () => {
    let runs = 0;
    const failure = found(
      () => {
        const w = words();
        if (runs++ % 3 === 1) Atomics.store(w, Y, 1);
        race(w, X);
      },
      { maxPreemptions: 0 },
    );
    expect(failure.kind).toBe('nondeterminism');
    expect(failure.message).toContain('the same schedule led elsewhere');
  });

  it('the order of a map outside of the body', () => {
    const map = new Map([
      ['load', 0],
      ['store', 0],
    ]);
    const failure = found(
      () => {
        const w = words();
        const [first] = map.keys();
        map.delete(first!);
        map.set(first!, 0);
        if (first === 'load') Atomics.load(w, X);
        else Atomics.store(w, X, 1);
        race(w, X);
      },
      { maxPreemptions: 0 },
    );
    expect(failure.kind).toBe('nondeterminism');
  });

  it("time and chance are the model's own", () => {
    expect(
      explore(() => {
        const w = words();
        const start = Date.now();
        if (Math.random() > 0.5 || performance.now() !== start) Atomics.store(w, Y, 1);
        race(w, X);
        if (Date.now() !== start) throw new Error('time went by');
      }),
    ).toMatchObject(CLEAN);
  });
});

describe('unsupported', () => {
  it('more than eight threads', () => {
    const failure = found(() => {
      for (let i = 0; i < 8; i++) spawn(() => {});
    });
    expect(failure.kind).toBe('unsupported');
    expect(failure.message).toBe('a model may have at most 8 threads, the main one included');
  });

  it('an operation in a callback of code that is not instrumented', () => {
    const failure = found(() => {
      const w = words();
      const thread = spawn(() => void Atomics.store(w, X, 1));
      'ab'.replace('a', () => String(Atomics.load(w, X)));
      thread.join();
    });
    expect(failure.kind).toBe('unsupported');
    expect(failure.message).toContain('cannot be suspended');
  });
});

describe('broken subjects', () => {
  function ring(Ring: typeof IndexBeforeDataRing): Exploration {
    return explore(() => {
      const buffer = new SharedArrayBuffer(16);
      const queue = new Ring(buffer, 2);
      const consumer = spawn(() => {
        const value = queue.pop();
        if (value !== undefined && value !== 7) throw new Error(`popped ${value}`);
      });
      queue.push(7);
      consumer.join();
    });
  }

  it('index before data', () => {
    expect(ring(IndexBeforeDataRing).failure?.kind).toBe('data-race');
  });

  it('index before data, atomic slots', () => {
    const { failure } = ring(IndexBeforeAtomicDataRing);
    expect(failure?.kind).toBe('error');
    expect(failure?.message).toBe('Error: popped 0');
  });

  it('flag before value', () => {
    const failure = found(() => {
      const oneshot = new FlagBeforeValueOneshot(new SharedArrayBuffer(8));
      const receiver = spawn(() => oneshot.receive());
      oneshot.send(7);
      receiver.join();
    });
    expect(failure.kind).toBe('data-race');
  });

  it('load, then store, for a lock', () => {
    const failure = found(() => {
      const buffer = new SharedArrayBuffer(8);
      const count = new Int32Array(buffer);
      const lock = new LoadThenStoreLock(buffer);
      const enter = (): void => {
        lock.lock();
        // Atomic, so that the count tells and not the race detector.
        if (Atomics.add(count, 1, 1) !== 0) throw new Error('two threads hold the lock');
        Atomics.sub(count, 1, 1);
        lock.unlock();
      };
      const one = spawn(enter);
      const two = spawn(enter);
      one.join();
      two.join();
    });
    expect(failure.kind).toBe('error');
    expect(failure.message).toBe('Error: two threads hold the lock');
  });

  it('lost update', () => {
    const failure = found(() => {
      const counter = new LostUpdateCounter(new SharedArrayBuffer(4));
      const thread = spawn(() => counter.increment());
      counter.increment();
      thread.join();
      if (counter.value !== 2) throw new Error(`counted ${counter.value}`);
    });
    expect(failure.kind).toBe('error');
    expect(failure.message).toBe('Error: counted 1');
  });

  it('the blind spot of Loom: both outcomes', () => {
    const seen = new Set<number>();
    expect(
      explore(() => {
        const w = words();
        const thread = spawn(() => {
          const value = Atomics.load(w, X);
          Atomics.store(w, X, value + 1);
        });
        seen.add(Atomics.load(w, X));
        thread.join();
      }),
    ).toMatchObject(CLEAN);
    expect(seen).toEqual(new Set([0, 1]));
  });
});
