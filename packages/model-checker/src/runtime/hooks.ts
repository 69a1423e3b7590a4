// What instrumented code calls. `$rt.g` says whether the last call returned a generator that
// has to be run, or the value itself.

import { COMPARE_EXCHANGE, LOAD, NOTIFY, STORE, UPDATE, WAIT_ASYNC } from '../engine/kinds.ts';
import { concernsModel, perform, performNow, propose } from '../engine/operations.ts';
import { fail, x } from '../engine/state.ts';
import { endLoop, startLoop, startRound, type LoopState } from '../engine/spin.ts';
import { accessAll, get, set } from './access.ts';
import { Awaited, callAsync, driveAsync } from './agent.ts';
import { countOf, operate } from './atomics.ts';
import { elements, Given, isWatched, ModelGenerator } from './iteration.ts';
import { callNative, type NativeCall } from './natives.ts';
import { callAny, ModelPromise } from './promise.ts';
import { properties } from './properties.ts';
import { registerSites } from './sites.ts';
import { rethrowStop } from './stop.ts';
import { BODY, drive, LEAF, SELF, TWIN, type Instrumented, type Twin } from './twins.ts';

type AnyFunction = (...args: never[]) => unknown;
type Generating = Generator<unknown, unknown, unknown>;

const native: NativeCall = { generator: undefined, value: undefined };
const BARE = Symbol('model-checker.bare');
/** The kind of an operation that has been done already. */
const DONE = 0;
let direct: unknown;

/** Proposes an operation; one that concerns no shared memory of the model is done at once. */
function proposeOrDo(kind: number, view: unknown, index: unknown, operand: unknown, operand2: unknown, site: number): boolean {
  if (concernsModel(kind, view, index)) return propose(kind, view, index as number, operand, operand2, site);
  direct = performNow(kind, view as never, index as number, operand, operand2);
  if (x.current !== undefined) x.current.kind = DONE;
  return false;
}

/** Calls a function; a generator is returned where it may have to be suspended. */
function invoke(fn: unknown, self: unknown, args: unknown[], name: string): unknown {
  if (typeof fn !== 'function') throw new TypeError(`${name} is not a function`);
  const instrumented = fn as Instrumented;
  const twin = instrumented[TWIN];
  if (twin !== undefined) {
    hooks.g = true;
    return Reflect.apply(twin, SELF in instrumented ? instrumented[SELF] : self, args);
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

function link(fn: Instrumented, twin: Twin): Instrumented {
  fn[TWIN] = twin;
  return fn;
}

function asyncTwin(twin: Twin): Twin {
  return function (this: unknown, ...args: never[]): Generating {
    const generator = Reflect.apply(twin, this, args) as Generating;
    // Outside of a model the engine's promises do.
    return x.current === undefined ? outside(generator) : callAsync(generator);
  };
}

// eslint-disable-next-line require-yield
function* outside(generator: Generating): Generating {
  return driveAsync(generator);
}

interface Member {
  readonly 0: boolean;
  readonly 1: PropertyKey;
  readonly 2: string;
  readonly 3: 'method' | 'async' | 'generator' | 'get' | 'set' | 'constructor';
}

/** The object `$rt` of instrumented code. */
export const hooks = {
  /** Whether the last call returned a generator. */
  g: false as boolean,
  BARE: BARE as symbol,

  // Modules.
  module(file: string, table: readonly (readonly [number, number, string])[], flags: Record<string, (is: boolean) => void>): number {
    for (const [name, flag] of Object.entries(flags)) properties.watch(name, flag);
    return registerSites(file, table);
  },

  // Operations of Atomics.
  load: (view: unknown, index: unknown, site: number): boolean => proposeOrDo(LOAD, view, index, undefined, undefined, site),
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
  wait: (view: unknown, index: unknown, value: unknown, timeout: unknown, site: number): Generating =>
    operate('wait', [view, index, value, timeout], site),
  immediate: (name: string, site: number, ...args: unknown[]): unknown =>
    x.current === undefined
      ? (Atomics as unknown as Record<string, AnyFunction>)[name]!(...(args as never[]))
      : drive(operate(name, args, site)),

  // Elements and properties.
  get: get as typeof get,
  set: set as typeof set,
  read(object: object, name: string): unknown {
    hooks.g = false;
    const twin = properties.has(name) ? accessorOf(object, name, 'get') : undefined;
    if (twin === undefined) return (object as Record<string, unknown>)[name];
    hooks.g = true;
    return Reflect.apply(twin, object, []);
  },
  write(object: object, name: string, value: unknown): unknown {
    hooks.g = false;
    const twin = properties.has(name) ? accessorOf(object, name, 'set') : undefined;
    if (twin !== undefined) {
      hooks.g = true;
      return Reflect.apply(twin, object, [value] as never[]);
    }
    const thread = x.current;
    if (thread !== undefined && !Object.is((object as Record<string, unknown>)[name], value)) thread.touches++;
    (object as Record<string, unknown>)[name] = value;
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
  call: (fn: unknown, ...args: unknown[]): unknown => invoke(fn, undefined, args, 'the value'),
  method(object: unknown, name: PropertyKey, ...args: unknown[]): unknown {
    const fn = (object as Record<PropertyKey, unknown>)[name];
    return invoke(fn, object, args, String(name));
  },
  invoke: (fn: unknown, self: unknown, ...args: unknown[]): unknown => invoke(fn, self, args, 'the value'),
  construct(Class: unknown, ...args: unknown[]): unknown {
    hooks.g = false;
    const body = Object.hasOwn(Class as object, BODY) ? (Class as Instrumented)[BODY] : undefined;
    if (body !== undefined) {
      const made = Reflect.construct(Class as AnyFunction, [BARE]) as Record<string, Twin>;
      hooks.g = true;
      return initialise(made, body, args);
    }
    if (x.current === undefined) return Reflect.construct(Class as AnyFunction, args) as unknown;
    hooks.g = false;
    if (Class === SharedArrayBuffer && args.length === 1) return x.memory.allocate(Number(args[0]));
    if (Class === ModelPromise && args.length > 0) {
      hooks.g = true;
      return newPromise(args[0] as AnyFunction);
    }
    if (isWatched(args[0])) accessAll(args[0], false);
    const made: unknown = Reflect.construct(Class as AnyFunction, args);
    hooks.g = false;
    return made;
  },
  callAsync: (generator: Generating): Generating => (x.current === undefined ? outside(generator) : callAsync(generator)),

  // Functions and their generators.
  drive: drive as typeof drive,
  driveAsync: (generator: Generating): unknown =>
    x.current === undefined ? driveAsync(generator) : drive(callAsync(generator)),
  generator: (generator: Generating): ModelGenerator => new ModelGenerator(generator),
  link: link as typeof link,
  linkAsync: (fn: Instrumented, twin: Twin): Instrumented => link(fn, asyncTwin(twin)),
  leaf<F extends Instrumented>(fn: F): F {
    fn[LEAF] = true;
    return fn;
  },
  function(twin: Twin): AnyFunction {
    const fn = function (this: unknown, ...args: never[]): unknown {
      return drive(Reflect.apply(twin, this, args));
    };
    return link(fn as AnyFunction, twin);
  },
  arrow(twin: Twin, self: unknown): AnyFunction {
    const fn: Instrumented = (...args) => drive(Reflect.apply(twin, self, args));
    fn[SELF] = self;
    return link(fn, twin);
  },
  asyncFunction(twin: Twin): AnyFunction {
    const fn = function (this: unknown, ...args: never[]): unknown {
      return hooks.driveAsync(Reflect.apply(twin, this, args));
    };
    return link(fn as AnyFunction, asyncTwin(twin));
  },
  asyncArrow(twin: Twin, self: unknown): AnyFunction {
    const fn: Instrumented = (...args) => hooks.driveAsync(Reflect.apply(twin, self, args));
    fn[SELF] = self;
    return link(fn, asyncTwin(twin));
  },
  generatorFunction(twin: Twin): AnyFunction {
    const fn = function (this: unknown, ...args: never[]): unknown {
      return new ModelGenerator(Reflect.apply(twin, this, args));
    };
    return hooks.leaf(fn as AnyFunction);
  },
  members(Class: Instrumented & { prototype: object }, ...members: Member[]): void {
    for (const { 0: isStatic, 1: name, 2: twinName, 3: kind } of members) {
      const owner = (isStatic ? Class : Class.prototype) as Record<PropertyKey, unknown>;
      const twin = owner[twinName] as Twin;
      if (kind === 'constructor') {
        Class[BODY] = twinName;
        continue;
      }
      const descriptor = Object.getOwnPropertyDescriptor(owner, name)!;
      if (kind === 'get' || kind === 'set') {
        link(descriptor[kind] as Instrumented, twin);
        properties.add(String(name));
      } else if (kind === 'generator') hooks.leaf(descriptor.value as Instrumented);
      else link(descriptor.value as Instrumented, kind === 'async' ? asyncTwin(twin) : twin);
    }
  },
  literal(object: object, ...accessors: (readonly [string, 'get' | 'set', Twin])[]): object {
    for (const [name, kind, twin] of accessors) {
      link(Object.getOwnPropertyDescriptor(object, name)![kind] as Instrumented, twin);
      properties.add(name);
    }
    return object;
  },
  driveAccessor(object: object, name: string, kind: 'get' | 'set', ...args: unknown[]): unknown {
    return drive(Reflect.apply(accessorOf(object, name, kind)!, object, args as never[]));
  },

  // Generators, async functions, iteration.
  give: (value: unknown): Given => new Given(value),
  *delegate(iterable: Iterable<unknown>): Generating {
    const iterator = hooks.iterator(iterable);
    for (;;) {
      const step = (yield* stepOf(iterator)) as IteratorResult<unknown>;
      if (step.done === true) return step.value;
      yield new Given(step.value);
    }
  },
  await: (value: unknown): Awaited => new Awaited(value),
  iterator(iterable: Iterable<unknown>): Iterator<unknown> {
    if (x.current !== undefined && isWatched(iterable)) return elements(iterable);
    return iterable[Symbol.iterator]();
  },
  next(iterator: Iterator<unknown>): unknown {
    if (iterator instanceof ModelGenerator || (iterator.next as Instrumented)[TWIN] !== undefined) {
      return invoke(iterator.next, iterator, [], 'next');
    }
    const step = iterator.next();
    hooks.g = false;
    return step;
  },
  spread<T>(values: T): T {
    if (x.current !== undefined && isWatched(values)) accessAll(values, false);
    return values;
  },

  // Loops.
  loop: (site: number): LoopState | undefined => startLoop(site),
  round: (loop: LoopState | undefined, ...carried: unknown[]): boolean => startRound(loop, carried),
  exit: (loop: LoopState | undefined): void => endLoop(loop),

  // Disposal.
  use<T>(stack: unknown[], value: T): T {
    if (value !== null && value !== undefined) {
      if (typeof (value as Partial<Disposable>)[Symbol.dispose] !== 'function') {
        throw new TypeError('a value declared with using has no Symbol.dispose method');
      }
      stack.push(value);
    }
    return value;
  },
  failed(stack: unknown[], error: unknown): void {
    rethrowStop(error);
    stack.push({ error });
  },
  *dispose(stack: unknown[]): Generator<unknown, void, unknown> {
    const last = stack.at(-1) as { error?: unknown } | undefined;
    let failure = last !== undefined && !(Symbol.dispose in last) ? (stack.pop() as { error: unknown }) : undefined;
    for (const resource of (stack as Disposable[]).toReversed()) {
      try {
        yield* callAny(resource[Symbol.dispose] as AnyFunction, resource, []);
      } catch (error) {
        rethrowStop(error);
        failure = { error };
      }
    }
    if (failure !== undefined) throw failure.error as Error;
  },
  caught: rethrowStop as typeof rethrowStop,

  /** What `Promise` means. */
  get Promise(): PromiseConstructor {
    return x.current === undefined ? Promise : (ModelPromise as unknown as PromiseConstructor);
  },
};

function* initialise(made: Record<string, Twin>, body: string, args: unknown[]): Generating {
  yield* Reflect.apply(made[body]!, made, args as never[]);
  return made;
}

function* newPromise(executor: AnyFunction): Generating {
  const promise = new ModelPromise();
  let settled = false;
  const once = (settle: (value: unknown) => void) => (value?: unknown) => {
    if (!settled) {
      settled = true;
      settle(value);
    }
  };
  const reject = once((reason) => promise.reject(reason));
  try {
    yield* callAny(executor, undefined, [once((value) => promise.resolve(value)), reject]);
  } catch (error) {
    rethrowStop(error);
    reject(error);
  }
  return promise;
}

function* stepOf(iterator: Iterator<unknown>): Generating {
  const step = hooks.next(iterator);
  return hooks.g ? yield* step as Generating : step;
}

function accessorOf(object: object, name: string, kind: 'get' | 'set'): Twin | undefined {
  for (let owner: object | null = Object(object) as object; owner !== null; owner = Object.getPrototypeOf(owner) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name);
    if (descriptor !== undefined) return (descriptor[kind] as Instrumented | undefined)?.[TWIN];
  }
  return undefined;
}
