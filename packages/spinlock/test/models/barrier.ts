// The models of Barrier. The parties leave marks in plain memory, which race unless the barrier
// orders them.

import { spawn } from '@concurrency-lab/model-checker';
import { canBlock, InvalidHandleError } from '@concurrency-lab/atomics';
import { Barrier, type BarrierHandle } from '../../src/index.ts';
import { StubSignal } from './stub-signal.ts';

canBlock(); // asks the engine once, outside of any model

const AT_ONCE = { spins: 0 };

interface Shared {
  readonly barrier: Barrier;
  readonly marks: Int32Array;
  /** Opens the barrier as another thread does. */
  readonly open: () => Barrier;
}

function shared(parties: number, options = AT_ONCE): Shared {
  const barrier = Barrier.create({ parties, ...options });
  const marks = new Int32Array(new SharedArrayBuffer(4 * 8));
  return { barrier, marks, open: () => Barrier.from(barrier.handle, options) };
}

/** Leaves a mark of its own, waits, and looks at those of all parties. */
function meet(barrier: Barrier, marks: Int32Array, party: number): boolean {
  marks[party] = 1;
  const isLeader = barrier.wait();
  expectMarks(marks, barrier.parties);
  return isLeader;
}

function expectMarks(marks: Int32Array, parties: number): void {
  for (let party = 0; party < parties; party++) {
    if (marks[party] !== 1) throw new Error(`party ${party} has left no mark`);
  }
}

function expectOneLeader(leaders: readonly boolean[]): void {
  if (leaders.filter(Boolean).length !== 1) throw new Error(`leaders: ${leaders.join(', ')}`);
}

/** Two threads meet. */
export function meetTwo(): void {
  const { marks, open } = shared(2);
  const threads = [0, 1].map((party) => spawn(() => meet(open(), marks, party)));
  expectOneLeader(threads.map((thread) => thread.join()));
}

/** Three threads meet. */
export function meetThree(): void {
  const { barrier, marks, open } = shared(3);
  const threads = [1, 2].map((party) => spawn(() => meet(open(), marks, party)));
  expectOneLeader([meet(barrier, marks, 0), ...threads.map((thread) => thread.join())]);
}

/** Two threads meet three times in a row, with marks of each meeting's own. */
export function meetAgain(): void {
  const { barrier, marks, open } = shared(2);
  const meetings = (own: Barrier, party: number): number => {
    let led = 0;
    for (let first = 0; first < 6; first += 2) if (meet(own, marks.subarray(first), party)) led++;
    return led;
  };
  const other = spawn(() => meetings(open(), 1));
  const led = meetings(barrier, 0) + other.join();
  if (led !== 3) throw new Error(`${led} leaders of 3 meetings`);
}

/** One party does not wait for itself. */
export function meetAlone(): void {
  const { barrier } = shared(1);
  if (!barrier.wait()) throw new Error('not the leader');
}

/** A thread that spins once before it sleeps. */
export function meetSpinning(): void {
  const { barrier, marks, open } = shared(2, { spins: 1 });
  const other = spawn(() => meet(open(), marks, 1));
  expectOneLeader([meet(barrier, marks, 0), other.join()]);
}

/** A thread that may not block meets one that may. */
export function meetPage(): void {
  const { barrier, marks, open } = shared(2);
  const page = spawn(
    async () => {
      marks[1] = 1;
      const isLeader = await open().waitAsync();
      expectMarks(marks, 2);
      return isLeader;
    },
    { canBlock: false },
  );
  expectOneLeader([meet(barrier, marks, 0), page.join()]);
}

/** Waits, and tells how it ended. */
function meetBriefly(barrier: Barrier): string {
  try {
    return barrier.wait({ timeout: 10 }) ? 'led' : 'met';
  } catch (error) {
    return (error as Error).name;
  }
}

/** Two threads that both may give up: they meet, or neither counts. */
export function giveUp(): string {
  const { barrier, open } = shared(2);
  const other = spawn(() => meetBriefly(open()));
  const seen = [meetBriefly(barrier), other.join()].toSorted().join();
  if (!['led,met', 'TimeoutError,TimeoutError'].includes(seen)) throw new Error(seen);
  if (barrier.arrived !== 0) throw new Error(`${barrier.arrived} still counted`);
  return seen;
}

/** One of three gives up, and comes again: the others meet it. What it wrote before is seen. */
export function giveUpOnce(): string {
  const { barrier, marks, open } = shared(3);
  const threads = [1, 2].map((party) => spawn(() => meet(open(), marks, party)));
  marks[0] = 1;
  const first = meetBriefly(barrier);
  if (first === 'TimeoutError') barrier.wait();
  expectMarks(marks, 3);
  for (const thread of threads) thread.join();
  return first;
}

/** A wait that its signal ends takes its arrival back, or was released before. */
export function abortPage(): string {
  const { barrier, open } = shared(2);
  const page = spawn(
    async () => {
      const controller = new StubSignal();
      const met = open().waitAsync({ signal: controller.signal });
      void Promise.resolve().then(() => controller.abort());
      try {
        return (await met) ? 'led' : 'met';
      } catch (error) {
        return (error as Error).message;
      }
    },
    { canBlock: false },
  );
  if (barrier.arrived > 1) throw new Error(`${barrier.arrived} arrived`);
  const seen = meetBriefly(barrier);
  const other = page.join();
  const all = `${seen},${other}`;
  if (!['led,met', 'met,led', 'TimeoutError,aborted'].includes(all)) throw new Error(all);
  if (barrier.arrived !== 0) throw new Error(`${barrier.arrived} still counted`);
  return all;
}

/** A thread opens a barrier while another places it: it is whole, or refused. */
export function openWhilePlacing(): string {
  const buffer = new SharedArrayBuffer(Barrier.BYTES);
  const handle: BarrierHandle = { kind: 'barrier', version: 1, buffer, byteOffset: 0 };
  const opener = spawn(() => {
    try {
      return String(Barrier.from(handle).parties);
    } catch (error) {
      if (error instanceof InvalidHandleError) return 'refused';
      throw error;
    }
  });
  Barrier.at(buffer, 0, { parties: 7 });
  const seen = opener.join();
  if (!['7', 'refused'].includes(seen)) throw new Error(seen);
  return seen;
}
