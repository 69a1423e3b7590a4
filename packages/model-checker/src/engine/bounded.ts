// Search by preemption bound: every schedule that takes the processor from a thread that could
// go on at most so many times. Most bugs need one or two preemptions, so that this finds them
// after few executions, and the trace it finds them with is as short as it can be.
//
// Source: Musuvathi, Qadeer, "Iterative Context Bounding", PLDI 2007.

import { execute } from './execution.ts';
import { currentSchedule, type Body, type Found } from './explore.ts';
import { LED_ELSEWHERE, Refine, type FailureKind } from './failure.ts';
import { fail, x } from './state.ts';
import { MAX_THREADS } from './thread.ts';

interface Decision {
  /** The threads to try, those that cost nothing first. */
  readonly options: number[];
  readonly costs: number[];
  at: number;
}

/** The result of a bounded search. */
export interface BoundedSearch {
  readonly found: Found | undefined;
  readonly executions: number;
  /** True where every schedule within the bound was tried. */
  readonly isComplete: boolean;
}

/** Tries the schedules with at most `bound` preemptions. */
export function searchBounded(
  body: Body,
  bound: number,
  most: number,
  until: number,
  kind?: FailureKind,
): BoundedSearch {
  for (;;) {
    try {
      return search(body, bound, most, until, kind);
    } catch (error) {
      if (!(error instanceof Refine)) throw error;
    }
  }
}

function search(body: Body, bound: number, most: number, until: number, kind: FailureKind | undefined): BoundedSearch {
  const decisions: (Decision | undefined)[] = [];
  let fixed = 0;
  x.usesReduction = false;
  x.prefix = 0;
  x.picker = (enabled, _, node) => {
    const known = decisions[node];
    // Asked again for the same node: the thread that was chosen only spins.
    if (known !== undefined && x.redone === node) {
      known.options.splice(known.at, 1);
      known.costs.splice(known.at, 1);
      return known.options[known.at] ?? -1;
    }
    if (node < fixed && known !== undefined) {
      const chosen = known.options[known.at] ?? -1;
      if (chosen >= 0 && (enabled & (1 << chosen)) === 0) fail('nondeterminism', LED_ELSEWHERE);
      return chosen;
    }
    const fresh = decide(enabled, decisions, node, bound);
    decisions[node] = fresh;
    decisions.length = node + 1;
    return fresh.options[0]!;
  };
  for (let n = 1; ; n++) {
    execute(body);
    if (x.failure !== undefined && (kind === undefined || x.failure.kind === kind)) {
      const found = { failure: x.failure, schedule: currentSchedule() };
      x.picker = undefined;
      return { found, executions: n, isComplete: false };
    }
    let node = Math.min(decisions.length, x.nodes) - 1;
    while (node >= 0 && !(decisions[node] !== undefined && decisions[node]!.at + 1 < decisions[node]!.options.length))
      node--;
    if (node < 0 || n >= most || performance.now() > until) {
      x.picker = undefined;
      return { found: undefined, executions: n, isComplete: node < 0 };
    }
    decisions.length = node + 1;
    decisions[node]!.at++;
    fixed = node + 1;
  }
}

function decide(enabled: number, decisions: readonly (Decision | undefined)[], node: number, bound: number): Decision {
  let before = node - 1;
  while (before >= 0 && decisions[before] === undefined) before--;
  const previous = before >= 0 ? decisions[before]! : undefined;
  const last = previous?.options[previous.at] ?? -1;
  const used = previous?.costs[previous.at] ?? 0;
  const canGoOn = last >= 0 && (enabled & (1 << last)) !== 0;
  const options: number[] = [];
  const costs: number[] = [];
  if (canGoOn) {
    options.push(last);
    costs.push(used);
  }
  for (let thread = 0; thread < MAX_THREADS; thread++) {
    if ((enabled & (1 << thread)) === 0 || (canGoOn && thread === last)) continue;
    const cost = used + (canGoOn ? 1 : 0);
    if (cost > bound) continue;
    options.push(thread);
    costs.push(cost);
  }
  return { options, costs, at: 0 };
}
