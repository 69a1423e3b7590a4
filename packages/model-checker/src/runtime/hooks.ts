// What instrumented code calls. `$rt.g` says whether the last call returned a generator that
// has to be run, or the value itself.

import { elementOf } from '../engine/elements.ts';
import { COMPARE_EXCHANGE, LOAD, NOTIFY, STORE, UPDATE, WAIT_ASYNC } from '../engine/kinds.ts';
import { concernsModel, perform, performNow, propose } from '../engine/operations.ts';
import { noteAccess, replacement } from '../engine/mutation.ts';
import type { TypedArray } from '../engine/memory.ts';
import { fail, x } from '../engine/state.ts';
import { endLoop, startLoop, startRound, type LoopState } from '../engine/spin.ts';
import { accessAll, get, readElement, set, writeElement } from './access.ts';
import { Awaited } from './agent.ts';
import { countOf, operate } from './atomics.ts';
import { disposal } from './disposal.ts';
import { aim, driveAsyncNow, functionHooks, linkBound, startAsync } from './functions.ts';
import {
  close,
  closeAsync,
  collect,
  delegate,
  Given,
  isDone,
  isWatched,
  iterate,
  iterateAsync,
  iteratesSuspendably,
  observe,
  START,
  stepOf,
  thrown,
  type Iteration,
} from './iteration.ts';
import { callNative, type NativeCall } from './natives.ts';
import { callAny, ModelPromise, resolversOf } from './promise.ts';
import { properties } from './properties.ts';
import { registerSites } from './sites.ts';
import { rethrowStop } from './stop.ts';
import { BODY, drive, selfOf, twinOf, type Instrumented, type Twin } from './twins.ts';

type AnyFunction = (...args: never[]) => unknown;
type Generating = Generator<unknown, unknown, unknown>;

const native: NativeCall = { generator: undefined, value: undefined };
const BARE = Symbol('model-checker.bare');
/** The kind of an operation that has been done already. */
const DONE = 0;
let direct: unknown;

/** Proposes an operation; one that concerns no shared memory of the model is done at once. */
function proposeOrDo(
  kind: number,
  view: unknown,
  index: unknown,
  operand: unknown,
  operand2: unknown,
  site: number,
): boolean {
  if (concernsModel(kind, view, index)) {
    noteAccess(site, kind);
    if (x.mutant?.site === site) return proposeMutant(kind, view, index as number, operand, operand2, site);
    return propose(kind, view, index as number, operand, operand2, site);
  }
  direct = performNow(kind, view as never, index as number, operand, operand2);
  if (x.current !== undefined) x.current.kind = DONE;
  return false;
}

/** Proposes an operation in its weaker form. */
function proposeMutant(
  kind: number,
  view: TypedArray,
  index: number,
  operand: unknown,
  operand2: unknown,
  site: number,
): boolean {
  const { mutation } = x.mutant!;
  // The first half of a split update: `finish` does the rest.
  if (mutation === 'split') {
    const gives = propose(LOAD, view, index, operand, operand2, site);
    x.current!.splitKind = kind;
    return gives;
  }
  const thread = x.current!;
  thread.site = site;
  if (mutation === 'drop') direct = 0;
  else if (kind === STORE) {
    writeElement(view, index, operand as number);
    direct = operand;
  } else {
    direct = readElement(view, index);
    const written = kind === LOAD ? undefined : replacement(kind, view, direct as number, operand, operand2);
    if (written !== undefined) writeElement(view, index, written);
  }
  thread.kind = DONE;
  return false;
}

/** Calls a function; a generator is returned where it may have to be suspended. */
function invoke(fn: unknown, self: unknown, args: unknown[], name?: PropertyKey): unknown {
  if (typeof fn !== 'function')
    throw new TypeError(`${name === undefined ? describe(fn) : String(name)} is not a function`);
  const twin = twinOf(fn);
  if (twin !== undefined) {
    hooks.g = true;
    return Reflect.apply(twin, selfOf(fn, self), args as never[]);
  }
  if (fn === Function.prototype.bind && typeof self === 'function') {
    const bound = linkBound(self as AnyFunction, Reflect.apply(fn, self, args) as AnyFunction, args);
    hooks.g = false;
    return bound;
  }
  if (x.current === undefined) {
    const value: unknown = Reflect.apply(fn, self, args);
    hooks.g = false;
    return value;
  }
  callNative(fn as AnyFunction, self, args, native);
  const { generator, value } = native;
  hooks.g = generator !== undefined;
  return generator ?? value;
}

/** Serves instrumented code, where it is called `$rt`. */
export const hooks = {
  /** Whether the last call returned a generator. */
  g: false as boolean,
  /** The object whose method is about to be called. */
  o: undefined as unknown,
  BARE: BARE as symbol,
  START: START as symbol,

  // Modules.
  module(
    file: string,
    table: readonly (readonly [number, number, string])[],
    flags: Record<string, (is: boolean) => void>,
  ): number {
    for (const [name, flag] of Object.entries(flags)) properties.watch(name, flag);
    return registerSites(file, table);
  },

  // Operations of Atomics.
  load: (view: unknown, index: unknown, site: number): boolean =>
    proposeOrDo(LOAD, view, index, undefined, undefined, site),
  store: (view: unknown, index: unknown, value: unknown, site: number): boolean =>
    proposeOrDo(STORE, view, index, value, undefined, site),
  update: (name: string, view: unknown, index: unknown, value: unknown, site: number): boolean =>
    proposeOrDo(UPDATE, view, index, value, name, site),
  compareExchange: (view: unknown, index: unknown, expected: unknown, value: unknown, site: number): boolean =>
    proposeOrDo(COMPARE_EXCHANGE, view, index, expected, value, site),
  notify: (view: unknown, index: unknown, count: unknown, site: number): boolean =>
    proposeOrDo(NOTIFY, view, index, countOf(count), undefined, site),
  waitAsync: (view: unknown, index: unknown, value: unknown, timeout: unknown, site: number): boolean =>
    proposeOrDo(WAIT_ASYNC, view, index, value, timeout, site),
  /** Does the operation that was proposed. */
  go: (): unknown => (x.current === undefined || x.current.kind === DONE ? direct : perform()),
  /** True while a mutant splits updates: `finish` is called instead of `go`. */
  get splits(): boolean {
    return x.mutant?.mutation === 'split';
  },
  *finish(): Generating {
    const thread = x.current;
    const kind = thread?.splitKind ?? 0;
    const loaded = hooks.go();
    if (thread === undefined || kind === 0) return loaded;
    thread.splitKind = 0;
    const { view, index, operand, operand2, site } = thread;
    if (kind === WAIT_ASYNC) {
      if (loaded !== elementOf(view!, operand)) return { async: false, value: 'not-equal' };
      if (propose(kind, view!, index, operand, operand2, site)) yield;
      thread.splitKind = kind;
      return perform();
    }
    const written = replacement(kind, view!, loaded as number, operand, operand2);
    if (written === undefined) return loaded;
    if (propose(STORE, view!, index, written, undefined, site)) yield;
    perform();
    return loaded;
  },
  wait: (view: unknown, index: unknown, value: unknown, timeout: unknown, site: number): Generating =>
    operate('wait', [view, index, value, timeout], site),
  immediate: (name: string, site: number, ...args: unknown[]): unknown =>
    x.current === undefined
      ? (Atomics as unknown as Record<string, AnyFunction>)[name]!(...(args as never[]))
      : drive(operate(name, args, site)),

  // Elements and properties.
  get: get as typeof get,
  set: set as typeof set,
  /** Reads an element whose key may be the name of an accessor. */
  element(object: unknown, key: PropertyKey, site: number): unknown {
    hooks.g = false;
    const twin = typeof key !== 'number' && properties.has(key) ? accessorOf(object, key, 'get') : undefined;
    if (twin === undefined) {
      const value = get(object, key, site);
      // What reads it may have run instrumented code.
      hooks.g = false;
      return value;
    }
    hooks.g = true;
    return Reflect.apply(twin, object, []);
  },
  /** Writes such an element. */
  assign(object: unknown, key: PropertyKey, value: unknown, site: number): unknown {
    hooks.g = false;
    const twin = typeof key !== 'number' && properties.has(key) ? accessorOf(object, key, 'set') : undefined;
    if (twin === undefined) {
      if (proxies.has(object as object)) (object as Record<PropertyKey, unknown>)[key] = value;
      else set(object, key, value, site);
      hooks.g = false;
      return value;
    }
    hooks.g = true;
    return writeThrough(twin, object, value);
  },
  read(object: object, name: string): unknown {
    const twin = properties.has(name) ? accessorOf(object, name, 'get') : undefined;
    const value: unknown =
      twin === undefined ? (object as Record<string, unknown>)[name] : Reflect.apply(twin, object, []);
    hooks.g = twin !== undefined;
    return value;
  },
  write(object: object, name: string, value: unknown): unknown {
    const twin = properties.has(name) ? accessorOf(object, name, 'set') : undefined;
    if (twin !== undefined) {
      hooks.g = true;
      return writeThrough(twin, object, value);
    }
    const thread = x.current;
    if (thread !== undefined && (proxies.has(object) || !Object.is((object as Record<string, unknown>)[name], value)))
      thread.touches++;
    (object as Record<string, unknown>)[name] = value;
    hooks.g = false;
    return value;
  },
  changed<T>(before: unknown, after: T): T {
    if (x.current !== undefined && !Object.is(before, after)) x.current.touches++;
    return after;
  },
  touch(): void {
    if (x.current !== undefined) x.current.touches++;
  },
  unshared(object: unknown, site: number): unknown {
    if (x.current !== undefined && isWatched(object)) {
      fail('unsupported', 'an assignment to shared memory in a pattern; assign the elements one by one', { site });
    }
    return object;
  },

  // Calls.
  call: (fn: unknown, ...args: unknown[]): unknown => invoke(fn, undefined, args),
  /** Reads a method; `invoke` then gets the object from `o`. */
  at(object: unknown, name: PropertyKey, site?: number): unknown {
    const mayTouch = site !== undefined && (ArrayBuffer.isView(object) || typeof object === 'function');
    if (mayTouch && x.current !== undefined) x.current.site = site;
    const method = (object as Record<PropertyKey, unknown>)[name];
    hooks.o = object;
    called = name;
    return method;
  },
  /** Calls a function where nothing can be suspended. */
  plainly: (fn: unknown, self: unknown, ...args: unknown[]): unknown =>
    Reflect.apply(fn as AnyFunction, self, args as never[]),
  tag: (fn: unknown, self: unknown, template: readonly unknown[]): unknown =>
    Reflect.apply(fn as AnyFunction, self, template as never[]),
  template: (strings: TemplateStringsArray, ...values: unknown[]): unknown[] => [strings, ...values],
  proxy(target: object, handler: ProxyHandler<object>): object {
    const made = new Proxy(target, handler);
    proxies.add(made);
    return made;
  },
  invoke: (fn: unknown, self: unknown, ...args: unknown[]): unknown => invoke(fn, self, args, called),
  construct(Class: unknown, ...args: unknown[]): unknown {
    hooks.g = false;
    if (typeof Class !== 'function') throw new TypeError(`${describe(Class)} is not a constructor`);
    const body = bodyOf(Class as Instrumented);
    if (body !== undefined) {
      const made = Reflect.construct(Class, [BARE]) as object;
      hooks.g = true;
      return initialise(
        made,
        aim(Class, () => Reflect.apply(body, made, args as never[])),
      );
    }
    const twin = Object.hasOwn(Class, 'prototype') ? twinOf(Class) : undefined;
    if (twin !== undefined) {
      const { prototype } = Class as { prototype: unknown };
      const made = Object.create((typeof prototype === 'object' && prototype) || Object.prototype) as object;
      hooks.g = true;
      return initialise(
        made,
        aim(Class, () => Reflect.apply(twin, made, args as never[])),
      );
    }
    if (Class === Proxy) return hooks.proxy(args[0] as object, args[1] as ProxyHandler<object>);
    if (x.current === undefined) {
      const made: unknown = Reflect.construct(Class, args);
      hooks.g = false;
      return withoutHooks(made);
    }
    if (Class === SharedArrayBuffer && args.length === 1) return x.memory.allocate(Number(args[0]));
    if (Class === ModelPromise && args.length > 0) {
      hooks.g = true;
      return newPromise(args[0] as AnyFunction);
    }
    if (isWatched(args[0])) accessAll(args[0], false);
    const made: unknown = Reflect.construct(Class, args);
    hooks.g = false;
    return withoutHooks(made);
  },
  callAsync: startAsync as typeof startAsync,

  // Functions and their generators.
  drive: drive as typeof drive,
  driveAsync: driveAsyncNow as typeof driveAsyncNow,

  // Generators, async functions, iteration.
  give: (value: unknown): Given => new Given(value),
  delegate: delegate as typeof delegate,
  await: (value: unknown): Awaited => new Awaited(value),
  /** Begins a `for … of`. */
  iterate(iterable: Iterable<unknown>): unknown {
    const begun = iterate(iterable);
    hooks.g = Symbol.iterator in begun;
    return begun;
  },
  iterateAsync(iterable: Iterable<unknown>): unknown {
    hooks.g = true;
    return iterateAsync(iterable);
  },
  step(iteration: Iteration): unknown {
    if (twinOf(iteration.next) !== undefined) {
      hooks.g = true;
      return stepOf(iteration);
    }
    const step: unknown = Reflect.apply(iteration.next, iteration.iterator, []);
    hooks.g = false;
    return step;
  },
  isDone: isDone as typeof isDone,
  thrown: thrown as typeof thrown,
  close: close as typeof close,
  closeAsync: closeAsync as typeof closeAsync,
  /** Notes that a view is read, element by element, by what takes it apart. */
  spread<T>(values: T): T {
    observe(values);
    return values;
  },
  /** Gives what is spread. */
  unroll: (values: unknown): unknown => hooks.take(values, -1),
  /** Gives the first values of what an array pattern takes apart; all of them where `count` is below 0. */
  take(values: unknown, count: number): unknown {
    hooks.g = iteratesSuspendably(values);
    if (hooks.g) return collect(values as Iterable<unknown>, count);
    observe(values);
    return values;
  },

  // Loops.
  loop: (site: number): LoopState | undefined => startLoop(site),
  round: (loop: LoopState | undefined, ...carried: unknown[]): boolean => startRound(loop, carried),
  exit: (loop: LoopState | undefined): void => endLoop(loop),

  caught: rethrowStop as typeof rethrowStop,

  /** What `Promise` means. */
  get Promise(): PromiseConstructor {
    return x.current === undefined ? Promise : (ModelPromise as unknown as PromiseConstructor);
  },
};

// The printed code calls these too.
Object.assign(hooks, functionHooks, disposal);

let called: PropertyKey = '';
const proxies = new WeakSet<object>();

function describe(value: unknown): string {
  return typeof value === 'symbol'
    ? value.toString()
    : typeof value === 'object' && value !== null
      ? 'an object'
      : String(value);
}

/** Finds the body of a constructor that was split, or undefined. */
function bodyOf(Class: Instrumented): Twin | undefined {
  for (let owner = Class; typeof owner === 'function'; owner = Object.getPrototypeOf(owner) as Instrumented) {
    const body = owner[BODY];
    // A proxy, or a class that is not instrumented, shows that of another.
    if (body?.of !== owner) return undefined;
    if (body.twin !== undefined) return body.twin;
  }
  return undefined;
}

function* initialise(made: object, body: Generating): Generating {
  const result = yield* body;
  return (typeof result === 'object' && result !== null) || typeof result === 'function' ? result : made;
}

/** Lets an error's stack begin where the source makes it. */
function withoutHooks(made: unknown): unknown {
  if (made instanceof Error && 'captureStackTrace' in Error) Error.captureStackTrace(made, hooks.construct);
  return made;
}

function* newPromise(executor: AnyFunction): Generating {
  if (typeof executor !== 'function') throw new TypeError(`Promise resolver ${describe(executor)} is not a function`);
  const promise = new ModelPromise();
  const { resolve, reject } = resolversOf(promise);
  try {
    yield* callAny(executor, undefined, [resolve, reject]);
  } catch (error) {
    rethrowStop(error);
    reject(error);
  }
  return promise;
}

function* writeThrough(twin: Twin, object: unknown, value: unknown): Generating {
  yield* Reflect.apply(twin, object, [value] as never[]);
  return value;
}

function accessorOf(object: unknown, name: PropertyKey, kind: 'get' | 'set'): Twin | undefined {
  if (object === null || object === undefined) return undefined;
  for (
    let owner: object | null = Object(object) as object;
    owner !== null;
    owner = Object.getPrototypeOf(owner) as object | null
  ) {
    if (proxies.has(owner)) return undefined;
    const descriptor = Object.getOwnPropertyDescriptor(owner, name);
    if (descriptor !== undefined) return twinOf(descriptor[kind]);
  }
  return undefined;
}
