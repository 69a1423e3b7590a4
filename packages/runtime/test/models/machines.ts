// Models of machines: polled, woken, aborted and joined, in every order; of the tasks that they
// spawn; and of threads that vanish in between. A plain word of the slot stands for the frame,
// an atomic word of its own for what the machine waits for.

import { canBlock } from '@concurrency-lab/atomics';
import { spawn } from '@concurrency-lab/model-checker';
import * as machines from '../../src/scheduler/machine-slot.ts';
import { NONE, RuntimeMemory, SLOT } from '../../src/scheduler/memory.ts';
import * as slots from '../../src/scheduler/slot.ts';

canBlock(); // asks the engine, once: not within the first execution only

type Words = Int32Array<SharedArrayBuffer>;
type Next = typeof slots.IDLE | typeof slots.READY;

const MACHINE = 3;
const CHILD = 5;
const OWNER = 2;

/** A machine that waits until `count` is `all`, and how often it has ended: as a result, or aborted. */
class Machine {
  readonly memory: RuntimeMemory;
  readonly at: number;
  readonly count: Words;
  readonly ended: Words;
  readonly all: number;

  constructor(memory: RuntimeMemory, all: number, count = newWords(), ended = newWords()) {
    this.memory = memory;
    this.at = memory.slotAt(MACHINE);
    this.count = count;
    this.ended = ended;
    this.all = all;
  }

  static publish(all: number): Machine {
    const memory = RuntimeMemory.create({ lanes: 2, slots: 32, ring: 1 });
    const machine = new Machine(memory, all);
    machine.frame = 0;
    slots.publish(memory, machine.at);
    return machine;
  }

  /** The same on another thread. */
  opened(): Machine {
    return new Machine(RuntimeMemory.from(this.memory.handle), this.all, this.count, this.ended);
  }

  get frame(): number {
    return this.memory.words[this.at + SLOT.tag]!;
  }

  set frame(frame: number) {
    this.memory.words[this.at + SLOT.tag] = frame;
  }

  /** Runs it as a worker does that has found its entry, and every entry that this makes. */
  run(seat: number, next: Next = slots.IDLE): void {
    for (;;) {
      const from = slots.claim(this.memory, this.at, seat);
      if (from === NONE) return;
      const isAborted =
        from === slots.CANCELLED || (from === slots.QUEUED && !machines.beginPolling(this.memory, this.at, seat));
      this.frame += 1; // polls, which change hands with the slot
      if (isAborted || Atomics.load(this.count, 0) === this.all) {
        this.end(isAborted ? 'aborted' : 'result');
        return;
      }
      const state = machines.endPoll(this.memory, this.at, seat, next);
      if (state === slots.IDLE) return;
      if (state !== slots.READY) {
        this.end('aborted');
        return;
      }
    }
  }

  end(how: 'result' | 'aborted'): void {
    slots.release(this.memory, this.at);
    Atomics.add(this.ended, 0, how === 'result' ? 1 : 16);
  }

  /** Gives a reason, and wakes it; polls it where it is to be queued. */
  wake(seat: number): void {
    Atomics.add(this.count, 0, 1);
    if (machines.wake(this.memory, this.at)) this.run(seat);
  }

  /** What the recovery does after a thread has ended: its queue may have lost the entry, and its wake-ups may be lost. */
  recover(seat: number): void {
    const state = slots.stateOf(slots.peek(this.memory, this.at));
    const isWaiting = state === slots.QUEUED || state === slots.READY || state === slots.CANCELLED;
    if (isWaiting || machines.wake(this.memory, this.at)) this.run(seat);
  }

  /** Says how it has ended, once; or that it has not. */
  outcome(): string {
    const ended = Atomics.load(this.ended, 0);
    if (ended === 0) return 'none';
    if (ended === 1) return 'result';
    if (ended === 16) return 'aborted';
    throw new Error(`ended ${ended & 15} times with a result, and ${ended >> 4} times aborted`);
  }
}

function newWords(): Words {
  return new Int32Array(new SharedArrayBuffer(4));
}

function expectOutcome(machine: Machine, ...allowed: string[]): string {
  const outcome = machine.outcome();
  if (!allowed.includes(outcome)) throw new Error(`${outcome} instead of ${allowed.join(' or ')}`);
  return outcome;
}

/** One thread polls, one wakes: the machine is polled again after the reason was given. */
export function pollAgainstWake(): void {
  const machine = Machine.publish(1);
  const waker = spawn(() => machine.opened().wake(11));
  machine.run(10);
  waker.join();
  expectOutcome(machine, 'result');
}

/** Two threads wake a machine for a reason each, while a third polls it. */
export function twoWakers(): void {
  const machine = Machine.publish(2);
  const poller = spawn(() => machine.opened().run(10));
  const waker = spawn(() => machine.opened().wake(11));
  machine.wake(12);
  poller.join();
  waker.join();
  expectOutcome(machine, 'result');
}

/** A machine yields until there is a reason: it goes back to the queue, also while it is woken. */
export function yieldAgainstWake(): void {
  const machine = Machine.publish(1);
  const waker = spawn(() => machine.opened().wake(11));
  if (slots.claim(machine.memory, machine.at, 10) !== NONE) {
    machines.beginPolling(machine.memory, machine.at, 10);
    machine.frame += 1;
    if (machines.endPoll(machine.memory, machine.at, 10, slots.READY) !== slots.READY) throw new Error('not queued');
  }
  machine.run(10);
  waker.join();
  expectOutcome(machine, 'result');
}

/** The owner aborts a machine that is polled and woken: it ends once, in one way or the other. */
export function abortAgainstWake(): string {
  const machine = Machine.publish(1);
  const poller = spawn(() => machine.opened().run(10));
  const waker = spawn(() => machine.opened().wake(11));
  const aborted = slots.abort(machine.memory, machine.at);
  if (aborted === slots.CANCELLED_IDLE) machine.run(12);
  poller.join();
  waker.join();
  if (aborted === slots.CANCELLED_IN_TIME && machine.outcome() === 'none') machine.run(12); // its entry was taken too early
  return expectOutcome(machine, 'result', 'aborted');
}

/** The owner aborts a machine that is only polled, and rests. */
export function abortAgainstRest(): string {
  const machine = Machine.publish(1);
  const poller = spawn(() => machine.opened().run(10));
  const aborted = slots.abort(machine.memory, machine.at);
  if (aborted === slots.CANCELLED_IDLE) machine.run(12);
  poller.join();
  expectOutcome(machine, 'aborted');
  return aborted === slots.CANCELLED_IDLE ? 'idle' : aborted === slots.CANCELLED_IN_TIME ? 'in time' : 'asked';
}

/** The thread that polls vanishes: the machine is lost with it, or the recovery has it polled. */
export function pollerVanishes(): string {
  const machine = Machine.publish(1);
  const poller = spawn(() => machine.opened().run(10), { mayBeTerminated: true });
  const waker = spawn(() => machine.opened().wake(11));
  poller.join();
  waker.join();
  machine.recover(12);
  const word = slots.peek(machine.memory, machine.at);
  const isLost = slots.seatOf(word) === 10;
  if (isLost === (machine.outcome() === 'result')) {
    // It vanished after it had ended the machine, and before it said so.
    if (isLost || slots.stateOf(word) !== slots.FREE) throw new Error(`lost: ${isLost}, but ${machine.outcome()}`);
    return 'ended';
  }
  return isLost ? 'lost' : machine.outcome();
}

/** The thread that wakes vanishes, after it has given the reason: the recovery has the machine polled. */
export function wakerVanishes(): void {
  const machine = Machine.publish(1);
  const poller = spawn(() => machine.opened().run(10));
  const waker = spawn(
    () => {
      const own = machine.opened();
      Atomics.add(own.count, 0, 1);
      machines.wake(own.memory, own.at); // and vanishes with the entry, at the latest
    },
    { mayBeTerminated: true },
  );
  waker.join();
  const given = Atomics.load(machine.count, 0);
  machine.recover(12);
  poller.join();
  expectOutcome(machine, given === 1 ? 'result' : 'none');
}

/** A wake-up comes when the slot has the next machine already: that is polled for nothing, and waits on. */
export function lateWake(): void {
  const machine = Machine.publish(1);
  const late = spawn(() => {
    const own = machine.opened();
    if (machines.wake(own.memory, own.at)) own.run(11);
  });
  slots.release(machine.memory, machine.at); // nobody has claimed it: as if it had ended
  machine.frame = 0;
  slots.publish(machine.memory, machine.at);
  machine.run(10);
  late.join();
  expectOutcome(machine, 'none');
  machine.wake(12);
  expectOutcome(machine, 'result');
}

// ---- children

/** The slot of a child that is claimed, whose parent is the machine. */
function newChild(memory: RuntimeMemory): number {
  const at = memory.slotAt(CHILD);
  machines.setParent(memory, at, MACHINE);
  slots.publish(memory, at);
  return at;
}

/** Runs the child, and ends it; tells whether it has to put it into the inbox. */
function runChild(memory: RuntimeMemory, seat: number): { parent: number } {
  const at = memory.slotAt(CHILD);
  if (slots.claim(memory, at, seat) === NONE) throw new Error('nothing to claim');
  memory.words[at + SLOT.tag] = 42;
  return { parent: machines.handOver(memory, at, seat) };
}

/** Polls the machine until it rests or has the child's outcome; tells which. */
function join(memory: RuntimeMemory, seat: number): boolean {
  const at = memory.slotAt(MACHINE);
  for (;;) {
    const from = slots.claim(memory, at, seat);
    if (from === NONE) return false;
    if (from === slots.QUEUED && !machines.beginPolling(memory, at, seat)) throw new Error('not to be polled');
    if (machines.claimEnded(memory, memory.slotAt(CHILD), seat)) {
      if (memory.words[memory.slotAt(CHILD) + SLOT.tag] !== 42) throw new Error('the outcome is not there');
      return true;
    }
    if (machines.endPoll(memory, at, seat, slots.IDLE) === slots.IDLE) return false;
  }
}

/** A child ends while its parent looks for its outcome: it is joined once. */
export function childAgainstJoin(): void {
  const memory = RuntimeMemory.create({ lanes: 2, slots: 32, ring: 1 });
  slots.publish(memory, memory.slotAt(MACHINE));
  newChild(memory);
  const worker = spawn(() => {
    const own = RuntimeMemory.from(memory.handle);
    const { parent } = runChild(own, 11);
    if (parent !== MACHINE) throw new Error(`the parent is ${parent}`);
    return machines.wake(own, own.slotAt(parent)) && join(own, 11);
  });
  const isJoined = join(memory, 10);
  if (Number(isJoined) + Number(worker.join()) !== 1) throw new Error('not joined once');
}

/** A child ends while its parent ends: one of their threads puts the child into the inbox. */
export function childAgainstEnd(): string {
  const memory = RuntimeMemory.create({ lanes: 2, slots: 32, ring: 1 });
  const at = newChild(memory);
  const worker = spawn(() => runChild(RuntimeMemory.from(memory.handle), 11).parent);
  const isMine = machines.disown(memory, at, 10);
  if (isMine && memory.words[at + SLOT.tag] !== 42) throw new Error('the outcome is not there');
  const parent = worker.join();
  if (isMine === (parent === NONE)) throw new Error(`${isMine}, ${parent}`);
  return isMine ? `the parent: ${parent === MACHINE ? 'had one' : 'gone'}` : 'the child';
}

/** As before, but one of the two vanishes: the lane of the child finds it, or its parent does when that is ended again. */
export function childOrParentVanishes(isChild: boolean): () => string {
  return () => {
    const memory = RuntimeMemory.create({ lanes: 2, slots: 32, ring: 1 });
    const at = newChild(memory);
    const inbox = newWords();
    const child = spawn(
      () => {
        if (runChild(RuntimeMemory.from(memory.handle), 11).parent === NONE) Atomics.add(inbox, 0, 1);
      },
      { mayBeTerminated: isChild },
    );
    const parent = spawn(
      () => {
        const own = RuntimeMemory.from(memory.handle);
        if (machines.disown(own, own.slotAt(CHILD), 10)) Atomics.add(inbox, 0, 1);
      },
      { mayBeTerminated: !isChild },
    );
    child.join();
    parent.join();
    // The owner of the lost machine parts it from its children, again; then that of the child looks.
    if (machines.parentOf(memory, at) === MACHINE && machines.disown(memory, at, OWNER)) Atomics.add(inbox, 0, 1);
    const word = slots.peek(memory, at);
    const lost = isChild ? 11 : 10;
    const state = slots.stateOf(word);
    const delivered = Atomics.load(inbox, 0);
    if (state === slots.QUEUED) return 'waits';
    if (slots.seatOf(word) === lost && state === slots.RUNNING && delivered === 0) return 'lost';
    if (state === slots.ENDED) {
      if (!machines.claimEnded(memory, at, OWNER)) throw new Error('nobody can have it');
      Atomics.add(inbox, 0, 1);
    }
    if (Atomics.load(inbox, 0) !== 1) throw new Error(`delivered ${Atomics.load(inbox, 0)} times`);
    return 'delivered';
  };
}

export const childVanishes: () => string = childOrParentVanishes(true);
export const parentVanishes: () => string = childOrParentVanishes(false);
