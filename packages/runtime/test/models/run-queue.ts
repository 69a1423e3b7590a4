// Models of the run queue: its thread pushes and pops, others take one entry or a batch. Every
// entry is taken once.

import { spawn } from '@concurrency-lab/model-checker';
import { NONE, RuntimeMemory } from '../../src/scheduler/memory.ts';
import { NextSlot } from '../../src/scheduler/next-slot.ts';
import { RunQueue } from '../../src/scheduler/run-queue.ts';

/** Makes queues of one entry or more, whose indices have been through their rings. */
function memoryOf(lanes: number, ring: number): RuntimeMemory {
  return RuntimeMemory.create({ lanes, slots: 32, ring });
}

function open(memory: RuntimeMemory, lane: number): RunQueue {
  return new RunQueue(RuntimeMemory.from(memory.handle), lane);
}

/** Fails unless exactly these entries were taken, each once. */
function requireOnce(taken: readonly number[], entries: readonly number[]): void {
  const found = taken.filter((entry) => entry !== NONE).toSorted((a, b) => a - b);
  if (found.join() !== entries.join()) throw new Error(`took ${found.join()}, pushed ${entries.join()}`);
}

function popAll(queue: RunQueue): number[] {
  const taken: number[] = [];
  for (let slot = queue.pop(); slot !== NONE; slot = queue.pop()) taken.push(slot);
  return taken;
}

/** The owner pushes two and pops one, a thief pops one. */
export function popAgainstPop(): void {
  const memory = memoryOf(1, 2);
  const own = open(memory, 0);
  const thief = spawn(() => open(memory, 0).pop());
  own.push(3);
  own.push(5);
  const mine = own.pop();
  requireOnce([mine, thief.join(), ...popAll(own)], [3, 5]);
}

/** Two thieves pop, and nobody else. */
export function twoThieves(): void {
  const memory = memoryOf(1, 2);
  const own = open(memory, 0);
  own.push(3);
  const thieves = [spawn(() => open(memory, 0).pop()), spawn(() => open(memory, 0).pop())];
  own.push(5);
  requireOnce([...thieves.map((thief) => thief.join()), ...popAll(own)], [3, 5]);
}

/** A ring is full, and its places are used again while a thief is late. */
export function wrap(): void {
  const memory = memoryOf(1, 1);
  const own = open(memory, 0);
  own.push(3);
  const thief = spawn(() => open(memory, 0).pop());
  const pushed = [3];
  if (own.push(5)) pushed.push(5);
  const mine = own.pop();
  if (own.push(7)) pushed.push(7);
  requireOnce([mine, thief.join(), ...popAll(own)], pushed);
}

/** A thief moves half into its own ring, while the owner pops. */
export function moveAgainstPop(): void {
  const memory = memoryOf(2, 4);
  const own = open(memory, 0);
  for (const slot of [3, 5, 7, 9]) own.push(slot);
  const thief = spawn(() => {
    const theirs = open(memory, 1);
    return [open(memory, 0).moveTo(theirs, 2), ...popAll(theirs)];
  });
  const mine = own.pop();
  requireOnce([mine, ...thief.join(), ...popAll(own)], [3, 5, 7, 9]);
}

/** What a thief has moved is taken from it by another. */
export function moveOn(): void {
  const memory = memoryOf(2, 4);
  const own = open(memory, 0);
  for (const slot of [3, 5, 7]) own.push(slot);
  const thief = spawn(() => {
    const theirs = open(memory, 1);
    return [open(memory, 0).moveTo(theirs, 1), theirs.pop()];
  });
  const second = open(memory, 1).pop();
  requireOnce([second, ...thief.join(), ...popAll(own), ...popAll(open(memory, 1))], [3, 5, 7]);
}

/** A thief vanishes at any step: it takes its batch with it, or nothing; nothing is there twice. */
export function moveAndVanish(): string {
  const memory = memoryOf(2, 4);
  const own = open(memory, 0);
  for (const slot of [3, 5, 7, 9]) own.push(slot);
  const thief = spawn(() => open(memory, 0).moveTo(open(memory, 1), 2), { mayBeTerminated: true });
  const mine = own.pop();
  thief.join();
  const left = [mine, ...popAll(own), ...popAll(open(memory, 1))];
  requireOnce(
    [...new Set(left)],
    left.toSorted((a, b) => a - b),
  );
  if (left.some((slot) => ![3, 5, 7, 9].includes(slot))) throw new Error(`took ${left.join()}`);
  return `${left.length}`;
}

/** The length is never negative, and counts an entry that is there all along. */
export function lengthMeanwhile(): string {
  const memory = memoryOf(1, 2);
  const own = open(memory, 0);
  const looker = spawn(() => open(memory, 0).length);
  own.push(3);
  own.pop();
  own.push(5);
  const length = looker.join();
  if (length < 0 || length > 2) throw new Error(`the length was ${length}`);
  return `${length}`;
}

/** The slot beside the queue: what is displaced or taken is there once. */
export function nextSlot(): void {
  const memory = memoryOf(1, 1);
  const own = new NextSlot(RuntimeMemory.from(memory.handle), 0);
  const thief = spawn(() => new NextSlot(RuntimeMemory.from(memory.handle), 0).take());
  const displaced = [own.replace(3), own.replace(5)];
  requireOnce([...displaced, own.take(), thief.join()], [3, 5]);
}

/** A thief that moves is late: the places it reads are written again. */
export function moveAgainstWrap(): void {
  const memory = memoryOf(2, 2);
  const own = open(memory, 0);
  own.push(3);
  own.push(5);
  const thief = spawn(() => {
    const theirs = open(memory, 1);
    return [open(memory, 0).moveTo(theirs, 1), ...popAll(theirs)];
  });
  const mine = [own.pop(), own.pop()];
  own.push(7);
  own.push(9);
  requireOnce([...mine, ...thief.join(), ...popAll(own)], [3, 5, 7, 9]);
}

/** Another is late at the ring into which a thief moves. */
export function moveBeforeLate(): void {
  const memory = memoryOf(2, 2);
  const first = open(memory, 0);
  first.push(3);
  first.push(5);
  const thief = spawn(() => {
    const theirs = open(memory, 1);
    theirs.push(11);
    theirs.push(13);
    return [theirs.pop(), theirs.pop(), open(memory, 0).moveTo(theirs, 1), ...popAll(theirs)];
  });
  const late = open(memory, 1).pop();
  requireOnce([late, ...thief.join(), ...popAll(first), ...popAll(open(memory, 1))], [3, 5, 11, 13]);
}

/** A thief moves entries behind one of its own, which another takes. */
export function moveWhileRobbed(): void {
  const memory = memoryOf(2, 2);
  const first = open(memory, 0);
  first.push(3);
  const thief = spawn(() => {
    const theirs = open(memory, 1);
    theirs.push(11);
    return [open(memory, 0).moveTo(theirs, 1), ...popAll(theirs)];
  });
  const robbed = open(memory, 1).pop();
  requireOnce([robbed, ...thief.join(), ...popAll(first)], [3, 11]);
}
