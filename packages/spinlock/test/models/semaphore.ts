// The models of Semaphore, and of the line in which its callers wait.

import { spawn } from '@concurrency-lab/model-checker';
import { canBlock, InvalidHandleError } from '@concurrency-lab/atomics';
import { Semaphore, type SemaphoreHandle } from '../../src/index.ts';
import { joined, left, Queue } from '../../src/queue.ts';
import { StubSignal } from './stub-signal.ts';

canBlock(); // asks the engine once, outside of any model

const AT_ONCE = { spins: 0 };

interface Shared {
  readonly semaphore: Semaphore;
  /** Plain memory, which races where two threads have a permit at once. */
  readonly data: Int32Array;
  /** Opens the semaphore as another thread does. */
  readonly open: () => Semaphore;
}

function shared(permits: number, maximum = permits, options = AT_ONCE): Shared {
  const semaphore = Semaphore.create({ permits, maximum, ...options });
  const data = new Int32Array(new SharedArrayBuffer(8));
  return { semaphore, data, open: () => Semaphore.from(semaphore.handle, options) };
}

function enter(data: Int32Array, bit: number): void {
  data[0] = data[0]! | bit;
}

function expectData(data: Int32Array, expected: number): void {
  if (data[0] !== expected) throw new Error(`the data holds ${data[0]}, not ${expected}`);
}

function expectAvailable(semaphore: Semaphore, expected: number): void {
  if (semaphore.available !== expected) throw new Error(`${semaphore.available} permits, not ${expected}`);
  const permit = semaphore.tryAcquire(expected);
  if (permit === undefined) throw new Error('somebody still waits');
}

function use(semaphore: Semaphore, data: Int32Array, bit: number): void {
  using _ = semaphore.acquire();
  enter(data, bit);
}

/** Waits, and tells how it ended. */
function useBriefly(semaphore: Semaphore, permits = 1): string {
  try {
    semaphore.acquire(permits, { timeout: 10 }).release();
    return 'acquired';
  } catch (error) {
    return (error as Error).name;
  }
}

/** Two threads share one permit. */
export function shareOne(): void {
  const { semaphore, data, open } = shared(1);
  const other = spawn(() => use(open(), data, 1));
  use(semaphore, data, 2);
  other.join();
  expectData(data, 3);
  expectAvailable(semaphore, 1);
}

/** A thread waits for what another one releases, who never acquired: what it wrote is there. */
export function signal(): void {
  const { semaphore, data, open } = shared(0, 3);
  const sender = spawn(() => {
    const own = open();
    enter(data, 1);
    own.release();
    own.release(2);
  });
  semaphore.acquire(3);
  expectData(data, 1);
  sender.join();
}

/** Two threads wait for one each, and get both from one release. */
export function signalTwo(): void {
  const { semaphore, data, open } = shared(0, 2);
  const threads = [1, 2].map(() =>
    spawn(() => {
      open().acquire();
      expectData(data, 4);
    }),
  );
  enter(data, 4);
  semaphore.release(2);
  for (const thread of threads) thread.join();
}

/** A call for both permits and one for one of them. */
export function wantTwo(): void {
  const { semaphore, data, open } = shared(2);
  const other = spawn(() => {
    using _ = open().acquire(2);
    enter(data, 1);
  });
  semaphore.acquire().release();
  other.join();
  expectData(data, 1);
  expectAvailable(semaphore, 2);
}

/** A thread tries while another uses the only permit. */
export function tryWhileUsed(): boolean {
  const { semaphore, data, open } = shared(1);
  const other = spawn(() => use(open(), data, 1));
  if (semaphore.available > 1) throw new Error(`${semaphore.available} permits`);
  const permit = semaphore.tryAcquire();
  if (permit !== undefined) {
    enter(data, 2);
    permit.release();
  }
  other.join();
  expectData(data, permit === undefined ? 1 : 3);
  expectAvailable(semaphore, 1);
  return permit !== undefined;
}

/** Nobody takes a permit past a call that waits for more of them. */
export function noOvertaking(): string {
  const { semaphore, open } = shared(1, 2);
  const big = spawn(() => open().acquire(2).release());
  const waited = semaphore.tryAcquire() === undefined;
  semaphore.release(waited ? 1 : 2);
  big.join();
  return waited ? 'waited' : 'came first';
}

/** A thread that spins once before it sleeps. */
export function shareSpinning(): void {
  const { semaphore, data, open } = shared(1, 1, { spins: 1 });
  const other = spawn(() => use(open(), data, 1));
  use(semaphore, data, 2);
  other.join();
  expectData(data, 3);
}

/** A thread that may not block, with two tasks, shares a permit with one that may. */
export function sharePage(): void {
  const { semaphore, data, open } = shared(1);
  const page = spawn(
    async () => {
      const own = open();
      const task = async (bit: number): Promise<void> => {
        using _ = await own.acquireAsync();
        enter(data, bit);
      };
      await Promise.all([task(1), task(2)]);
    },
    { canBlock: false },
  );
  use(semaphore, data, 4);
  page.join();
  expectData(data, 7);
  expectAvailable(semaphore, 1);
}

/** Of two in line one gives up, perhaps when it was woken to come in: the other one is served. */
export function giveUp(): string {
  const { semaphore, open } = shared(0, 1);
  const brief = spawn(() => {
    const own = open();
    own.release();
    return useBriefly(own);
  });
  semaphore.acquire().release();
  const seen = brief.join();
  expectAvailable(semaphore, 1);
  return seen;
}

/** Of three in line one gives up: the others are served. Too many interleavings for all of them. */
export function giveUpThree(): string {
  const { semaphore, open } = shared(0, 1);
  const brief = spawn(() => useBriefly(open()));
  const patient = spawn(() => open().acquire().release());
  semaphore.release();
  semaphore.acquire().release();
  patient.join();
  const seen = brief.join();
  expectAvailable(semaphore, 1);
  return seen;
}

/** The first in the queue waits for more than there is, and gives up: the next one goes on. */
export function giveUpMany(): string {
  const { semaphore, open } = shared(1, 2);
  const many = spawn(() => useBriefly(open(), 2));
  semaphore.acquire().release();
  const seen = many.join();
  expectAvailable(semaphore, 1);
  return seen;
}

/** A task whose signal aborts while it is being served: the permit goes to the one behind it. */
export function abortPage(): string {
  const { semaphore, open } = shared(0, 1);
  const page = spawn(
    async () => {
      const controller = new StubSignal();
      const acquired = open().acquireAsync(1, { signal: controller.signal });
      void Promise.resolve().then(() => controller.abort());
      try {
        (await acquired).release();
        return 'acquired';
      } catch (error) {
        return (error as Error).message;
      }
    },
    { canBlock: false },
  );
  semaphore.release();
  semaphore.acquire().release();
  const seen = page.join();
  expectAvailable(semaphore, 1);
  return seen;
}

/** A thread opens a semaphore while another places it: it is whole, or refused. */
export function openWhilePlacing(): string {
  const buffer = new SharedArrayBuffer(Semaphore.BYTES);
  const handle: SemaphoreHandle = { kind: 'semaphore', version: 1, buffer, byteOffset: 0 };
  const opener = spawn(() => {
    try {
      const own = Semaphore.from(handle);
      return `${own.available} of ${own.maximum}`;
    } catch (error) {
      if (error instanceof InvalidHandleError) return 'refused';
      throw error;
    }
  });
  Semaphore.at(buffer, 0, { permits: 3, maximum: 7 });
  const seen = opener.join();
  if (!['3 of 7', 'refused'].includes(seen)) throw new Error(seen);
  return seen;
}

/** Two threads make way at once: who waits sees both, however late it asks. */
export function wakeTwice(): void {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const passing = left(joined(joined(0)));
  const threads = [1, 2].map(() => spawn(() => new Queue(words, 0, 1).wakeNext(passing)));
  for (const thread of threads) thread.join();
  const queue = new Queue(words, 0, 1);
  const turn = queue.turn;
  if (turn !== 2) throw new Error(`the turn is ${turn}`);
}

/** A thread asks for its turn while another makes way. */
export function askWhileWaking(): void {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const waker = spawn(() => new Queue(words, 0, 1).wakeNext(left(joined(joined(0)))));
  const queue = new Queue(words, 0, 1);
  const turn = queue.turn; // a pattern would read it where the checker cannot suspend
  if (turn > 1) throw new Error(`the turn is ${turn}`);
  waker.join();
}
