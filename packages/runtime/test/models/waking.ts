// Models of waking: whoever queues a task, whoever looks for one, and whoever sleeps. A lost
// wake-up is a deadlock.

import { canBlock } from '@concurrency-lab/atomics';
import { spawn } from '@concurrency-lab/model-checker';
import { BlockingFinder } from '../../src/scheduler/blocking-finder.ts';
import { Finder, wakeOne } from '../../src/scheduler/finder.ts';
import { IdleSet } from '../../src/scheduler/idle.ts';
import { type Lane, lanesOf } from '../../src/scheduler/lanes.ts';
import { NONE, RuntimeMemory } from '../../src/scheduler/memory.ts';

canBlock(); // asks the engine, once: not within the first execution only

/** Works until so many tasks have been done; `done` counts them, and wakes who waits for the last. */
function work(
  memory: RuntimeMemory,
  lane: number,
  done: Int32Array<SharedArrayBuffer>,
  all: number,
  isListening = false,
): number[] {
  const own = RuntimeMemory.from(memory.handle);
  const lanes = lanesOf(own);
  const finder = new Finder(own, lanes, lane, { steals: 0 });
  const { bell } = lanes[lane]!;
  const taken: number[] = [];
  while (!own.isClosing) {
    const slot = finder.next();
    if (slot !== NONE) {
      taken.push(slot);
      if (Atomics.add(done, 0, 1) === all - 1) Atomics.notify(done, 0);
    } else {
      const mayWait = isListening ? finder.listen() : finder.park();
      if (mayWait && !own.isClosing) bell.sleep(Infinity);
      if (isListening) finder.stopListening();
      else finder.wake();
    }
  }
  return taken;
}

/** Waits until all tasks are done, and lets the workers go. */
function close(memory: RuntimeMemory, lanes: readonly Lane[], done: Int32Array<SharedArrayBuffer>, all: number): void {
  for (let seen = Atomics.load(done, 0); seen < all; seen = Atomics.load(done, 0)) Atomics.wait(done, 0, seen);
  memory.close();
  for (const lane of lanes) lane.bell.ring();
}

function enqueue(lanes: readonly Lane[], idle: IdleSet, slot: number): void {
  if (!lanes[0]!.queue.push(slot)) throw new Error('the queue is full');
  wakeOne(idle, lanes);
}

/** So many workers do so many tasks, which the first lane queues. */
function queueFor(workers: number, tasks: number): () => void {
  return () => {
    const memory = RuntimeMemory.create({ lanes: workers + 1, slots: 32, ring: 4 });
    const done = new Int32Array(new SharedArrayBuffer(4));
    const lanes = lanesOf(memory);
    const idle = new IdleSet(memory);
    const threads = Array.from({ length: workers }, (_, i) => spawn(() => work(memory, i + 1, done, tasks)));
    for (let slot = 0; slot < tasks; slot++) enqueue(lanes, idle, slot);
    close(memory, lanes, done, tasks);
    const taken = threads.flatMap((thread) => thread.join()).toSorted((a, b) => a - b);
    if (taken.length !== tasks || taken.some((slot, i) => slot !== i)) throw new Error(`took ${taken.join()}`);
  };
}

export const oneTaskForOne: () => void = queueFor(1, 1);
/** These have too many interleavings for a test to see them all. */
export const large: Readonly<Record<string, () => void>> = {
  twoTasksForOne: queueFor(1, 2),
  oneTaskForTwo: queueFor(2, 1),
  twoTasksForTwo: queueFor(2, 2),
};

/** A worker that listens, instead of parking, is rung. */
export function oneTaskForAListener(): void {
  const memory = RuntimeMemory.create({ lanes: 2, slots: 32, ring: 4 });
  const done = new Int32Array(new SharedArrayBuffer(4));
  const lanes = lanesOf(memory);
  const listener = spawn(() => work(memory, 1, done, 1, true));
  enqueue(lanes, new IdleSet(memory), 7);
  close(memory, lanes, done, 1);
  if (listener.join().join() !== '7') throw new Error('took something else');
}

/** A worker queues a task that it will not do itself: the other worker is woken, and takes it from beside its queue. */
export function spawnForTheOther(): void {
  const memory = RuntimeMemory.create({ lanes: 3, slots: 32, ring: 4 });
  const done = new Int32Array(new SharedArrayBuffer(4));
  const lanes = lanesOf(memory);
  const other = spawn(() => work(memory, 2, done, 1));
  const busy = spawn(() => {
    const own = RuntimeMemory.from(memory.handle);
    return new Finder(own, lanesOf(own), 1, { steals: 0 }).push(7);
  });
  close(memory, lanes, done, 1);
  if (busy.join() !== NONE || other.join().join() !== '7') throw new Error('took something else');
}

/** A thread of the blocking pool is given a task, and another once it has said that it is free: it takes both. */
export function giveToBlocking(): void {
  const memory = RuntimeMemory.create({ lanes: 1, blocking: 1, slots: 32, ring: 1 });
  const free = new Int32Array(new SharedArrayBuffer(4));
  const thread = spawn(() => {
    const lane = lanesOf(RuntimeMemory.from(memory.handle))[1]!;
    const finder = new BlockingFinder(lane, (taken) => {
      Atomics.store(free, 0, taken); // stands for the message
      Atomics.notify(free, 0);
    });
    const taken: number[] = [];
    while (taken.length < 2) {
      const slot = finder.next();
      if (slot !== NONE) taken.push(slot);
      else if (finder.park()) lane.bell.sleep(Infinity);
    }
    return taken;
  });
  const lane = lanesOf(memory)[1]!;
  for (const [given, slot] of [3, 5].entries()) {
    for (let taken = Atomics.load(free, 0); taken < given; taken = Atomics.load(free, 0)) Atomics.wait(free, 0, taken);
    if (lane.next.replace(slot) !== NONE) throw new Error('a task was displaced');
    lane.bell.ring();
  }
  if (thread.join().join() !== '3,5') throw new Error('took something else');
}

/** One worker begins and ends a search while the other parks and is woken, or wakes itself: each keeps its bits. */
export function idleBits(): string {
  const memory = RuntimeMemory.create({ lanes: 3, slots: 32, ring: 1 });
  const idle = new IdleSet(memory);
  const searcher = spawn(() => {
    const own = new IdleSet(RuntimeMemory.from(memory.handle));
    return own.trySearch(0) ? own.endSearch(0) : undefined;
  });
  const parker = spawn(() => {
    const own = new IdleSet(RuntimeMemory.from(memory.handle));
    own.park(1);
    own.unpark(1);
  });
  const woken = idle.wakeOne();
  const isLast = searcher.join();
  parker.join();
  // The second worker searches now: alone, and not parked.
  if (idle.trySearch(0) || idle.wakeOne() !== NONE) throw new Error('the second worker does not search');
  if (!idle.endSearch(1) || idle.wakeOne() !== NONE) throw new Error('another bit is set');
  return `woke ${woken}, last: ${isLast}`;
}

function searchAndStop(lanes: number, workers: readonly number[]): string {
  const memory = RuntimeMemory.create({ lanes, slots: 32, ring: 1 });
  const searchers = workers.map((worker) =>
    spawn(() => {
      const own = new IdleSet(RuntimeMemory.from(memory.handle));
      return own.trySearch(worker) && own.endSearch(worker);
    }),
  );
  const lasts = searchers.map((searcher) => searcher.join());
  if (!lasts.includes(true)) throw new Error('nobody was the last');
  return lasts.filter(Boolean).length === 1 ? 'one' : 'both';
}

/** Two workers search, and stop: one of them learns that it was the last. */
export function lastSearcher(): string {
  return searchAndStop(5, [0, 1]);
}

/** A worker that searched parks while another begins to search. */
export function parkFromSearch(): void {
  const memory = RuntimeMemory.create({ lanes: 5, slots: 32, ring: 1 });
  const idle = new IdleSet(memory);
  const parker = spawn(() => {
    const own = new IdleSet(RuntimeMemory.from(memory.handle));
    if (!own.trySearch(1)) throw new Error('may not search');
    own.park(1);
  });
  if (!idle.trySearch(0)) throw new Error('may not search');
  parker.join();
  if (idle.wakeOne() !== NONE) throw new Error('nobody knows that the first searches');
  if (!idle.endSearch(0)) throw new Error('the other still searches');
  if (idle.wakeOne() !== 1) throw new Error('the other is not parked');
}

/** A worker is woken while another begins to search. */
export function searchAgainstWake(): string {
  const memory = RuntimeMemory.create({ lanes: 5, slots: 32, ring: 1 });
  const idle = new IdleSet(memory);
  idle.park(1);
  const searcher = spawn(() => new IdleSet(RuntimeMemory.from(memory.handle)).trySearch(0));
  const woken = idle.wakeOne();
  if (!searcher.join()) throw new Error('may not search');
  if (woken === 1 && idle.endSearch(1)) throw new Error('nobody knows that the other searches');
  return woken === 1 ? 'woken' : 'not woken';
}

/** Two workers listen, and one of them stops: the other is still there. */
export function twoListeners(): void {
  const memory = RuntimeMemory.create({ lanes: 5, slots: 32, ring: 1 });
  const idle = new IdleSet(memory);
  const other = spawn(() => new IdleSet(RuntimeMemory.from(memory.handle)).listen(0));
  idle.listen(1);
  idle.stopListening(1);
  other.join();
  const listening: number[] = [];
  idle.visitListeners((worker) => listening.push(worker));
  if (listening.join() !== '0') throw new Error(`${listening.join()} listens`);
}

/** Of workers whose bits lie in two words, the last one to end its search learns that it is. */
export function endSearchOfMany(): string {
  return searchAndStop(34, [0, 20]);
}

/** A lost worker is forgotten while another one searches, parks and listens: nobody is woken in its place. */
export function forgetLost(): void {
  const memory = RuntimeMemory.create({ lanes: 5, slots: 32, ring: 1 });
  const idle = new IdleSet(memory);
  idle.park(1);
  idle.listen(1);
  const other = spawn(() => {
    const own = new IdleSet(RuntimeMemory.from(memory.handle));
    own.listen(0);
    if (!own.trySearch(0)) throw new Error('may not search');
    own.park(0);
  });
  idle.clear(1);
  if (idle.look(1) !== 'running') throw new Error('the lost one is still there');
  other.join();
  if (idle.look(0) !== 'parked' || idle.wakeOne() !== 0 || idle.wakeOne() !== NONE) throw new Error('woke another');
  if (idle.look(0) !== 'searching' || !idle.endSearch(0) || idle.look(0) !== 'listening') {
    throw new Error('the bits of the other one are lost');
  }
}
