// The models of the spill: threads that take and give back blocks at once, and one that dies
// with a block.

import { spawn } from '@concurrency-lab/model-checker';
import { NO_BLOCK, Spill } from '../../src/wire/spill.ts';

const ONE = [{ count: 1, bytes: 128 }];
const TWO = [{ count: 2, bytes: 128 }];

function expectBytes(spill: Spill, block: number, expected: number): void {
  const bytes = new Uint8Array(1);
  spill.copy(block, bytes, 1);
  if (bytes[0] !== expected) throw new Error(`block ${block} holds ${bytes[0]}, not ${expected}`);
}

/** Two threads take a block each, of two; each finds what it wrote. */
export function takeTwo(): void {
  const spill = Spill.create(TWO);
  const use = (own: Spill, slot: number): void => {
    const block = own.acquire(slot, new Uint8Array([slot]), 1);
    if (block === NO_BLOCK) throw new Error('a block was free, and was not found');
    expectBytes(own, block, slot);
    own.release(block);
  };
  const other = spawn(() => use(Spill.from(spill.handle, 1, TWO), 5));
  use(spill, 9);
  other.join();
  if (spill.used !== 0) throw new Error('a block is not given back');
}

/** Two threads want the only block: one has it, or each, one after the other. */
export function takeOne(): string {
  const spill = Spill.create(ONE);
  const use = (own: Spill, slot: number): boolean => {
    const block = own.acquire(slot, new Uint8Array([slot]), 1);
    if (block === NO_BLOCK) return false;
    expectBytes(own, block, slot);
    own.release(block);
    return true;
  };
  const other = spawn(() => use(Spill.from(spill.handle, 1, ONE), 5));
  const mine = use(spill, 9);
  const theirs = other.join();
  return `${mine} ${theirs}`;
}

/** A block goes to another thread with its slot, which gives it back for the next. */
export function handOn(): void {
  const spill = Spill.create(ONE);
  const slot = new Int32Array(new SharedArrayBuffer(4));
  const other = spawn(() => {
    const own = Spill.from(spill.handle, 1, ONE);
    while (Atomics.load(slot, 0) === 0);
    expectBytes(own, Atomics.load(slot, 0) - 1, 7);
    own.release(0);
  });
  Atomics.store(slot, 0, spill.acquire(3, new Uint8Array([7]), 1) + 1);
  let next = NO_BLOCK;
  while (next === NO_BLOCK) next = spill.acquire(4, new Uint8Array([8]), 1);
  expectBytes(spill, next, 8);
  other.join();
}

/** What a terminated thread took for its slot is reclaimed by that slot, and nothing else. */
export function dieHolding(): number {
  const spill = Spill.create(TWO);
  const kept = spill.acquire(1, new Uint8Array([1]), 1);
  const victim = spawn(
    () => {
      const own = Spill.from(spill.handle, 1, TWO);
      own.release(own.acquire(2, new Uint8Array([2]), 1));
    },
    { mayBeTerminated: true },
  );
  victim.join();
  const used = spill.used;
  spill.reclaim(2);
  if (spill.used !== 1) throw new Error(`${spill.used} blocks are in use, and should be one`);
  expectBytes(spill, kept, 1);
  return used;
}

/** Reclaiming one slot's blocks, and counting, disturb nobody who uses other blocks meanwhile. */
export function reclaimMeanwhile(): void {
  const spill = Spill.create(TWO);
  spill.acquire(2, new Uint8Array([2]), 1);
  const other = spawn(() => {
    const own = Spill.from(spill.handle, 1, TWO);
    const block = own.acquire(5, new Uint8Array([5]), 1);
    expectBytes(own, block, 5);
    own.release(block);
  });
  spill.reclaim(2);
  if (spill.used > 1) throw new Error('more blocks are in use than were taken');
  other.join();
}
