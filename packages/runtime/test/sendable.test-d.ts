// What the compiler accepts as a task, and what it refuses. `npm run typecheck` runs it: an expected
// error that does not come is an error.

import type { Coroutine } from '@concurrency-lab/mini-exec';
import { expectTypeOf } from 'vitest';
import type { NotSendable, Outcome, Sendable } from '../src/tasks/sendable.ts';
import { task, type Task } from '../src/tasks/task.ts';

const { meta } = { meta: import.meta };

/** Gives arguments and result as spawning a task would. */
declare function spawn<const Args extends readonly unknown[], Result>(task: Task<Args, Result>, ...args: Args): Result;

// Arguments and results are those of the function, whatever its kind.
const add = task(meta, 'add', (a: number, b: number) => a + b);
expectTypeOf(spawn(add, 1, 2)).toEqualTypeOf<number>();
expectTypeOf(add(1, 2)).toEqualTypeOf<number>();
const load = task(meta, 'load', async (url: string) => Promise.resolve([url]));
expectTypeOf(spawn(load, 'a')).toEqualTypeOf<string[]>();
expectTypeOf(load('a')).toEqualTypeOf<Promise<string[]>>();
const walk = task(meta, 'walk', function* (depth?: number): Coroutine<bigint> {
  yield* [];
  return BigInt(depth ?? 0);
});
expectTypeOf(spawn(walk, 3)).toEqualTypeOf<bigint>();
expectTypeOf(spawn(walk)).toEqualTypeOf<bigint>();
const sum = task(meta, 'sum', (...numbers: number[]) => numbers.length);
expectTypeOf(spawn(sum, 1, 2, 3)).toEqualTypeOf<number>();
expectTypeOf(spawn(task(meta, 'nothing', () => {}))).toEqualTypeOf<void>();

// @ts-expect-error an argument of another type
spawn(add, 1, '2');
// @ts-expect-error an argument too few
spawn(add, 1);
// @ts-expect-error an argument too many
spawn(add, 1, 2, 3);
// @ts-expect-error a plain function is no task
spawn((a: number) => a, 1);

// What crosses, in any nesting.
interface Plain {
  readonly id: bigint;
  readonly name?: string;
  readonly tags: readonly [string, ...number[]];
  readonly nested: { readonly when: Date; readonly map: Map<string, Set<RegExp>> } | null;
  readonly bytes: Uint8Array | Float64Array<SharedArrayBuffer> | ArrayBuffer | DataView;
}
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
expectTypeOf<Sendable<Plain>>().toEqualTypeOf<Plain>();
expectTypeOf<Sendable<Json>>().toExtend<Json>();
expectTypeOf<Json>().toExtend<Sendable<Json>>();
expectTypeOf<Sendable<InstanceType<typeof MessagePort>>>().toEqualTypeOf<InstanceType<typeof MessagePort>>();
expectTypeOf<Sendable<Blob>>().toEqualTypeOf<Blob>();
expectTypeOf<Sendable<AggregateError | TypeError>>().toEqualTypeOf<AggregateError | TypeError>();
expectTypeOf<Sendable<unknown>>().toBeUnknown();
expectTypeOf<Sendable<undefined | 'a' | 1 | true>>().toEqualTypeOf<undefined | 'a' | 1 | true>();
task(meta, 'plain', (value: Plain, json: Json) => [value, json]);
task(meta, 'generic', (value: unknown) => value);
task(meta, 'never', (): never => {
  throw new Error('always');
});

// What does not, at its place.
expectTypeOf<Sendable<() => void>>().toExtend<NotSendable<string>>();
expectTypeOf<Sendable<symbol>>().toExtend<NotSendable<string>>();
expectTypeOf<Sendable<WeakMap<object, string>>>().toExtend<NotSendable<string>>();
expectTypeOf<Sendable<WeakSet<object>>>().toExtend<NotSendable<string>>();
expectTypeOf<Sendable<WeakRef<object>>>().toExtend<NotSendable<string>>();
expectTypeOf<Sendable<Promise<number>>>().toExtend<NotSendable<string>>();
expectTypeOf<Sendable<Generator<number>>>().toExtend<NotSendable<string>>();
expectTypeOf<Sendable<typeof Plate>>().toExtend<NotSendable<string>>();
expectTypeOf<Sendable<{ a: { b: (() => void)[] } }>['a']['b'][number]>().toExtend<NotSendable<string>>();
// @ts-expect-error a Map with symbols
expectTypeOf<Map<string, symbol>>().toExtend<Sendable<Map<string, symbol>>>();
expectTypeOf<Sendable<{ nodeType: number; nodeName: string; ownerDocument: object }>>().toExtend<NotSendable<string>>();

/** Has a method, which its copy in another thread would lack. */
class Plate {
  readonly size = 1;
  grow(): void {}
}

// @ts-expect-error a function as an argument
task(meta, 'callback', (done: () => void) => done());
// @ts-expect-error a function within an argument
task(meta, 'options', (options: { readonly on: { readonly end: () => void } }) => typeof options);
// @ts-expect-error a symbol in a list
task(meta, 'symbols', (list: symbol[]) => list.length);
// @ts-expect-error a WeakMap
task(meta, 'weak', (map: WeakMap<object, number>) => typeof map);
// @ts-expect-error instances of a class with methods
task(meta, 'instance', (plate: Plate) => plate.size);
// @ts-expect-error a function as the result
task(meta, 'closure', (n: number) => () => n);
// @ts-expect-error a function as the result of an async function
task(meta, 'asyncClosure', async (n: number) => Promise.resolve({ next: () => n }));
// @ts-expect-error a symbol as the result of a coroutine
task(meta, 'coroutineSymbol', function* (): Coroutine<symbol> {
  yield* [];
  return Symbol('s');
});
// @ts-expect-error a promise as an argument
task(meta, 'promise', (later: Promise<number>) => typeof later);

expectTypeOf<Outcome<Promise<Promise<string>>>>().toEqualTypeOf<string>();
expectTypeOf<Outcome<Coroutine<Date>>>().toEqualTypeOf<Date>();
expectTypeOf<Outcome<number[]>>().toEqualTypeOf<number[]>();
