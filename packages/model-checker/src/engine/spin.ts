// Spin loops. A round of a loop that wrote nothing, changed no variable and only read shared
// memory leaves the thread where it was: it can be taken back, as if the thread had never run
// it, and the thread need not run again until one of the values it read has changed. The loop
// becomes a single step that waits for memory, and nobody has to write `yield`.
//
// Where other threads' steps lie between the reads of the round it cannot be taken back. The
// thread is then given up in this execution: whatever it could do from here, it does in
// another one that delays the round.
//
// After: Jonsson, Lång, Sagonas, "Awaiting for Godot", FMCAD 2022.

import { choose } from './schedule.ts';
import { fail, x } from './state.ts';
import { takeBack } from './steps.ts';
import { CUT, MAX_THREADS, type Reading, type Thread } from './thread.ts';

/** What was so at the start of a loop's round. */
export interface LoopState {
  readonly site: number;
  rounds: number;
  writes: number;
  touches: number;
  reads: number;
  carried: readonly unknown[] | undefined;
  readings: number;
  depth: number;
  steps: number;
  nodes: number;
  traced: number;
  readonly dependency: Int32Array;
  readonly happensBefore: Int32Array;
}

/** Begins a loop. */
export function startLoop(site: number): LoopState | undefined {
  if (x.current === undefined) return undefined;
  return {
    site,
    rounds: 0,
    writes: -1,
    touches: 0,
    reads: 0,
    carried: undefined,
    readings: 0,
    depth: 0,
    steps: 0,
    nodes: 0,
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
  loop.writes = thread.writes;
  loop.touches = thread.touches;
  loop.reads = thread.reads;
  loop.carried = carried;
  loop.readings = thread.readings.length;
  loop.depth = x.depth;
  loop.steps = thread.steps;
  loop.nodes = x.nodes;
  loop.traced = x.trace?.length ?? 0;
  loop.dependency.set(thread.dependency);
  loop.happensBefore.set(thread.happensBefore);
  return false;
}

/** Ends a loop, however it was left. */
export function endLoop(loop: LoopState | undefined): void {
  const thread = x.current;
  if (thread?.awaiting !== undefined && thread.awaiting.loop === loop) thread.awaiting = undefined;
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  for (let i = 0; i < b.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** A round has changed nothing. */
function repeat(thread: Thread, loop: LoopState): boolean {
  if (x.unsuspendable > 0) fail('unsupported', 'a spin loop in code that cannot be suspended');
  const round = thread.readings.slice(loop.readings);
  const steps = x.depth - loop.depth;
  if (steps === thread.steps - loop.steps && steps === x.nodes - loop.nodes && !usesList(loop.depth)) {
    takeBackRound(thread, loop, round);
    return false;
  }
  thread.status = CUT;
  thread.site = loop.site;
  thread.cutRound = round;
  x.next = choose();
  return true;
}

function usesList(from: number): boolean {
  for (let n = from; n < x.depth; n++) if (x.stepList[n] !== 0) return true;
  return false;
}

function takeBackRound(thread: Thread, loop: LoopState, round: readonly Reading[]): void {
  takeBack(loop.depth);
  thread.steps = loop.steps;
  thread.reads = loop.reads;
  thread.readings.length = loop.readings;
  thread.dependency.set(loop.dependency);
  thread.happensBefore.set(loop.happensBefore);
  if (thread.awaiting?.loop !== loop) thread.awaiting = { loop, rounds: [] };
  thread.awaiting.rounds.push(round);
  thread.awaits = true;
  x.nodes = loop.nodes;
  x.redone = loop.nodes;
  x.sleep = x.nodeSleep[loop.nodes]!;
  if (loop.nodes < x.prefix) {
    // The choice to be explored was this spin, and it leads nowhere.
    const bit = 1 << thread.id;
    x.nodeBacktrack[loop.nodes]! &= ~bit;
    x.nodeBlocked[loop.nodes]! |= bit;
    x.redirect = loop.nodes;
  }
  traceSpin(thread, loop, round);
}

function traceSpin(thread: Thread, loop: LoopState, round: readonly Reading[]): void {
  if (x.trace === undefined) return;
  x.trace.length = loop.traced;
  const [first] = round;
  x.trace.push({
    thread: thread.id,
    kind: 'spin',
    place: '',
    text: `spins while ${first!.value}`,
    site: loop.site,
    step: -1,
    isPlain: false,
  });
  loop.traced = x.trace.length;
}
