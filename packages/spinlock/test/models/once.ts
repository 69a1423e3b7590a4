// The models of Once. `work` is plain memory: it races unless the Once orders it.

import { spawn } from '@concurrency-lab/model-checker';
import { canBlock } from '@concurrency-lab/atomics';
import { Once } from '../../src/index.ts';

canBlock(); // asks the engine once, outside of any model

const AT_ONCE = { spins: 0 };

interface Shared {
  readonly once: Once;
  readonly work: Int32Array;
  /** Opens the Once as another thread does. */
  readonly open: () => Once;
}

function shared(options = AT_ONCE): Shared {
  const once = Once.create(options);
  const work = new Int32Array(new SharedArrayBuffer(8));
  return { once, work, open: () => Once.from(once.handle, options) };
}

function add(work: Int32Array): void {
  work[0] = work[0]! + 1;
}

function expectDone(work: Int32Array, ran: readonly boolean[]): void {
  if (work[0] !== 1) throw new Error(`the work was done ${work[0]} times`);
  if (ran.filter(Boolean).length !== 1) throw new Error(`calls that ran it: ${ran.join(', ')}`);
}

/** Two threads run it; both see the work done. */
export function runTwo(): void {
  const { work, open } = shared();
  const threads = [1, 2].map(() =>
    spawn(() => {
      const ran = open().run(() => add(work));
      expectDone(work, [true]);
      return ran;
    }),
  );
  expectDone(
    work,
    threads.map((thread) => thread.join()),
  );
}

/** Three threads run it. */
export function runThree(): void {
  const { once, work, open } = shared();
  const threads = [1, 2].map(() => spawn(() => open().run(() => add(work))));
  const ran = once.run(() => add(work));
  expectDone(work, [true]);
  expectDone(work, [ran, ...threads.map((thread) => thread.join())]);
}

/** A thread looks, without waiting, whether another is done. */
export function lookWhileRunning(): void {
  const { once, work, open } = shared();
  const runner = spawn(() => open().run(() => add(work)));
  if (once.isDone) expectDone(work, [true]);
  runner.join();
  if (!once.isDone) throw new Error('not done');
}

/** Two threads try, one of them only once. */
export function tryWhileRunning(): void {
  const { once, work, open } = shared();
  const runner = spawn(() => open().run(() => add(work)));
  const isDone = once.tryRun(() => add(work));
  if (isDone) expectDone(work, [true]);
  runner.join();
  expectDone(work, [true]);
}

/** The first of two to run it throws, the other one does it. */
export function throwFirst(): void {
  const { once, work, open } = shared();
  const attempt = (own: Once): string => {
    try {
      const ran = own.run(() => {
        work[1] = work[1]! + 1;
        if (work[1] === 1) throw new Error('first');
        add(work);
      });
      return ran ? 'ran' : 'waited';
    } catch {
      return 'threw';
    }
  };
  const other = spawn(() => attempt(open()));
  const seen = [attempt(once), other.join()].toSorted().join();
  if (seen !== 'ran,threw') throw new Error(seen);
  if (work[0] !== 1 || work[1] !== 2) throw new Error(`attempts ${work[1]}, done ${work[0]}`);
}

/** A thread that spins once before it sleeps. */
export function runSpinning(): void {
  const { once, work, open } = shared({ spins: 1 });
  const other = spawn(() => open().run(() => add(work)));
  const ran = once.run(() => add(work));
  expectDone(work, [ran, other.join()]);
}

/** A thread that may not block waits for one that does. */
export function runPage(): void {
  const { work, open } = shared();
  const page = spawn(
    async () => {
      const ran = await open().runAsync(async () => {
        await Promise.resolve();
        add(work);
      });
      expectDone(work, [true]);
      return ran;
    },
    { canBlock: false },
  );
  const other = spawn(() => open().run(() => add(work)));
  expectDone(work, [page.join(), other.join()]);
}

/** Two tasks of a thread that may not block, and a thread that may. */
export function runTasks(): void {
  const { work, open } = shared();
  const page = spawn(
    () => {
      const once = open();
      return Promise.all([once.runAsync(() => add(work)), once.runAsync(() => add(work))]);
    },
    { canBlock: false },
  );
  const other = spawn(() => open().run(() => add(work)));
  expectDone(work, [...page.join(), other.join()]);
}

/** One of three gives up waiting: the others do not notice. */
export function runBriefly(): string {
  const { once, work, open } = shared();
  const threads = [1, 2].map(() => spawn(() => open().run(() => add(work))));
  let seen: string;
  try {
    seen = once.run(() => add(work), { timeout: 10 }) ? 'ran' : 'waited';
  } catch (error) {
    seen = (error as Error).name;
  }
  const ran = threads.map((thread) => thread.join());
  expectDone(work, [seen === 'ran', ...ran]);
  return seen;
}
