// The world that a random program runs in: twice, once as the generator function that it is, in one go, and once as the
// machine that was made of it, with its frame copied between every two polls. What is waited for takes several polls, most
// of them for nothing, in the second case.

import { compileFunction, runInThisContext } from 'node:vm';
import { Pending } from '@concurrency-lab/mini-exec';
import { compileMachines } from '../../src/compiler/compile.ts';

/** Is what a run comes to, and what it did on the way. */
export interface Outcome {
  readonly end: unknown;
  readonly trace: readonly unknown[];
}

/** Is what programs throw, and children. */
class Failure extends Error {
  readonly n: unknown;
  constructor(n: unknown) {
    super(`failure ${String(n)}`);
    this.n = n;
  }
}

const MOST_TICKS = 60;
const MOST_POLLS = 5000;
const MOST_TRACES = 10_000;
const MOST_TIME = 60_000;

class World {
  readonly trace: unknown[] = [];
  #ticks = 0;
  #turns = 0;
  readonly #children: unknown[] = [];

  /** Gives what the program refers to. */
  get globals(): Readonly<Record<string, unknown>> {
    return {
      Failure,
      trace: (value: unknown) => {
        if (this.trace.length < MOST_TRACES) this.trace.push(structuredClone(value));
      },
      tick: () => {
        if (++this.#ticks > MOST_TICKS) throw new Failure('too many turns');
        return true;
      },
      ready: (turns: number) => ++this.#turns > turns && ((this.#turns = 0), true),
      id: (value: unknown) => value,
      add: (...values: number[]) => values.reduce((x, y) => x + y, 0),
      math: { add: (...values: number[]) => values.reduce((x, y) => x + 2 * y, 0) },
    };
  }

  spawn(value: unknown): number {
    this.trace.push(['spawn', value]);
    return this.#children.push(value) - 1;
  }

  /** Tells how a child ends: most come to a number, some throw. */
  endOf(child: number): unknown {
    const value = this.#children[child];
    if (typeof value !== 'number' || Number.isNaN(value)) return child;
    if (value % 13 === 5) throw new Failure(value);
    return value % 11;
  }
}

/** Is a generator function of a program, or a machine. */
type Made = (cx: object, ...args: unknown[]) => Generator<never, unknown, unknown>;
interface Program {
  readonly frame: object;
  begin?(frame: object, ...args: unknown[]): void;
  poll(frame: object, cx: object): unknown;
}

const HEAD = "import { machine } from '@concurrency-lab/runtime';\n";

/** Gives the source of a module with one machine, whose body is given; `outside` stands before the machine. */
export function moduleOf(body: string, params = 'cx, a, b, list', outside = ''): string {
  return `${HEAD}${outside} export const made = machine(meta, 'made', function* (${params}) {\n${body}\n});\n`;
}

function evaluate(code: string, globals: Readonly<Record<string, unknown>>): unknown {
  const script = code.replace(/^import .*$/gm, '').replace('export const made =', 'return');
  const names = {
    ...globals,
    machine: (_: unknown, __: unknown, given: unknown) => given,
    meta: {},
    _Pending: Pending,
  };
  const run = compileFunction(`"use strict";${script}`, Object.keys(names)) as (...values: unknown[]) => unknown;
  return run(...Object.values(names));
}

/** Runs what may hang where it is wrong, in a catch block even: only this stops that. */
function stoppable(run: () => unknown): unknown {
  const key = 'running the program';
  const there = globalThis as unknown as Record<string, unknown>;
  there[key] = run;
  try {
    return runInThisContext(`globalThis[${JSON.stringify(key)}]()`, { timeout: MOST_TIME });
  } finally {
    delete there[key];
  }
}

/** Runs a program both ways, which must wait; `outside` stands before the machine. */
export async function runBoth(
  body: string,
  outside?: string,
): Promise<{ readonly native: Outcome; readonly compiled: Outcome }> {
  const args = [3, 4, [5, 6]];
  const code = moduleOf(body, undefined, outside);
  const { polls, ...compiled } = await runCompiled(code, args);
  if (polls < 2) throw new Error('it does not wait');
  return { native: runNative(code, args), compiled };
}

/** Gives the fields of the frame that a module's machine is compiled to. */
export async function fieldsOf(code: string): Promise<string[]> {
  const compiled = await compileMachines(code, { filename: 'program.js' });
  return Object.keys((evaluate(compiled.code, new World().globals) as Program).frame);
}

function outcomeOf(world: World, run: () => unknown): Outcome {
  let end: unknown;
  try {
    end = { value: structuredClone(stoppable(run)) };
  } catch (error) {
    end = { error: error instanceof Error ? error.message : error };
  }
  return { end, trace: world.trace };
}

const once = (give: () => unknown): Iterable<never> => ({
  // oxlint-disable-next-line require-yield -- it is what waits without waiting
  *[Symbol.iterator]() {
    return give();
  },
});

/** Runs a module's machine as the generator function that it is. */
export function runNative(code: string, args: readonly unknown[]): Outcome {
  const world = new World();
  const { globals } = world;
  const made = evaluate(code, globals) as Made;
  const cx = {
    now: () => 0,
    spawn: (value: unknown) => world.spawn(value),
    join: (child: number) => once(() => world.endOf(child)),
    yieldNow: () => once(() => undefined),
    sleep: (ms: number) => once(() => void world.trace.push(['slept until', ms])),
    sleepUntil: (time: number) => once(() => void world.trace.push(['slept until', time])),
    until: (condition: () => boolean) =>
      once(() => {
        while (!condition());
      }),
  };
  return outcomeOf(world, () => {
    const { value, done } = made(cx, ...structuredClone(args)).next();
    if (done !== true) throw new Error('something was yielded');
    return value;
  });
}

/** Runs what was compiled of a module's machine, poll by poll. */
export async function runCompiled(
  code: string,
  args: readonly unknown[],
): Promise<Outcome & { readonly polls: number }> {
  const compiled = await compileMachines(code, { filename: 'program.js' });
  const world = new World();
  const program = evaluate(compiled.code, world.globals) as Program;
  let waited = 0;
  const isEarly = (): boolean => ++waited % 3 !== 0;
  let polls = 0;
  const outcome = outcomeOf(world, () => {
    let frame = structuredClone(program.frame);
    program.begin?.(frame, ...structuredClone(args));
    while (polls++ < MOST_POLLS) {
      let isOver = false;
      const during = <Value>(value: Value): Value => {
        if (isOver) throw new Error('the context of an earlier poll was used');
        return value;
      };
      const polled = program.poll(frame, {
        now: () => during(0),
        spawn: (value: unknown) => during(world.spawn(value)),
        join: (child: number) => during(isEarly() ? Pending : world.endOf(child)),
        yieldNow: () => during(Pending),
        sleepUntil: (time: number) => during(isEarly() ? Pending : void world.trace.push(['slept until', time])),
      });
      isOver = true;
      if (polled !== Pending) return polled;
      frame = structuredClone(frame); // nothing else of it goes on
    }
    throw new Error('polled too often');
  });
  return { ...outcome, polls };
}
