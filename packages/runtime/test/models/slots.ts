// Models of a task's slot: claimed, cancelled, asked to end, ended and joined, in every order;
// and of threads that vanish in between. A plain word of the slot stands for the payload.

import { canBlock } from '@concurrency-lab/atomics';
import { spawn } from '@concurrency-lab/model-checker';
import { Counters, readCounts } from '../../src/scheduler/counters.ts';
import { ABORTS, Lane, LOSSES } from '../../src/scheduler/lanes.ts';
import { NONE, RuntimeMemory, SLOT, SLOTS_PER_PAGE } from '../../src/scheduler/memory.ts';
import { SlotPages } from '../../src/scheduler/pages.ts';
import * as slots from '../../src/scheduler/slot.ts';

canBlock(); // asks the engine, once: not within the first execution only

const SEAT = 9;

function newMemory(count = 32): RuntimeMemory {
  return RuntimeMemory.create({ lanes: 2, slots: count, ring: 1 });
}

/** Publishes a task in a slot, with its number plus 40 for arguments. */
function publish(memory: RuntimeMemory, slot: number, queued: number = slots.QUEUED): number {
  const at = memory.slotAt(slot);
  memory.words[at + SLOT.tag] = 40 + slot;
  slots.publish(memory, at, queued);
  return at;
}

/** Claims a task, checks its arguments, and ends it with a result. */
function run(handle: RuntimeMemory['handle'], slot: number, queued: number = slots.QUEUED): string {
  const memory = RuntimeMemory.from(handle);
  const at = memory.slotAt(slot);
  const from = slots.claim(memory, at, SEAT, queued);
  if (from === NONE) return 'nothing';
  if (memory.words[at + SLOT.tag] !== 40 + slot) throw new Error('the arguments are not there');
  memory.words[at + SLOT.tag] = 80 + slot;
  const lane = new Lane(memory, 0);
  lane.inbox.push(slot);
  lane.bell.ring();
  return from === queued ? 'ran' : 'cancelled';
}

/** Takes what has ended, and releases it; checks the results. */
function join(memory: RuntimeMemory, lane: Lane): number[] {
  const ended = lane.inbox.take();
  for (const slot of ended) {
    if (memory.words[memory.slotAt(slot) + SLOT.tag] !== 80 + slot) throw new Error('the result is not there');
  }
  lane.inbox.releaseTaken();
  return ended;
}

/** Joins so many tasks, and sleeps in between. */
function joinAll(memory: RuntimeMemory, lane: Lane, count: number): number[] {
  const ended: number[] = [];
  for (;;) {
    ended.push(...join(memory, lane));
    if (ended.length >= count) return ended;
    lane.bell.arm();
    if (lane.inbox.isEmpty) lane.bell.sleep(Infinity);
    lane.bell.disarm();
  }
}

/** Two workers find entries of one task: one runs it. */
export function claimTwice(): string {
  const memory = newMemory();
  const lane = new Lane(memory, 0);
  const workers = [0, 1].map(() => spawn(() => run(memory.handle, 3)));
  publish(memory, 3);
  const how = workers.map((worker) => worker.join()).toSorted((a, b) => (a < b ? -1 : 1));
  if (how.join() === 'ran,ran') throw new Error('the task ran twice');
  if (join(memory, lane).length !== how.filter((what) => what === 'ran').length) throw new Error('a task was lost');
  return how.join();
}

/** A worker has a stale entry of a blocking task, which is cancelled meanwhile: if it runs, then on the pool's thread. */
export function claimBlocking(): string {
  const memory = newMemory();
  const lane = new Lane(memory, 0);
  const at = publish(memory, 3, slots.BLOCKING);
  const worker = spawn(() => run(memory.handle, 3));
  const thread = spawn(() => run(memory.handle, 3, slots.BLOCKING));
  const isCancelled = slots.abort(memory, at) === slots.CANCELLED_IN_TIME;
  const how = [worker.join(), thread.join()];
  if (how[0] === 'ran') throw new Error('a worker ran it');
  if (isCancelled !== how.includes('cancelled')) throw new Error(`cancelled: ${isCancelled}, but ${how.join()}`);
  if (join(memory, lane).join() !== '3') throw new Error('not joined once');
  return how.join();
}

/** A task is handed over to the blocking pool while a worker claims it, and another cancels it: it ends once. */
export function handOverAgainstClaim(): string {
  const memory = newMemory();
  const lane = new Lane(memory, 0);
  const at = publish(memory, 3);
  const thief = spawn(() => run(memory.handle, 3));
  const thread = spawn(() =>
    slots.toPool(RuntimeMemory.from(memory.handle), at) ? run(memory.handle, 3, slots.BLOCKING) : 'not handed over',
  );
  const isCancelled = slots.abort(memory, at) === slots.CANCELLED_IN_TIME;
  const how = [thief.join(), thread.join()];
  const ended = join(memory, lane).length;
  if (how.filter((what) => what === 'ran' || what === 'cancelled').length !== ended) throw new Error('ended twice');
  const state = slots.stateOf(slots.peek(memory, at));
  if (ended === 0 && state !== slots.CANCELLED) throw new Error(`lost in state ${state}`);
  return `${isCancelled ? 'cancelled' : 'asked'}: ${how.join()}`;
}

/** A stale entry claims the next task of its slot: that runs once. */
export function claimNextLife(): string {
  const memory = newMemory();
  const lane = new Lane(memory, 0);
  publish(memory, 3);
  const late = spawn(() => run(memory.handle, 3));
  const worker = spawn(() => run(memory.handle, 3));
  const first = joinAll(memory, lane, 1).length;
  publish(memory, 3);
  const how = [late.join(), worker.join()].toSorted((a, b) => (a < b ? -1 : 1));
  const all = first + join(memory, lane).length;
  if (all !== how.filter((what) => what === 'ran').length) throw new Error('ran and joined differ');
  return how.join();
}

/** The owner cancels while a worker claims: one of the two comes first, and the slot comes back in both cases. */
export function cancelAgainstClaim(): string {
  const memory = newMemory();
  const lane = new Lane(memory, 0);
  const at = publish(memory, 3);
  const worker = spawn(() => run(memory.handle, 3));
  const isCancelled = slots.abort(memory, at) === slots.CANCELLED_IN_TIME;
  if (joinAll(memory, lane, 1).join() !== '3') throw new Error('the slot did not come back');
  const how = worker.join();
  if (isCancelled !== (how === 'cancelled')) throw new Error(`cancelled: ${isCancelled}, but ${how}`);
  return how;
}

/** The owner asks a task to end, and calls its thread, while that claims and ends it. */
export function askAgainstEnd(): string {
  const memory = newMemory();
  const lane = new Lane(memory, 0);
  const at = publish(memory, 3);
  const worker = spawn(() => {
    const own = RuntimeMemory.from(memory.handle);
    const mine = new Lane(own, 1);
    if (slots.claim(own, at, SEAT) === NONE) throw new Error('nothing to claim');
    mine.bell.arm(); // suspended: sleeps until the task is asked to end
    if (!mine.isCalled) mine.bell.sleep(Infinity);
    const calls = mine.takeCalls();
    const state = slots.stateOf(slots.peek(own, at));
    own.words[at + SLOT.tag] = 83;
    new Lane(own, 0).inbox.push(3);
    return calls === ABORTS && state === slots.ABORTING;
  });
  while (slots.peek(memory, at) === slots.QUEUED);
  const seat = slots.abort(memory, at);
  if (seat !== SEAT) throw new Error(`asked seat ${seat}`);
  new Lane(memory, 1).call(ABORTS);
  if (!worker.join()) throw new Error('the thread does not know why it was called');
  if (join(memory, lane).join() !== '3') throw new Error('not joined');
  return 'asked';
}

/** A worker puts a task back while the owner asks it to end or cancels it: it ends once. */
export function putBackAgainstAbort(): string {
  const memory = newMemory();
  const lane = new Lane(memory, 0);
  const at = publish(memory, 3);
  const worker = spawn(() => {
    const own = RuntimeMemory.from(memory.handle);
    const from = slots.claim(own, at, SEAT);
    if (from === slots.QUEUED && slots.putBack(own, at, SEAT)) return run(memory.handle, 3);
    own.words[at + SLOT.tag] = 83;
    new Lane(own, 0).inbox.push(3);
    return from === slots.QUEUED ? 'asked to end' : 'cancelled';
  });
  const aborted = slots.abort(memory, at);
  const how = worker.join();
  if (aborted === SEAT && slots.stateOf(slots.peek(memory, at)) !== slots.ABORTING)
    throw new Error('the request is lost');
  if (join(memory, lane).join() !== '3') throw new Error('not joined once');
  return `${aborted === slots.CANCELLED_IN_TIME ? 'cancelled' : aborted === SEAT ? 'asked' : 'missed'}: ${how}`;
}

/** A worker puts a task back, and another one takes it, with its arguments. */
export function putBackForAnother(): string {
  const memory = newMemory();
  const lane = new Lane(memory, 0);
  const at = publish(memory, 3);
  const first = spawn(() => {
    const own = RuntimeMemory.from(memory.handle);
    if (slots.claim(own, at, SEAT) === NONE) return 'nothing';
    if (!slots.putBack(own, at, SEAT)) throw new Error('nobody asked it to end');
    return 'put back';
  });
  const how = [run(memory.handle, 3), run(memory.handle, 3)];
  how.push(first.join(), run(memory.handle, 3));
  if (how.filter((what) => what === 'ran').length !== 1) throw new Error(how.join());
  if (join(memory, lane).join() !== '3') throw new Error('not joined');
  return how[2]!;
}

/** Two workers end a task each; the owner sleeps until it has joined both, and uses their slots again. */
export function endTwo(): void {
  const memory = newMemory();
  const lane = new Lane(memory, 0);
  const workers = [3, 5].map((slot) => {
    publish(memory, slot);
    return spawn(() => run(memory.handle, slot));
  });
  const ended = joinAll(memory, lane, 2);
  if (ended.toSorted((a, b) => a - b).join() !== '3,5') throw new Error(`joined ${ended.join()}`);
  for (const worker of workers) worker.join();
  if ([3, 5].some((slot) => slots.peek(memory, memory.slotAt(slot)) !== slots.FREE)) throw new Error('not released');
}

/** A worker vanishes at any step: the task waits, is lost, or has ended; it is one of the three. */
export function vanish(): string {
  const memory = newMemory();
  const lane = new Lane(memory, 0);
  const at = publish(memory, 3);
  const worker = spawn(() => run(memory.handle, 3), { mayBeTerminated: true });
  worker.join();
  const ended = join(memory, lane).length;
  const word = slots.peek(memory, at);
  const state = ['ended', 'waits', 'cancelled', 'lost'][slots.stateOf(word)]!;
  if ((state === 'ended') !== (ended === 1)) throw new Error(`joined ${ended}, but ${state}`);
  if (state === 'lost' && slots.seatOf(word) !== SEAT) throw new Error('nobody knows who ran it');
  return state;
}

/** The owner vanishes while it joins: whoever follows finds every slot free. */
export function joinAndVanish(): void {
  const memory = newMemory();
  const pages = new SlotPages(memory, 1);
  const taken = [pages.allocate(), pages.allocate()];
  const lane = new Lane(memory, 1);
  for (const slot of taken) {
    publish(memory, slot);
    if (slots.claim(memory, memory.slotAt(slot), SEAT) === NONE) throw new Error('nothing to claim');
  }
  lane.inbox.push(taken[0]!);
  const owner = spawn(
    () => {
      const own = new Lane(RuntimeMemory.from(memory.handle), 1);
      own.inbox.take();
      own.inbox.releaseTaken();
    },
    { mayBeTerminated: true },
  );
  lane.inbox.push(taken[1]!);
  owner.join();
  const next = new Lane(memory, 1);
  next.inbox.recover();
  const busy = new SlotPages(memory, 1).adopt();
  if (busy.length > 0) throw new Error(`${busy.length} slots are lost`);
}

/** Two lanes want the only page: one has it, until it gives it back. */
export function pagesOfTwo(): string {
  const memory = newMemory(SLOTS_PER_PAGE);
  const allocate = (lane: number): number => {
    const own = RuntimeMemory.from(memory.handle);
    const slot = new SlotPages(own, lane).allocate();
    if (slot !== NONE) own.words[own.slotAt(slot) + SLOT.tag] = lane;
    return slot;
  };
  const other = spawn(() => allocate(1));
  const mine = allocate(0);
  const theirs = other.join();
  if ((mine === NONE) === (theirs === NONE)) throw new Error(`one had ${mine}, the other ${theirs}`);
  return mine === NONE ? 'the other' : 'one';
}

/** A page that is given back is another lane's to write. */
export function pageHandedOn(): string {
  const memory = newMemory(SLOTS_PER_PAGE * 10);
  const pages = new SlotPages(memory, 0);
  const all = Array.from({ length: SLOTS_PER_PAGE * 10 }, () => pages.allocate());
  memory.words[memory.slotAt(0) + SLOT.tag] = 1;
  const other = spawn(() => {
    const own = RuntimeMemory.from(memory.handle);
    const slot = new SlotPages(own, 1).allocate();
    if (slot !== NONE) own.words[own.slotAt(slot) + SLOT.tag] = 2;
    return slot;
  });
  for (const slot of all.toReversed()) pages.free(slot);
  return other.join() === NONE ? 'none' : 'one';
}

/** Two threads call a lane for different things: its thread hears of both. */
export function callTwice(): void {
  const memory = newMemory();
  const callers = [ABORTS, LOSSES].map((what) =>
    spawn(() => new Lane(RuntimeMemory.from(memory.handle), 1).call(what)),
  );
  const lane = new Lane(memory, 1);
  let calls = 0;
  while (calls !== (ABORTS | LOSSES)) {
    lane.bell.arm();
    if (!lane.isCalled) lane.bell.sleep(Infinity);
    calls |= lane.takeCalls();
  }
  for (const caller of callers) caller.join();
}

/** A lane is taken over while another takes a page. */
export function adoptMeanwhile(): void {
  const memory = newMemory(2 * SLOTS_PER_PAGE);
  publish(memory, new SlotPages(memory, 1).allocate());
  const other = spawn(() => new SlotPages(RuntimeMemory.from(memory.handle), 0).allocate());
  const pages = new SlotPages(memory, 1);
  if (pages.adopt().join() !== '0') throw new Error('the busy slot is not found');
  if (other.join() !== SLOTS_PER_PAGE || pages.allocate() !== 1) throw new Error('a page is not whose it should be');
}

/** A worker is replaced while another asks who runs a task: its former thread, nobody, or the next one. */
export function askWhileReplaced(): number {
  const memory = newMemory();
  const lane = new Lane(memory, 1);
  lane.seat = SEAT;
  const other = spawn(() => new Lane(RuntimeMemory.from(memory.handle), 1).seat);
  lane.seat = 0;
  lane.seat = SEAT + 1;
  return other.join();
}

/** Counts are read while a worker publishes them. */
export function countMeanwhile(): string {
  const memory = newMemory();
  const worker = spawn(() => {
    const counters = new Counters(RuntimeMemory.from(memory.handle), 1, 0);
    counters.polls = 5;
    counters.tick(20, 2);
    counters.polls = 6;
    counters.tick(21, 3);
  });
  const { polls } = readCounts(memory, 1);
  worker.join();
  const last = readCounts(memory, 1);
  if (last.polls !== 5 || last.busyMicroseconds !== 20_000) throw new Error('published too often, or too little');
  return `${polls}`;
}
