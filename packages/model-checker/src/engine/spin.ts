// Spin loops. A round of a loop that wrote nothing, changed no variable and only read shared
// memory leaves the thread where it was, as if it had never run the round. Nobody has to write
// `yield`.
//
// A round of one step is taken back, and the thread need not run again until the value it read
// has changed: the loop becomes a single step that waits for memory.
//
// A round of several steps cannot be taken back: others may write between its reads, so that
// another such round ends the loop although this one, had nobody written, could not have. The
// thread is given up in this execution, with the reads that it made: whatever it could do from
// here, it does in another one that delays the round, and its reads ask for those in which
// others write in between. A search without reduction goes on instead, and waits at the head
// of the loop until memory no longer reads as it did.
//
// After: Jonsson, Lång, Sagonas, "Awaiting for Godot", FMCAD 2022.

import { isRacy } from './racy.ts';
import { choose } from './schedule.ts';
import { fail, x } from './state.ts';
import { NO_LIST, takeBack } from './steps.ts';
import { traceSpinning } from './trace.ts';
import { CUT, MAX_THREADS, type Reading, type Thread } from './thread.ts';

/** What was so at the start of a loop's round. */
export interface LoopState {
  site: number;
  rounds: number;
  writes: number;
  touches: number;
  reads: number;
  carried: readonly unknown[] | undefined;
  readings: number;
  steps: number;
  traced: number;
  readonly dependency: Int32Array;
  readonly happensBefore: Int32Array;
}

/** Begins a loop. */
export function startLoop(site: number): LoopState | undefined {
  if (x.current === undefined) return undefined;
  const loop = spare.pop() ?? newLoop();
  loop.site = site;
  loop.rounds = 0;
  loop.writes = -1;
  return loop;
}

/** Loops that are over, to be used again. */
const spare: LoopState[] = [];

function newLoop(): LoopState {
  return {
    site: -1,
    rounds: 0,
    writes: -1,
    touches: 0,
    reads: 0,
    carried: undefined,
    readings: 0,
    steps: 0,
    traced: 0,
    dependency: new Int32Array(MAX_THREADS),
    happensBefore: new Int32Array(MAX_THREADS),
  };
}

/** Begins a round of a loop; true when the thread has to give way for good. */
export function startRound(loop: LoopState | undefined, carried: readonly unknown[]): boolean {
  const thread = x.current;
  if (thread === undefined || loop === undefined) return false;
  if (++loop.rounds > x.limits.maxRounds) {
    thread.site = loop.site;
    fail('non-termination', `a loop went round ${x.limits.maxRounds} times without an end`);
  }
  if (
    loop.writes === thread.writes &&
    loop.touches === thread.touches &&
    thread.reads > loop.reads &&
    same(loop.carried!, carried)
  ) {
    return repeat(thread, loop);
  }
  if (thread.awaiting?.loop === loop) thread.awaiting = undefined;
  loop.carried = carried;
  begin(thread, loop);
  return false;
}

/** Notes what is so before a round. */
function begin(thread: Thread, loop: LoopState): void {
  loop.writes = thread.writes;
  loop.touches = thread.touches;
  loop.reads = thread.reads;
  loop.readings = thread.readings.length;
  loop.steps = thread.steps;
  loop.traced = x.trace?.length ?? 0;
  for (let t = 0; t < MAX_THREADS; t++) {
    loop.dependency[t] = thread.dependency[t]!;
    loop.happensBefore[t] = thread.happensBefore[t]!;
  }
}

/** Ends a loop, however it was left. */
export function endLoop(loop: LoopState | undefined): void {
  if (loop === undefined) return;
  const thread = x.current;
  if (thread?.awaiting !== undefined && thread.awaiting.loop === loop) thread.awaiting = undefined;
  loop.carried = undefined;
  spare.push(loop);
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  for (let i = 0; i < b.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** A round has changed nothing. */
function repeat(thread: Thread, loop: LoopState): boolean {
  if (x.unsuspendable > 0) fail('unsupported', 'a spin loop in code that cannot be suspended');
  const round = thread.readings.slice(loop.readings);
  // What a racy read returns is a choice, and does not have to be what memory holds.
  const isRacing = round.some(({ view, index }) => {
    const size = view.BYTES_PER_ELEMENT;
    return isRacy(view.buffer as SharedArrayBuffer, view.byteOffset + index * size, size);
  });
  if (!isRacing && thread.steps - loop.steps === 1 && x.stepList[x.depth - 1] === NO_LIST) {
    takeBackRound(thread, loop, round);
    return false;
  }
  if (!isRacing && !x.usesReduction) {
    begin(thread, loop);
    thread.awaiting = { loop, rounds: [round], past: thread.happensBefore.slice() };
    thread.awaits = true;
    return false;
  }
  thread.status = CUT;
  thread.site = loop.site;
  thread.cutRound = round;
  x.next = choose();
  return true;
}

function takeBackRound(thread: Thread, loop: LoopState, round: readonly Reading[]): void {
  takeBack(x.depth - 1);
  thread.steps = loop.steps;
  thread.reads = loop.reads;
  thread.readings.length = loop.readings;
  thread.dependency.set(loop.dependency);
  thread.happensBefore.set(loop.happensBefore);
  if (thread.awaiting?.loop !== loop) thread.awaiting = { loop, rounds: [], past: thread.happensBefore.slice() };
  thread.awaiting.rounds.push(round);
  thread.awaits = true;
  const node = --x.nodes;
  x.redone = node;
  x.sleep = x.nodeSleep[node]!;
  if (node < x.prefix) {
    // The choice to be explored was this spin, and it leads nowhere.
    const bit = 1 << thread.id;
    x.nodeBacktrack[node]! &= ~bit;
    x.nodeBlocked[node]! |= bit;
    x.redirect = node;
  }
  traceSpin(thread, loop, round);
}

function traceSpin(thread: Thread, loop: LoopState, round: readonly Reading[]): void {
  if (x.trace === undefined) return;
  while (x.trace.length > loop.traced && x.trace.at(-1)!.thread === thread.id) x.trace.pop();
  traceSpinning(thread, loop.site, round);
  loop.traced = x.trace.length;
}
