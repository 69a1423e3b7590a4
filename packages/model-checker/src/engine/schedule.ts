// Who runs next. A node of the tree of choices is made for every step; the path that an
// earlier execution took is followed to its end, and from there the thread that runs goes on
// as long as it can.

import { stillAwaits } from './awaiting.ts';
import { LED_ELSEWHERE } from './failure.ts';
import { JOIN, RESUME } from './kinds.ts';
import { fail, x } from './state.ts';
import { FINISHED, READY, type Thread } from './thread.ts';

/** Gives the threads that can take a step, as bits. */
export function enabledThreads(): number {
  let enabled = 0;
  for (const thread of x.threads) if (isEnabled(thread)) enabled |= 1 << thread.id;
  return enabled;
}

function isEnabled(thread: Thread): boolean {
  if (thread.status !== READY) return false;
  if (thread.kind === JOIN) return thread.target!.status === FINISHED;
  return !stillAwaits(thread);
}

/** Gives the lowest thread of a set. */
export function lowest(set: number): number {
  return 31 - Math.clz32(set & -set);
}

/** Chooses the thread that takes the next step; -1 where the execution ends. */
export function choose(): number {
  const enabled = enabledThreads();
  if (enabled === 0) return -1;
  for (const thread of x.threads) {
    const { kind, id } = thread;
    // These depend on nothing: no order of theirs makes a difference.
    if ((kind === JOIN || kind === RESUME) && (enabled & (1 << id)) !== 0) return id;
  }
  const node = x.nodes;
  if (node === x.redirect) return redirect(node, enabled);
  if (node < x.prefix) return replay(node, enabled);
  if (x.depth >= x.limits.maxSteps) {
    x.abort = 'steps';
    return -1;
  }
  let chosen: number;
  if (x.picker !== undefined) {
    chosen = x.picker(enabled, x.current?.id ?? -1, node);
    x.redone = -1;
    if (chosen < 0) {
      x.abort = 'cut';
      return -1;
    }
  } else {
    const awake = enabled & ~x.sleep;
    if (awake === 0) {
      x.abort = 'blocked';
      return -1;
    }
    chosen = x.current !== undefined && (awake & (1 << x.current.id)) !== 0 ? x.current.id : lowest(awake);
  }
  x.nodeValues[node] = undefined;
  x.nodeEnabled[node] = enabled;
  x.nodeSleep[node] = x.sleep;
  x.nodeBlocked[node] = 0;
  x.nodeBacktrack[node] = x.usesReduction ? 1 << chosen : enabled;
  return take(node, chosen);
}

function take(node: number, chosen: number): number {
  const thread = x.threads[chosen]!;
  x.nodeChosen[node] = chosen;
  x.nodeSite[node] = thread.site;
  x.nodeKind[node] = thread.kind;
  x.nodes = node + 1;
  return chosen;
}

function replay(node: number, enabled: number): number {
  const chosen = x.nodeChosen[node]!;
  const thread = x.threads[chosen];
  const differs = node < x.prefix - 1 && (thread?.site !== x.nodeSite[node] || thread?.kind !== x.nodeKind[node]);
  if ((enabled & (1 << chosen)) === 0 || differs) {
    fail('nondeterminism', LED_ELSEWHERE, { thread: chosen, site: thread?.site ?? -1 });
  }
  x.sleep = x.nodeSleep[node]!;
  return take(node, chosen);
}

/** Chooses another alternative of a node whose choice turned out to be a spin. */
function redirect(node: number, enabled: number): number {
  x.redirect = -1;
  const rest = x.nodeBacktrack[node]! & ~x.nodeSleep[node]! & enabled;
  if (rest === 0) {
    x.abort = 'cut';
    return -1;
  }
  x.prefix = node + 1;
  return take(node, lowest(rest));
}
