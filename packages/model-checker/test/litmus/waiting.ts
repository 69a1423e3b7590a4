// Litmus tests of waiting: wait, waitAsync and notify, spins as awaits, spawn and join.

import { spawn } from '@concurrency-lab/model-checker';
import type { Litmus } from './outcomes.ts';
import { together, words, X, Y, Z } from './program.ts';

export const waits: readonly Litmus[] = [
  {
    name: 'store, then notify: the waiter sleeps and wakes, or does not sleep',
    body() {
      const w = words();
      return together(
        () => (Atomics.store(w, X, 1), [Atomics.notify(w, X)]),
        () => [Atomics.wait(w, X, 0)],
      );
    },
    outcomes: ['0 not-equal', '1 ok'],
  },
  {
    name: 'notify without a store is lost where it comes first',
    body() {
      const w = words();
      return together(
        () => [Atomics.notify(w, X)],
        () => [Atomics.wait(w, X, 0)],
      );
    },
    outcomes: ['1 ok'],
    failures: ['lost-wake-up'],
  },
  {
    name: 'notify before store',
    body() {
      const w = words();
      return together(
        () => {
          const woken = Atomics.notify(w, X);
          Atomics.store(w, X, 1);
          return [woken];
        },
        () => [Atomics.wait(w, X, 0)],
      );
    },
    outcomes: ['0 not-equal', '1 ok'],
    failures: ['lost-wake-up'],
    why: 'it may sleep between the two',
  },
  {
    name: 'wait for another value returns at once',
    body() {
      const w = words();
      return together(() => [Atomics.wait(w, X, 1)]);
    },
    outcomes: ['not-equal'],
  },
  {
    name: 'notify without a count wakes all',
    body() {
      const w = words();
      return together(
        () => [Atomics.wait(w, X, 0)],
        () => [Atomics.wait(w, X, 0)],
        () => (Atomics.store(w, X, 1), [Atomics.notify(w, X)]),
      );
    },
    outcomes: ['not-equal not-equal 0', 'not-equal ok 1', 'ok not-equal 1', 'ok ok 2'],
  },
  {
    name: 'notify of one leaves the second asleep',
    body() {
      const w = words();
      return together(
        () => [Atomics.wait(w, X, 0)],
        () => [Atomics.wait(w, X, 0)],
        () => (Atomics.store(w, X, 1), [Atomics.notify(w, X, 1)]),
      );
    },
    outcomes: ['not-equal not-equal 0', 'not-equal ok 1', 'ok not-equal 1'],
    failures: ['lost-wake-up'],
  },
  {
    name: 'notify of one by each that wakes: a chain',
    body() {
      const w = words();
      const sleep = (): string[] => {
        const result = Atomics.wait(w, X, 0);
        Atomics.notify(w, X, 1);
        return [result];
      };
      return together(sleep, sleep, () => void (Atomics.store(w, X, 1), Atomics.notify(w, X, 1)));
    },
    outcomes: ['not-equal not-equal', 'not-equal ok', 'ok not-equal', 'ok ok'],
  },
  {
    name: 'notify of none wakes none',
    body() {
      const w = words();
      return together(
        () => [Atomics.wait(w, X, 0, 10)],
        () => [Atomics.notify(w, X, 0)],
      );
    },
    outcomes: ['timed-out 0'],
  },
  {
    name: 'notify of another word wakes none',
    body() {
      const w = words();
      return together(
        () => [Atomics.wait(w, X, 0, 10)],
        () => [Atomics.notify(w, Y)],
      );
    },
    outcomes: ['timed-out 0'],
  },
  {
    name: 'two waiters, one notify: one of them',
    body() {
      const w = words();
      return together(
        () => [Atomics.wait(w, X, 0, 10)],
        () => [Atomics.wait(w, X, 0, 10)],
        () => [Atomics.notify(w, X, 1)],
      );
    },
    outcomes: ['ok timed-out 1', 'timed-out ok 1', 'timed-out timed-out 0'],
  },
  {
    name: 'two waiters are woken first in, first out',
    body() {
      const w = words();
      const first = spawn(async () => {
        const { value } = Atomics.waitAsync(w, X, 0);
        Atomics.store(w, Y, 1);
        const woken = Atomics.notify(w, X, 1);
        return `${woken} ${await value}`;
      });
      const second = spawn(() => {
        while (Atomics.load(w, Y) === 0);
        return Atomics.wait(w, X, 0, 10);
      });
      return [first.join(), second.join()];
    },
    outcomes: ['1 ok timed-out'],
    why: 'the second comes into the list after the first, asleep or not',
  },
  {
    name: 'two promises of one thread are settled first in, first out',
    body() {
      const w = words();
      const thread = spawn(async () => {
        const order: string[] = [];
        const a = (async () => (await Atomics.waitAsync(w, X, 0).value, order.push('a')))();
        const b = (async () => (await Atomics.waitAsync(w, X, 0).value, order.push('b')))();
        order.push(String(Atomics.notify(w, X, 1)));
        await a;
        order.push(String(Atomics.notify(w, X, 1)));
        await b;
        return order;
      });
      return thread.join();
    },
    outcomes: ['1 a 1 b'],
  },
  {
    name: 'waits of 64 bits',
    body() {
      const l = new BigInt64Array(new SharedArrayBuffer(8));
      return together(
        () => (Atomics.store(l, 0, 1n << 40n), [Atomics.notify(l, 0)]),
        () => [Atomics.wait(l, 0, 0n)],
      );
    },
    outcomes: ['0 not-equal', '1 ok'],
  },
  {
    name: 'a waiter sees what came before the notify',
    body() {
      const w = words();
      return together(
        () => {
          w[Y] = 42;
          Atomics.notify(w, X);
        },
        () => (Atomics.wait(w, X, 0), [w[Y]!]),
      );
    },
    outcomes: ['42'],
    failures: ['lost-wake-up'],
    why: 'the list of waiters orders the two; no store is needed',
  },
  {
    name: 'a waiter that does not sleep sees what came before the store',
    body() {
      const w = words();
      return together(
        () => {
          w[Y] = 42;
          Atomics.store(w, X, 1);
          Atomics.notify(w, X);
        },
        () => (Atomics.wait(w, X, 0), [w[Y]!]),
      );
    },
    outcomes: ['42'],
  },
  {
    name: 'wait throws where the thread must not block',
    body() {
      const w = words();
      const page = spawn(
        () => {
          try {
            return Atomics.wait(w, X, 0);
          } catch (error) {
            return (error as Error).name;
          }
        },
        { canBlock: false },
      );
      return [page.join()];
    },
    outcomes: ['TypeError'],
  },
];

export const timeouts: readonly Litmus[] = [
  {
    name: 'a timeout fires where nothing else can happen',
    body() {
      const w = words();
      return together(() => [Atomics.wait(w, X, 0, 10)]);
    },
    outcomes: ['timed-out'],
  },
  {
    name: 'and not where a notify comes (stuck)',
    body() {
      const w = words();
      return together(
        () => [Atomics.wait(w, X, 0, 10)],
        () => (Atomics.store(w, X, 1), [Atomics.notify(w, X)]),
      );
    },
    outcomes: ['not-equal 0', 'ok 1'],
  },
  {
    name: 'but may come before the notify (any)',
    body() {
      const w = words();
      return together(
        () => [Atomics.wait(w, X, 0, 10)],
        () => (Atomics.store(w, X, 1), [Atomics.notify(w, X)]),
      );
    },
    timeouts: 'any',
    outcomes: ['not-equal 0', 'ok 1', 'timed-out 0'],
  },
  {
    name: 'an endless one never does (any)',
    body() {
      const w = words();
      return together(
        () => [Atomics.wait(w, X, 0, Infinity)],
        () => (Atomics.store(w, X, 1), [Atomics.notify(w, X)]),
      );
    },
    timeouts: 'any',
    outcomes: ['not-equal 0', 'ok 1'],
  },
  {
    name: 'two of them (any)',
    body() {
      const w = words();
      return together(
        () => [Atomics.wait(w, X, 0, 10)],
        () => [Atomics.wait(w, X, 0, 20)],
        () => [Atomics.notify(w, X, 1)],
      );
    },
    timeouts: 'any',
    outcomes: ['ok timed-out 1', 'timed-out ok 1', 'timed-out timed-out 0'],
    why: 'one that has given up is no longer in the list',
  },
  {
    name: 'of 0: compares, and never sleeps',
    body() {
      const w = words();
      return together(
        () => [Atomics.wait(w, X, 0, 0)],
        () => void Atomics.store(w, X, 1),
      );
    },
    outcomes: ['not-equal', 'timed-out'],
  },
  {
    name: 'the earlier of two timeouts fires first (stuck)',
    body() {
      const w = words();
      return together(
        () => (Atomics.wait(w, X, 0, 20), [Atomics.add(w, Y, 1)]),
        () => (Atomics.wait(w, X, 0, 10), [Atomics.add(w, Y, 1)]),
      );
    },
    outcomes: ['1 0'],
  },
];

export const promises: readonly Litmus[] = [
  {
    name: 'waitAsync: store, then notify',
    body() {
      const w = words();
      const waiter = spawn(async () => Atomics.waitAsync(w, X, 0).value);
      const notifier = spawn(() => (Atomics.store(w, X, 1), Atomics.notify(w, X)));
      return [waiter.join(), notifier.join()];
    },
    outcomes: ['not-equal 0', 'ok 1'],
  },
  {
    name: 'waitAsync: not-equal comes at once',
    body() {
      const w = words();
      const waiter = spawn(async () => {
        const result = Atomics.waitAsync(w, X, 1);
        return `${result.async} ${await result.value}`;
      });
      return [waiter.join()];
    },
    outcomes: ['false not-equal'],
  },
  {
    name: 'waitAsync: a timeout fires where nothing else can happen',
    body() {
      const w = words();
      const waiter = spawn(async () => Atomics.waitAsync(w, X, 0, 10).value);
      return [waiter.join()];
    },
    outcomes: ['timed-out'],
  },
  {
    name: 'waitAsync: a timeout of 0 comes at once',
    body() {
      const w = words();
      const waiter = spawn(async () => {
        const result = Atomics.waitAsync(w, X, 0, 0);
        return `${result.async} ${await result.value}`;
      });
      return [waiter.join()];
    },
    outcomes: ['false timed-out'],
  },
  {
    name: 'waitAsync: sees what came before the notify',
    body() {
      const w = words();
      const waiter = spawn(async () => {
        await Atomics.waitAsync(w, X, 0).value;
        return w[Y]!;
      });
      const notifier = spawn(() => {
        w[Y] = 42;
        Atomics.store(w, X, 1);
        Atomics.notify(w, X);
      });
      notifier.join();
      return [waiter.join()];
    },
    outcomes: ['42'],
  },
  {
    name: 'waitAsync: is lost as wait is',
    body() {
      const w = words();
      const waiter = spawn(async () => Atomics.waitAsync(w, X, 0).value);
      const notifier = spawn(() => Atomics.notify(w, X));
      return [notifier.join(), waiter.join()];
    },
    outcomes: ['1 ok'],
    failures: ['deadlock'],
  },
  {
    name: 'waitAsync: the thread goes on meanwhile',
    body() {
      const w = words();
      const thread = spawn(async () => {
        const { value } = Atomics.waitAsync(w, X, 0);
        Atomics.store(w, X, 1);
        const woken = Atomics.notify(w, X);
        return `${woken} ${await value}`;
      });
      return [thread.join()];
    },
    outcomes: ['1 ok'],
  },
];

export const awaits: readonly Litmus[] = [
  {
    name: 'a spin waits for its flag, and sees what came before',
    body() {
      const w = words();
      return together(
        () => {
          w[X] = 42;
          Atomics.store(w, Y, 1);
        },
        () => {
          while (Atomics.load(w, Y) === 0);
          return [w[X]!];
        },
      );
    },
    outcomes: ['42'],
  },
  {
    name: 'a spin may miss values that come and go',
    body() {
      const w = words();
      return together(
        () => void (Atomics.store(w, X, 1), Atomics.store(w, X, 2)),
        () => {
          let seen: number;
          while ((seen = Atomics.load(w, X)) === 0);
          return [seen];
        },
      );
    },
    outcomes: ['1', '2'],
  },
  {
    name: 'two threads hand over by turns',
    body() {
      const w = words();
      return together(
        () => {
          Atomics.store(w, X, 1);
          while (Atomics.load(w, Y) === 0);
          return [Atomics.load(w, Z)];
        },
        () => {
          while (Atomics.load(w, X) === 0);
          Atomics.store(w, Z, 7);
          Atomics.store(w, Y, 1);
        },
      );
    },
    outcomes: ['7'],
  },
  {
    name: 'Peterson: mutual exclusion by loads and stores alone',
    body() {
      const w = words();
      const turn = new Int32Array(new SharedArrayBuffer(8));
      const enter = (me: number, other: number): number[] => {
        Atomics.store(w, me, 1);
        Atomics.store(turn, 0, other);
        while (Atomics.load(w, other) === 1 && Atomics.load(turn, 0) === other);
        const before = turn[1]!;
        turn[1] = before + 1;
        Atomics.store(w, me, 0);
        return [before];
      };
      return together(
        () => enter(X, Y),
        () => enter(Y, X),
      );
    },
    outcomes: ['0 1', '1 0'],
  },
  {
    name: 'a spin on exchange: a lock lets one in at a time',
    body() {
      const w = words();
      const enter = (): number[] => {
        while (Atomics.exchange(w, X, 1) === 1);
        const before = w[Y]!;
        w[Y] = before + 1;
        Atomics.store(w, X, 0);
        return [before];
      };
      return together(enter, enter);
    },
    outcomes: ['0 1', '1 0'],
  },
];
export const edges: readonly Litmus[] = [
  {
    name: 'spawn and join order plain accesses',
    body() {
      const w = words();
      w[X] = 1;
      const thread = spawn(() => {
        const before = w[X]!;
        w[X] = 2;
        return before;
      });
      return [thread.join(), w[X]];
    },
    outcomes: ['1 2'],
  },
  {
    name: 'a join hands on what a grandchild did',
    body() {
      const w = words();
      const child = spawn(() => {
        const grandchild = spawn(() => {
          w[X] = 3;
        });
        grandchild.join();
      });
      child.join();
      return [w[X]!];
    },
    outcomes: ['3'],
  },
  {
    name: 'one thread after the other',
    body() {
      const w = words();
      const add = (): void => {
        w[X] = w[X]! + 1;
      };
      spawn(add).join();
      spawn(add).join();
      return [w[X]!];
    },
    outcomes: ['2'],
  },
  {
    name: 'what the parent does after spawn is beside the child',
    body() {
      const w = words();
      const child = spawn(() => Atomics.load(w, X));
      Atomics.store(w, X, 1);
      return [child.join()];
    },
    outcomes: ['0', '1'],
  },
  {
    name: 'a thread reads, adds and stores; main reads meanwhile',
    body() {
      const w = words();
      const child = spawn(() => {
        const value = Atomics.load(w, X);
        Atomics.store(w, X, value + 1);
      });
      const seen = Atomics.load(w, X);
      child.join();
      return [seen];
    },
    outcomes: ['0', '1'],
    why: 'Loom 0.7.2 reports one execution here',
  },
];
