// What the compiler of TypeScript makes of machines that are written as generator functions, and what it refuses.
// `npm run typecheck` runs it: an expected error that does not come is an error.

import { expectTypeOf } from 'vitest';
import { machine } from '../src/machines/machine.ts';
import type { MachineSteps, StepsContext } from '../src/machines/steps.ts';
import type { Child } from '../src/machines/context.ts';
import { task, type Task } from '../src/tasks/task.ts';

const { meta } = { meta: import.meta };
const half = task(meta, 'half', (n: number) => String(n / 2));

// Arguments and result are those of the function.
const quarter = machine(meta, 'quarter', function* (cx, n: number, label?: string) {
  expectTypeOf(cx).toEqualTypeOf<StepsContext>();
  const child = cx.spawn(half, n);
  expectTypeOf(child).toEqualTypeOf<Child<string>>();
  const joined = yield* cx.join(child);
  expectTypeOf(joined).toEqualTypeOf<string>();
  expectTypeOf(yield* cx.sleep(5)).toEqualTypeOf<void>();
  yield* cx.sleepUntil(cx.now() + 5);
  yield* cx.yieldNow();
  yield* cx.until(() => n > 1);
  return { joined, label };
});
expectTypeOf(quarter).toEqualTypeOf<Task<[n: number, label?: string], { joined: string; label: string | undefined }>>();

// A machine that spawns itself names its result.
const fibonacci = machine(meta, 'fibonacci', function* (cx, n: number): MachineSteps<number> {
  if (n < 2) return n;
  const left = cx.spawn(fibonacci, n - 1);
  const right = cx.spawn(fibonacci, n - 2);
  return (yield* cx.join(left)) + (yield* cx.join(right));
});
expectTypeOf(fibonacci).toEqualTypeOf<Task<[n: number], number>>();

// @ts-expect-error only waits are yielded
machine(meta, 'number', function* (cx) {
  yield 5;
  return cx.now();
});

machine(meta, 'promise', function* (cx) {
  // @ts-expect-error a promise is nothing to wait for
  yield* Promise.resolve(cx.now());
});

machine(meta, 'notSpawned', function* (cx): MachineSteps<void> {
  // @ts-expect-error only what was spawned is joined
  yield* cx.join('x');
});

// @ts-expect-error a function cannot be an argument
machine(meta, 'argument', function* (cx, callback: () => void) {
  yield* cx.yieldNow();
  callback();
});

// @ts-expect-error a function cannot be the result
machine(meta, 'result', function* (cx) {
  yield* cx.yieldNow();
  return () => 1;
});

// @ts-expect-error an async function is no machine
machine(meta, 'asyncFunction', async (cx: StepsContext) => {
  await Promise.resolve();
  return cx.now();
});
