// What the compiler makes of machines, and what it refuses. `npm run typecheck` runs it: an expected error
// that does not come is an error.

import { type Coroutine, Pending } from '@concurrency-lab/mini-exec';
import { expectTypeOf } from 'vitest';
import type { Child, MachineContext } from '../src/machines/context.ts';
import { machine } from '../src/machines/machine.ts';
import { task, type Task } from '../src/tasks/task.ts';

const { meta } = { meta: import.meta };
declare const none: Child<number>;
const half = task(meta, 'half', (n: number) => n / 2);

// Arguments are those of begin, the result is what poll returns but for Pending.
const quarter = machine(meta, 'quarter', {
  frame: { n: 0, child: none, isSpawned: false },
  begin(frame, n: number) {
    frame.n = n;
  },
  poll(frame, cx) {
    expectTypeOf(cx).toEqualTypeOf<MachineContext>();
    if (!frame.isSpawned) frame.child = cx.spawn(half, frame.n);
    frame.isSpawned = true;
    const value = cx.join(frame.child);
    return value === Pending ? Pending : String(value / 2);
  },
});
expectTypeOf(quarter).toEqualTypeOf<Task<[n: number], string>>();

// @ts-expect-error a generator function is a task, and no machine
machine(meta, 'walk', function* (depth: number): Coroutine<bigint> {
  yield* [];
  return BigInt(depth);
});

// @ts-expect-error a function cannot be kept
machine(meta, 'closure', { frame: { fn: () => 1 }, poll: (frame: { fn: () => number }): number => frame.fn() });
