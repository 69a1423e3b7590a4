// The functions that instrumented code makes: a driver, which anybody may call, linked with
// the generator behind it. A driver looks as the function of the source does: its name, its
// length, whether it can be constructed.

import { x } from '../engine/state.ts';
import { callAsync, driveAsync } from './agent.ts';
import { generatorPrototype, makeGenerator, noteGeneratorFunction } from './iteration.ts';
import { properties } from './properties.ts';
import { BODY, drive, LEAF, link, mark, SELF, twinOf, type Instrumented, type Twin } from './twins.ts';

type AnyFunction = (...args: never[]) => unknown;
type Generating = Generator<unknown, unknown, unknown>;

let target: unknown;

/** Makes a generator that finds `new.target` in {@link takeTarget}. */
export function aim(newTarget: unknown, start: () => Generating): Generating {
  target = newTarget;
  try {
    return start();
  } finally {
    target = undefined;
  }
}

/** Gives the `new.target` of the function that is being called. */
export function takeTarget(): unknown {
  return target;
}

/** Runs an async function's generator as a call that may be suspended. */
export function* startAsync(generator: Generating): Generating {
  // Outside of a model the engine's promises do. It shows when the call begins, not when it is made.
  return x.current === undefined ? driveAsync(generator) : yield* callAsync(generator);
}

/** Runs an async function's generator where nothing can be suspended. */
export function driveAsyncNow(generator: Generating): unknown {
  return x.current === undefined ? driveAsync(generator) : drive(callAsync(generator));
}

function asyncTwin(twin: Twin): Twin {
  return function (this: unknown, ...args: never[]): Generating {
    return startAsync(Reflect.apply(twin, this, args));
  };
}

function describe(fn: AnyFunction, name: PropertyKey | undefined, length: number): void {
  if (name !== undefined) {
    const text =
      typeof name === 'symbol' ? (name.description === undefined ? '' : `[${name.description}]`) : String(name);
    if (fn.name !== text) Object.defineProperty(fn, 'name', { value: text, configurable: true });
  }
  if (fn.length !== length) Object.defineProperty(fn, 'length', { value: length, configurable: true });
}

/** Makes the prototype of the generator objects of a function. */
function giveGeneratorPrototype(fn: AnyFunction): void {
  Object.defineProperty(fn, 'prototype', { value: Object.create(generatorPrototype) as unknown, writable: true });
}

/** The part of `$rt` that makes functions. */
export const functionHooks = {
  aim: (newTarget: unknown, start: () => Generating): Generating => aim(newTarget, start),
  target: (): unknown => takeTarget(),
  generator(generator: Generating, newTarget?: unknown, fn?: { prototype?: unknown }, isPrimed?: boolean): object {
    if (newTarget !== undefined) throw new TypeError('a generator function is not a constructor');
    return makeGenerator(generator, fn?.prototype, isPrimed === true);
  },
  link(fn: Instrumented, twin: Twin, length?: number, name?: string): Instrumented {
    if (length !== undefined) describe(fn, name, length);
    return link(fn, twin);
  },
  linkAsync(fn: Instrumented, twin: Twin, length?: number, name?: string): Instrumented {
    if (length !== undefined) describe(fn, name, length);
    return link(fn, asyncTwin(twin));
  },
  linkGenerator(fn: Instrumented, _twin: Twin, length: number, name?: string): void {
    describe(fn, name, length);
    giveGeneratorPrototype(fn);
    noteGeneratorFunction(fn);
    mark(fn, LEAF, true);
  },
  leaf<F extends Instrumented>(fn: F, name?: PropertyKey): F {
    if (name !== undefined) describe(fn, name, fn.length);
    mark(fn, LEAF, true);
    return fn;
  },
  function(twin: Twin, name: PropertyKey, length: number): AnyFunction {
    // Without parameters, for test runners that look at a function's text.
    const fn = function (this: unknown): unknown {
      return drive(aim(new.target, () => Reflect.apply(twin, this, arguments as never)));
    };
    describe(fn, name, length);
    return link(fn, twin);
  },
  /** `isLate` says that `self` is a function that gives `this`, which is not there yet. */
  arrow(twin: Twin, self: unknown, name: PropertyKey, length: number, isLate?: boolean): AnyFunction {
    // Named as most arrow functions are, which spares the naming.
    const holder: { '': Instrumented } = {
      ''(): unknown {
        return drive(Reflect.apply(twin, fn[SELF], arguments as never));
      },
    };
    const fn = holder[''];
    giveSelf(fn, self, isLate);
    describe(fn, name, length);
    return link(fn, twin);
  },
  asyncFunction(twin: Twin, name: PropertyKey, length: number): AnyFunction {
    const { fn } = {
      fn(this: unknown): unknown {
        return driveAsyncNow(Reflect.apply(twin, this, arguments as never));
      },
    };
    describe(fn, name, length);
    return link(fn, asyncTwin(twin));
  },
  asyncArrow(twin: Twin, self: unknown, name: PropertyKey, length: number, isLate?: boolean): AnyFunction {
    const holder: { '': Instrumented } = {
      ''(): unknown {
        return driveAsyncNow(Reflect.apply(twin, fn[SELF], arguments as never));
      },
    };
    const fn = holder[''];
    giveSelf(fn, self, isLate);
    describe(fn, name, length);
    return link(fn, asyncTwin(twin));
  },
  generatorFunction(twin: Twin, name: PropertyKey, length: number, isPrimed?: boolean): AnyFunction {
    const { fn } = {
      fn(this: unknown): unknown {
        return makeGenerator(
          Reflect.apply(twin, this, arguments as never),
          (fn as AnyFunction & { prototype?: unknown }).prototype,
          isPrimed === true,
        );
      },
    };
    giveGeneratorPrototype(fn);
    noteGeneratorFunction(fn);
    describe(fn, name, length);
    mark(fn, LEAF, true);
    return fn;
  },
  /** Binds a function; its generator is bound with it. */
  bind(fn: unknown, ...bound: unknown[]): unknown {
    const { bind } = fn as { bind: unknown };
    const made: unknown = Reflect.apply(bind as AnyFunction, fn, bound as never[]);
    return bind === Function.prototype.bind ? linkBound(fn as AnyFunction, made as AnyFunction, bound) : made;
  },
  /** Makes the function of a private method, the same one each time. */
  privately(twin: Twin, name: string, kind: 'method' | 'async' | 'generator'): AnyFunction {
    let made = privates.get(twin);
    if (made === undefined) {
      made = make(twin, kind, name, twin.length, true);
      privates.set(twin, made);
    }
    return made;
  },
  key: (key: unknown): PropertyKey => (typeof key === 'symbol' ? key : (key as string)),
  members(Class: Instrumented & { prototype: object }, ...members: Member[]): void {
    // Of two members of a name the last one counts.
    for (const [isStatic, name, kind, helper, length] of members.toReversed()) {
      if (kind === 'constructor') {
        mark(Class, BODY, { of: Class, twin: helper });
        if (Class.length !== length) Object.defineProperty(Class, 'length', { value: length, configurable: true });
      } else if (kind === 'inherited') mark(Class, BODY, { of: Class, twin: undefined });
      else install((isStatic === 1 ? Class : Class.prototype) as Owner, name, kind, helper, length);
    }
  },
  literal(object: object, ...members: Member[]): object {
    for (const [, name, kind, helper, length] of members.toReversed())
      install(object as Owner, name, kind, helper, length);
    return object;
  },
};

function giveSelf(fn: Instrumented, self: unknown, isLate: boolean | undefined): void {
  if (isLate === true) Object.defineProperty(fn, SELF, { get: self as () => unknown });
  else mark(fn, SELF, self);
}

/** Links a bound function with the generator of the function that it binds. */
export function linkBound(fn: AnyFunction, made: AnyFunction, [self, ...first]: readonly unknown[]): AnyFunction {
  const twin = twinOf(fn);
  if (twin === undefined) {
    if ((fn as Instrumented)[LEAF] === true) mark(made, LEAF, true);
    return made;
  }
  const inner = SELF in fn ? (fn as Instrumented)[SELF] : self;
  const bound = (...rest: unknown[]): Generating => Reflect.apply(twin, inner, [...first, ...rest] as never[]);
  return link(made, bound);
}

type Owner = Record<PropertyKey, unknown>;
type Kind = 'method' | 'async' | 'generator' | 'get' | 'set' | 'constructor' | 'inherited' | 'leaf';
type Member = readonly [isStatic: number, name: PropertyKey, kind: Kind, helper: string | Twin | 0, length: number];

const GeneratorFunction = Object.getPrototypeOf(function* () {}) as object;

/** Puts a driver where a generator method stands. */
function install(owner: Owner, name: PropertyKey, kind: Kind, helper: string | Twin | 0, length: number): void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  if (kind === 'get' || kind === 'set') {
    const twin = owner[helper as string] as Twin;
    delete owner[helper as string];
    const placed = descriptor?.[kind] as AnyFunction | undefined;
    // A later member of the same name has replaced this one.
    if (placed === undefined || twinOf(placed) !== undefined) return;
    const made = kind === 'get' ? getter(twin) : setter(twin);
    describe(made, placed.name, kind === 'get' ? 0 : 1);
    Object.defineProperty(owner, name, { [kind]: link(made as Instrumented, twin) });
    properties.add(name);
    return;
  }
  const twin = descriptor?.value as Twin | undefined;
  if (kind === 'leaf') {
    if (typeof twin === 'function') mark(twin, LEAF, true);
    return;
  }
  if (typeof twin !== 'function' || Object.getPrototypeOf(twin) !== GeneratorFunction) return;
  Object.defineProperty(owner, name, { value: make(twin, kind as 'method', twin.name, length, helper === 'primed') });
}

const privates = new WeakMap<Twin, AnyFunction>();

function make(
  twin: Twin,
  kind: 'method' | 'async' | 'generator',
  name: string,
  length: number,
  isPrimed: boolean,
): AnyFunction {
  const { asyncFunction, generatorFunction } = functionHooks;
  if (kind === 'generator') return generatorFunction(twin, name, length, isPrimed);
  return (kind === 'async' ? asyncFunction : method)(twin, name, length);
}

function method(twin: Twin, name: PropertyKey, length: number): AnyFunction {
  const { fn } = {
    fn(this: unknown): unknown {
      return drive(Reflect.apply(twin, this, arguments as never));
    },
  };
  describe(fn, name, length);
  return link(fn, twin);
}

function getter(twin: Twin): AnyFunction {
  return Object.getOwnPropertyDescriptor(
    {
      get fn(): unknown {
        return drive(Reflect.apply(twin, this, []));
      },
    },
    'fn',
  )!.get as AnyFunction;
}

function setter(twin: Twin): AnyFunction {
  return Object.getOwnPropertyDescriptor(
    {
      set fn(value: unknown) {
        drive(Reflect.apply(twin, this, [value] as never[]));
      },
    },
    'fn',
  )!.set as AnyFunction;
}
