// What the language's own functions do to a model. Some call back, and the callback must be
// suspendable; some read or write shared memory in bulk; some would let the real time, chance
// or event loop in, and are answered by the model instead; some change nothing.

import { x } from '../engine/state.ts';
import { accessAll, accessRange, readElement } from './access.ts';
import { atomics } from './atomics.ts';
import { clone } from './clone.ts';
import { callAny, onNative } from './promise.ts';
import { clearTimer, setTimer } from './timers.ts';
import { linkBound } from './functions.ts';
import { LEAF, twinOf, type Instrumented } from './twins.ts';
import { isSharedView, type TypedArray } from '../engine/memory.ts';

type AnyFunction = (...args: never[]) => unknown;
type Suspendable = (self: unknown, args: unknown[]) => Generator<unknown, unknown, unknown> | undefined;
type Callback = (...args: never[]) => unknown;
type List = { readonly length: number; readonly [index: number]: unknown };

const isInstrumented = (value: unknown): value is Callback => twinOf(value) !== undefined;

/** Gives the element of an array, or of a view, whose shared memory the race detector watches. */
function at(list: List, index: number): unknown {
  return isSharedView(list) ? readElement(list as unknown as TypedArray, index) : list[index];
}

function* each(
  list: List,
  fn: Callback,
  self: unknown,
  visit: (result: unknown, value: unknown, index: number) => boolean | void,
  skipsHoles = true,
): Generator<unknown, void, unknown> {
  const { length } = list;
  for (let i = 0; i < length; i++) {
    if (skipsHoles && !(i in list)) continue;
    const value = at(list, i);
    if (visit(yield* callAny(fn, self, [value, i, list]), value, i) === true) return;
  }
}

function* fold(
  list: List,
  fn: Callback,
  rest: unknown[],
  from: number,
  by: number,
): Generator<unknown, unknown, unknown> {
  let i = from;
  const { length } = list;
  let result = rest[0];
  if (rest.length === 0) {
    while (i >= 0 && i < length && !(i in list)) i += by;
    if (i < 0 || i >= length) throw new TypeError('Reduce of empty array with no initial value');
    result = at(list, i);
    i += by;
  }
  for (; i >= 0 && i < length; i += by)
    if (i in list) result = yield* callAny(fn, undefined, [result, at(list, i), i, list]);
  return result;
}

/** What the array methods do that call back, by name. */
const ITERATIONS: Readonly<
  Record<string, (list: List, fn: Callback, rest: unknown[]) => Generator<unknown, unknown, unknown>>
> = {
  *forEach(list, fn, [self]) {
    yield* each(list, fn, self, () => {});
  },
  *map(list, fn, [self]) {
    const mapped: unknown[] = [];
    const { length } = list;
    yield* each(list, fn, self, (result, _, index) => void (mapped[index] = result));
    if (!ArrayBuffer.isView(list)) mapped.length = length;
    return !ArrayBuffer.isView(list)
      ? mapped
      : (list.constructor as unknown as { from(items: unknown[]): unknown }).from(mapped);
  },
  *filter(list, fn, [self]) {
    const kept: unknown[] = [];
    yield* each(list, fn, self, (result, value) => void (Boolean(result) && kept.push(value)));
    return !ArrayBuffer.isView(list)
      ? kept
      : (list.constructor as unknown as { from(items: unknown[]): unknown }).from(kept);
  },
  *some(list, fn, [self]) {
    let found = false;
    yield* each(list, fn, self, (result) => (found = Boolean(result)));
    return found;
  },
  *every(list, fn, [self]) {
    let all = true;
    yield* each(list, fn, self, (result) => !(all = Boolean(result)));
    return all;
  },
  *find(list, fn, [self]) {
    let found: unknown;
    yield* each(
      list,
      fn,
      self,
      (result, value) => {
        if (result) found = value;
        return Boolean(result);
      },
      false,
    );
    return found;
  },
  *findIndex(list, fn, [self]) {
    let found = -1;
    yield* each(
      list,
      fn,
      self,
      (result, _, index) => {
        if (result) found = index;
        return Boolean(result);
      },
      false,
    );
    return found;
  },
  *flatMap(list, fn, [self]) {
    const mapped: unknown[] = [];
    yield* each(list, fn, self, (result) => void mapped.push(result));
    return mapped.flat();
  },
  *reduce(list, fn, rest) {
    return yield* fold(list, fn, rest, 0, 1);
  },
  *reduceRight(list, fn, rest) {
    return yield* fold(list, fn, rest, list.length - 1, -1);
  },
  *findLast(list, fn, [self]) {
    for (let i = list.length - 1; i >= 0; i--) {
      const value = at(list, i);
      if (yield* callAny(fn, self, [value, i, list])) return value;
    }
    return undefined;
  },
  *findLastIndex(list, fn, [self]) {
    for (let i = list.length - 1; i >= 0; i--) {
      if (yield* callAny(fn, self, [at(list, i), i, list])) return i;
    }
    return -1;
  },
};

const suspendable = new Map<unknown, Suspendable>();
const observed = new Map<unknown, (self: unknown, args: unknown[]) => void>();
const replaced = new Map<unknown, (self: unknown, args: unknown[]) => unknown>();
const pure = new Set<unknown>();

const TypedArrays = Object.getPrototypeOf(Int32Array.prototype) as Record<string, AnyFunction>;
const TypedArrayClass = Object.getPrototypeOf(Int32Array) as Record<string, AnyFunction>;

for (const [name, iterate] of Object.entries(ITERATIONS)) {
  for (const prototype of [Array.prototype as unknown as Record<string, AnyFunction>, TypedArrays]) {
    if (prototype[name] === undefined) continue;
    suspendable.set(prototype[name], (self, args) =>
      isInstrumented(args[0]) && self !== null && self !== undefined
        ? iterate(Object(self) as List, args[0], args.slice(1))
        : undefined,
    );
  }
}
for (const prototype of [Map.prototype, Set.prototype]) {
  suspendable.set(prototype.forEach, (self, [fn, receiver]) =>
    isInstrumented(fn)
      ? (function* () {
          for (const [key, value] of (self as Map<unknown, unknown>).entries())
            yield* callAny(fn, receiver, [value, key, self]);
        })()
      : undefined,
  );
}
suspendable.set(Array.from, (Class, [items, fn, self]) =>
  Class === Array && isInstrumented(fn)
    ? (function* () {
        const mapped: unknown[] = [];
        const isList = isSharedView(items) || !(Symbol.iterator in Object(items));
        const list = isList ? (items as List) : Array.from(items as Iterable<unknown>);
        for (let i = 0; i < list.length; i++) mapped.push(yield* callAny(fn, self, [at(list, i), i]));
        return mapped;
      })()
    : undefined,
);
suspendable.set(Function.prototype.call, (fn, [self, ...args]) =>
  isInstrumented(fn) ? callAny(fn, self, args) : forward(fn, self, args),
);
suspendable.set(Function.prototype.apply, (fn, [self, args]) => {
  const list = Array.from((args ?? []) as ArrayLike<unknown>);
  return isInstrumented(fn) ? callAny(fn, self, list) : forward(fn, self, list);
});
suspendable.set(Reflect.apply, (_, [fn, self, args]) => {
  const list = Array.from((args ?? []) as ArrayLike<unknown>);
  return isInstrumented(fn) ? callAny(fn, self, list) : forward(fn, self, list);
});
for (const [fn, run] of atomics) suspendable.set(fn, (_, args) => run(args));

/** Passes a call of a built-in function through another (`f.call(o)`) on to its own entry here. */
function forward(fn: unknown, self: unknown, args: unknown[]): Generator<unknown, unknown, unknown> | undefined {
  const entry = suspendable.get(fn);
  if (entry !== undefined) return entry(self, args);
  observed.get(fn)?.(self, args);
  if (!pure.has(fn) && (fn as Instrumented | undefined)?.[LEAF] !== true) x.current!.touches++;
  return undefined;
}

// Reads and writes in bulk.
for (const name of [
  'indexOf',
  'lastIndexOf',
  'includes',
  'join',
  'toString',
  'toLocaleString',
  'toReversed',
  'toSorted',
  'with',
  'findLast',
  'findLastIndex',
  'reduceRight',
  'entries',
  'values',
  ...Object.keys(ITERATIONS),
]) {
  if (TypedArrays[name] !== undefined) observed.set(TypedArrays[name], (self) => accessAll(self, false));
}
for (const name of ['reverse', 'sort', 'copyWithin']) {
  observed.set(TypedArrays[name], (self) => {
    accessAll(self, false);
    accessAll(self, true);
  });
}
observed.set(TypedArrays['fill'], (self, [, from, to]) => accessSlice(self, from, to, true));
observed.set(TypedArrays['slice'], (self, [from, to]) => accessSlice(self, from, to, false));
observed.set(TypedArrays['set'], (self, [source, offset]) => {
  accessAll(source, false);
  if (!isSharedView(self)) return;
  const view = self as unknown as TypedArray;
  const start = Number(offset ?? 0);
  const count = (source as ArrayLike<unknown>).length;
  if (start + count > view.length) return; // the call throws
  const size = view.BYTES_PER_ELEMENT;
  accessRange(view, view.byteOffset + start * size, view.byteOffset + (start + count) * size, true);
});
replaced.set(TypedArrays['at'], (self, [index]) => {
  const view = self as TypedArray;
  const n = Math.trunc(Number(index)) || 0;
  const position = n < 0 ? n + view.length : n;
  if (position < 0 || position >= view.length) return undefined;
  return isSharedView(view) ? readElement(view, position) : view[position];
});
const readsArguments = (_: unknown, args: unknown[]): void => {
  for (const value of args) accessAll(value, false);
};
for (const fn of [Array.from, TypedArrayClass['from'], TextDecoder.prototype.decode, String.fromCharCode, Array.of])
  observed.set(fn, readsArguments);

function accessSlice(self: unknown, from: unknown, to: unknown, writes: boolean): void {
  if (!isSharedView(self)) return;
  const view = self as unknown as TypedArray;
  const [start, end] = rangeOf(view.length, from, to);
  if (start >= end) return;
  const size = view.BYTES_PER_ELEMENT;
  accessRange(view, view.byteOffset + start * size, view.byteOffset + end * size, writes);
}

function rangeOf(length: number, from: unknown, to: unknown): [number, number] {
  const clamp = (value: unknown, missing: number): number => {
    const n = value === undefined ? missing : Math.trunc(Number(value)) || 0;
    return n < 0 ? Math.max(0, length + n) : Math.min(length, n);
  };
  return [clamp(from, 0), clamp(to, length)];
}

// DataView: element by element, any alignment.
const VIEWS = [
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];
for (const Kind of VIEWS) {
  const name = Kind.name.replace('Array', '');
  const prototype = DataView.prototype as unknown as Record<string, AnyFunction>;
  const access =
    (writes: boolean) =>
    (self: unknown, [offset]: unknown[]): void => {
      if (!isSharedView(self)) return;
      const from = self.byteOffset + Number(offset ?? 0);
      if (from + Kind.BYTES_PER_ELEMENT > self.byteOffset + self.byteLength) return; // the call throws
      accessRange(self, from, from + Kind.BYTES_PER_ELEMENT, writes);
    };
  observed.set(prototype[`get${name}`], access(false));
  observed.set(prototype[`set${name}`], access(true));
  pure.add(prototype[`get${name}`]);
}

// Time, chance and the event loop.
replaced.set(setTimeout, (_, [fn, delay, ...args]) => setTimer(fn, delay, args, false));
replaced.set(setInterval, (_, [fn, delay, ...args]) => setTimer(fn, delay, args, true));
if (typeof setImmediate === 'function') {
  replaced.set(setImmediate, (_, [fn, ...args]) => setTimer(fn, 0, args, false));
  replaced.set(clearImmediate, (_, [timer]) => clearTimer(timer));
}
replaced.set(clearTimeout, (_, [timer]) => clearTimer(timer));
replaced.set(clearInterval, (_, [timer]) => clearTimer(timer));
replaced.set(
  queueMicrotask,
  (_, [fn]) =>
    void x.current!.jobs.push(() => callAny(fn as Callback, undefined, []) as Generator<unknown, void, unknown>),
);
replaced.set(performance.now, () => x.now);
replaced.set(Date.now, () => x.now);
replaced.set(Math.random, () => (x.random = (Math.imul(x.random, 48_271) >>> 0) % 2_147_483_647) / 2_147_483_647);
replaced.set(Function.prototype.bind, (fn, args) =>
  linkBound(
    fn as AnyFunction,
    Reflect.apply(Function.prototype.bind, fn as AnyFunction, args as never) as AnyFunction,
    args,
  ),
);
replaced.set(structuredClone, (_, [value]) => clone(value));

// What changes nothing that a thread could see later.
for (const owner of [
  Math,
  Number,
  BigInt,
  Reflect,
  JSON,
  Object,
  String,
  Symbol,
  String.prototype,
  Number.prototype,
] as object[]) {
  for (const key of Object.getOwnPropertyNames(owner)) {
    if (/^(?:assign|define|freeze|seal|set|prevent|delete)/.test(key) || key === 'caller' || key === 'arguments')
      continue;
    const value = (owner as Record<string, unknown>)[key];
    if (typeof value === 'function') pure.add(value);
  }
}
for (const fn of [
  Number,
  BigInt,
  String,
  Boolean,
  Symbol,
  Array.isArray,
  ArrayBuffer.isView,
  Object.prototype.toString,
  performance.now,
  Date.now,
])
  pure.add(fn);
for (const name of [
  'at',
  'indexOf',
  'includes',
  'join',
  'slice',
  'subarray',
  'entries',
  'values',
  'keys',
  'concat',
  ...Object.keys(ITERATIONS),
]) {
  pure.add((Array.prototype as unknown as Record<string, unknown>)[name]);
  pure.add(TypedArrays[name]);
}
for (const name of ['get', 'has', 'keys', 'values', 'entries', 'forEach']) {
  pure.add((Map.prototype as unknown as Record<string, unknown>)[name]);
  pure.add((Set.prototype as unknown as Record<string, unknown>)[name]);
}
for (const name of ['isLockFree', 'pause']) pure.add((Atomics as unknown as Record<string, unknown>)[name]);
for (const name of ['call', 'apply', 'bind', 'toString'])
  pure.add((Function.prototype as unknown as Record<string, unknown>)[name]);

/** What a call of a function that is not instrumented comes to. */
export interface NativeCall {
  generator: Generator<unknown, unknown, unknown> | undefined;
  value: unknown;
}

/** Calls a function that is not instrumented, in a model. */
export function callNative(fn: AnyFunction, self: unknown, args: unknown[], result: NativeCall): void {
  result.generator = suspendable.get(fn)?.(self, args);
  if (result.generator !== undefined) return;
  observed.get(fn)?.(self, args);
  if (!pure.has(fn) && (fn as Instrumented)[LEAF] !== true) x.current!.touches++;
  const substitute = replaced.get(fn);
  const value: unknown = substitute === undefined ? Reflect.apply(fn, self, args) : substitute(self, args);
  // The call may have run other calls, as that of `spawn` does.
  result.generator = undefined;
  result.value = value;
}

const forCallbacks: NativeCall = { generator: undefined, value: undefined };
onNative(
  (fn, self, args) => {
    callNative(fn, self, args, forCallbacks);
    return forCallbacks.generator;
  },
  () => forCallbacks.value,
);
