// Random graphs of tasks on real workers, against a reference that runs them one after the other: each
// task has one outcome, one that the reference allows, and begins once, or not at all where it was aborted.

import { setEnvironmentData } from 'node:worker_threads';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Runtime } from '../src/index.ts';
import { builder } from './runtimes.ts';
import { COUNTS, type Ended, follow, type Plan, taskOf } from './tasks/graph.mjs';

const counts = new Int32Array(new SharedArrayBuffer(4 * 2 ** 22));
let lastId = 0;

/** One task of a graph, and what its parent does after it was spawned. */
const node = fc.record({
  kind: fc.constantFrom<Plan['kind'][]>('sync', 'async', 'coroutine'),
  throws: fc.boolean(),
  parent: fc.nat(),
  after: fc.array(
    fc.oneof(
      fc.constant({ pause: true as const }),
      fc.record({ join: fc.nat() }),
      fc.record({ join: fc.nat() }),
      fc.record({ abort: fc.nat() }),
    ),
    { maxLength: 3 },
  ),
});

/** Makes a plan of a list of tasks, each a child of one before it; a sync task waits for nothing. */
function plan(nodes: readonly (typeof node extends fc.Arbitrary<infer T> ? T : never)[]): Plan {
  const root: Plan = { id: ++lastId, kind: 'async', steps: [], throws: false };
  const plans = [root];
  const children = new Map<Plan, number>();
  for (const { kind, throws, parent, after } of nodes) {
    const child: Plan = { id: ++lastId, kind, steps: [], throws };
    const above = plans[parent % plans.length]!;
    const count = (children.get(above) ?? 0) + 1;
    children.set(above, count);
    above.steps.push({ spawn: child });
    for (const step of after) {
      if ('abort' in step) above.steps.push({ abort: step.abort % count });
      else if (above.kind !== 'sync') above.steps.push('join' in step ? { join: step.join % count } : step);
    }
    plans.push(child);
  }
  return root;
}

/** Is the reference: runs a plan step by step, as if alone, and tells where `seen` is nothing that it could come to. */
class Reference {
  /** The tasks that begin in any case. */
  readonly certain: number[] = [];
  /** All tasks. */
  readonly all: number[] = [];

  run(own: Plan, seen: Ended | undefined, mayBeCancelled: boolean): void {
    this.all.push(own.id);
    if (seen === 'cancelled' && !mayBeCancelled) throw new Error(`task ${own.id} was cancelled, and nobody aborted it`);
    if (!mayBeCancelled) this.certain.push(own.id);
    const value = typeof seen === 'object' && 'thrown' in seen ? seen.thrown : seen;
    const joined = typeof value === 'object' ? [...value.joined] : undefined;
    if (typeof value === 'object' && (value.id !== own.id || value !== (own.throws ? value : seen))) {
      throw new Error(`task ${own.id} ended as ${JSON.stringify(seen)}`);
    }
    if (typeof seen === 'object' && 'thrown' in seen !== own.throws)
      throw new Error(`task ${own.id} threw, or did not`);
    // Of a task that may have been cancelled, nobody knows how far it came.
    const isWhole = joined !== undefined || !mayBeCancelled;
    const spawned: { plan: Plan; isAborted: boolean; seen: Ended | undefined }[] = [];
    for (const step of own.steps) {
      if ('spawn' in step) spawned.push({ plan: step.spawn, isAborted: !isWhole, seen: undefined });
      else if ('abort' in step) {
        const child = spawned[step.abort]!;
        child.isAborted ||= child.seen === undefined; // after it was joined, it changes nothing
      } else if ('join' in step && joined !== undefined) {
        const outcome = joined.shift();
        if (outcome === undefined) throw new Error(`task ${own.id} has joined too few`);
        const child = spawned[step.join]!;
        if (child.seen !== undefined) expect(outcome).toEqual(child.seen); // joined again: the same
        child.seen = outcome;
      }
    }
    if (joined !== undefined && joined.length > 0) throw new Error(`task ${own.id} has joined too many`);
    for (const child of spawned) this.run(child.plan, child.seen, child.isAborted);
  }
}

describe.each([
  ['room for all', 65_536],
  ['room for 32', 32],
])('random graphs of tasks, with %s', (_, slots) => {
  let rt: Runtime;
  beforeAll(() => {
    setEnvironmentData(COUNTS, counts);
    rt = builder().maxTasks(slots).unhandledPanic('ignore').abortTimeout(120_000).build();
  });
  afterAll(() => rt.shutdown());

  it('end as in the reference, each once', { timeout: 600_000 }, async () => {
    const seen: number[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(node, { minLength: 1, maxLength: 40, size: 'max' }), async (nodes) => {
        const root = plan(nodes);
        const outcome = await follow(root, (child) => rt.spawn(taskOf(child), child));
        const reference = new Reference();
        reference.run(root, outcome, false);
        const certain = reference.certain.filter((id) => id !== root.id); // the root is no task
        await expect.poll(() => certain.filter((id) => counts[id] === 0), { timeout: 120_000 }).toEqual([]);
        expect(reference.all.filter((id) => counts[id]! > 1)).toEqual([]);
        seen.push(...reference.all);
      }),
      { numRuns: Number(process.env['FC_RUNS'] ?? 40) },
    );
    await expect.poll(() => rt.metrics().liveTasks, { timeout: 120_000 }).toBe(0);
    expect(seen.filter((id) => counts[id]! > 1)).toEqual([]); // nor later
  });
});
