// What the compiler finds, refuses, and maps; and machines that it has made, on real workers.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError } from '@concurrency-lab/atomics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileFiles, compileMachines, MachineCompileError } from '../src/compiler/index.ts';
import { machine, type Runtime } from '../src/index.ts';
import { builder, errorOf } from './runtimes.ts';
import { moduleOf } from './compiler/world.ts';
import type * as Generators from './tasks/generators.mjs';
import { FIRST, FLAG, HANDLE, hold, HOLDING, meet, MET, RELEASE } from './tasks/machines.mjs';
import { until } from './words.ts';

const folder = fileURLToPath(new URL(`../.vitest/compiled-${process.pid}`, import.meta.url));
const source = fileURLToPath(new URL('tasks/generators.mjs', import.meta.url));
let tasks: typeof Generators;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  const file = `${folder}/generators.mjs`;
  writeFileSync(file, readFileSync(source, 'utf8').replaceAll("'./", "'../../test/tasks/"));
  expect(await compileFiles([folder])).toEqual([{ file, machines: 8 }]);
  tasks = (await import(file)) as typeof Generators;
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([1, 2])('with %s workers, a compiled machine', (workers) => {
  let rt: Runtime;
  beforeAll(() => {
    rt = builder(workers).unhandledPanic('ignore').build();
  });
  afterAll(() => rt.shutdown());

  it('joins what it spawns', async () => {
    await expect(rt.spawn(tasks.fibonacci, 12)).resolves.toBe(144);
  });

  it('waits for everything, in loops and try statements, many at a time', async () => {
    const handles = Array.from({ length: 50 }, (_, i) => rt.spawn(tasks.everyWait, i));
    const expected = Array.from({ length: 50 }, (_, i) => ({ sum: 2 * i + 16 + 400 + 3, failed: 'JoinError' }));
    expect(await Promise.all(handles)).toEqual(expected);
  });

  it('joins what has to be fetched', async () => {
    await expect(rt.spawn(tasks.joinLarge)).resolves.toBe(3);
  });

  it('keeps eleven numbers', async () => {
    await expect(rt.spawn(tasks.keepNumbers)).resolves.toEqual([100, 11, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('fails with the names of its locals when they do not fit', async () => {
    const error = (await errorOf(rt.spawn(tasks.keepMuch, 'x'.repeat(90)))) as Error;
    expect(error.cause).toMatchObject({ name: 'InvalidArgumentError' });
    expect((error.cause as Error).message).toMatch(/96 bytes; text, other, \$at take 1\d\d$/);
    await expect(rt.spawn(tasks.keepMuch, 'short')).resolves.toBe('short5');
  });

  it('throws after a wait', async () => {
    const error = (await errorOf(rt.spawn(tasks.throwLater))) as Error;
    expect(error.cause).toMatchObject({ name: 'RangeError', message: 'after a wait' });
  });
});

it('is woken by a task', async () => {
  await using rt = builder(1).build();
  await expect(rt.spawn(tasks.wokenByTask)).resolves.toBe('woken');
});

describe('a compiled machine that waits', () => {
  it('moves to the worker that has time', async () => {
    await using rt = builder(2).build();
    const words = new Int32Array(new SharedArrayBuffer(64));
    while (Atomics.load(words, MET) < 2) await Promise.all([rt.spawn(meet, words, 2), rt.spawn(meet, words, 2)]);
    const moving = rt.spawn(tasks.waitForFlag);
    const waker = (await until(words, HANDLE, (handle) => handle !== 0)) - 1;
    const first = Atomics.load(words, FIRST);
    const other = 3 - first;
    const release = (worker: number): void => {
      Atomics.store(words, RELEASE + worker, 1);
      Atomics.notify(words, RELEASE + worker);
    };
    const holding = [rt.spawn(hold), rt.spawn(hold)];
    await until(words, HOLDING, (count) => count === 2); // both workers are occupied
    Atomics.store(words, FLAG, 1);
    rt.wakeMachine(waker);
    release(other);
    await expect(moving).resolves.toEqual([first, other]);
    release(first);
    await Promise.all(holding);
  });
});

it('is refused where it was not compiled', () => {
  const define = (): unknown =>
    machine(import.meta, 'raw', function* (cx) {
      yield* cx.yieldNow();
    });
  expect(define).toThrow(InvalidArgumentError);
  expect(define).toThrow(/"raw".*compile-machines/);
});

describe('the compiler finds machines', () => {
  const generator = 'function* (cx) { yield* cx.yieldNow(); }';
  it.each<[string, string]>([
    ['by name', `import { machine } from '@concurrency-lab/runtime'; machine(m, 'x', ${generator});`],
    ['by another name', `import { machine as other } from '@concurrency-lab/runtime'; other(m, 'x', ${generator});`],
    ['in the namespace', `import * as rt from '@concurrency-lab/runtime'; rt.machine(m, 'x', ${generator});`],
    [
      'by a name that is quoted',
      `import { 'machine' as m1 } from '@concurrency-lab/runtime'; m1(m, 'x', ${generator});`,
    ],
    [
      'within a function',
      `import { machine } from '@concurrency-lab/runtime'; const make = (n) => machine(m, n, ${generator});`,
    ],
  ])('%s', async (_, code) => {
    const { code: made, machines } = await compileMachines(code);
    expect(machines).toBe(1);
    expect(made).toContain('frame:');
    expect(made).not.toContain('function*');
    expect(await compileMachines(made)).toEqual({ code: made, map: undefined, machines: 0 });
  });

  it.each<[string, string]>([
    ['of another package', `import { machine } from '@concurrency-lab/runtime2'; machine(m, 'x', ${generator});`],
    ['that nobody imported', `import { task } from '@concurrency-lab/runtime'; machine(m, 'x', ${generator});`],
    [
      'of a type',
      `import { machine } from '@concurrency-lab/runtime'; { const machine = Array; machine(m, 'x', ${generator}); }`,
    ],
    [
      'that are programs',
      `import { machine } from '@concurrency-lab/runtime'; machine(m, 'x', { frame: {}, poll: function () {} });`,
    ],
    [
      'that another name stands for',
      `import { task as machine } from '@concurrency-lab/runtime'; machine(m, 'x', ${generator});`,
    ],
    ['of no name', `import machine from '@concurrency-lab/runtime'; machine(m, 'x', ${generator});`],
    ['of a member', `import { rt } from '@concurrency-lab/runtime'; rt.machine(m, 'x', ${generator});`],
    ['of another function', `import * as rt from '@concurrency-lab/runtime'; rt.task(m, 'machine', ${generator});`],
  ])('but not those %s', async (_, code) => {
    expect(await compileMachines(code)).toEqual({ code, map: undefined, machines: 0 });
  });

  it('and names Pending as nothing else is', async () => {
    const code = `import { machine } from '@concurrency-lab/runtime'; const _Pending = 1; machine(m, 'x', ${generator});`;
    expect((await compileMachines(code)).code).toContain('import { Pending as _Pending2 }');
  });
});

describe('the compiler refuses', () => {
  it.each<[string, string, RegExp]>([
    ['a yield that is no wait', 'yield 1;', /^x\.js:3:1: a machine waits by/],
    ['a generator', 'yield* other();', /nothing else; another generator/],
    ['an iterable', 'yield* [1];', /nothing else/],
    ['a method that is no wait', 'yield* cx.now();', /nothing else/],
    ['a wait by a computed name', "yield* cx['join'](1);", /nothing else/],
    ['a wait without its operand', 'yield* cx.join();', /cx\.join\(\) takes one argument/],
    ['a wait with a spread', 'yield* cx.join(...a);', /takes one argument/],
    ['a turn with an operand', 'yield* cx.yieldNow(1);', /takes no argument/],
    ['a condition that is computed', 'yield* cx.until(a());', /until\(\) takes a function/],
    ['a condition that is async', 'yield* cx.until(async () => true);', /not async/],
    [
      'a condition that lives in a local',
      'const c = () => a; yield* cx.until(c);',
      /^x\.js:3:7: c lives across the wait in line 3, and is a function$/,
    ],
    [
      'a wait that is kept',
      'const w = cx.join(1); yield* w;',
      /x\.js:3:11: cx\.join\(\) must stand right behind yield\*/,
    ],
    ['a context that is handed on', 'helper(cx);', /x\.js:3:8: cx is another thing at each poll/],
    ['a context that is assigned to', 'cx = a;', /cannot be assigned to/],
    ['this', 'a(this);', /x\.js:3:3: this is nothing in a machine/],
    ['this in an arrow function', 'a(() => this);', /this is nothing/],
    ['arguments', 'a(arguments);', /arguments is nothing/],
    ['new.target', 'a(new.target);', /new\.target is nothing/],
    ['a generator within', 'a(function* () {});', /a generator within a machine/],
    ['a generator within a function', 'a(() => ({ *all() {} }));', /a generator within a machine/],
    ['a class within', 'class A {} yield* cx.yieldNow();', /a class within a machine/],
    ['a function without a name', 'const f = function () {}; yield* cx.yieldNow(); f();', /f lives across/],
    ['a class without a name', 'const F = class {}; yield* cx.yieldNow(); new F();', /F lives across/],
    [
      'a map of its own kind',
      '{ class Map {} a = Map; } const f = new a(); yield* cx.yieldNow(); f.x();',
      /an instance of a,/,
    ],
    ['using', 'using x = a;', /using cannot be compiled/],
    ['a wait in for...in', 'for (const x in a) yield* cx.sleep(1);', /for\.\.\.in cannot wait/],
    ['a wait in finally', 'try { a(); } finally { yield* cx.sleep(1); }', /^x\.js:3:22: a finally block cannot wait/],
    ['a wait in a default', 'const { x = yield* cx.join(1) } = a;', /a pattern cannot be compiled with a wait/],
    ['a wait in a tag', 'a`${yield* cx.join(1)}`;', /a tagged template expression cannot be compiled with a wait/],
    ['a wait in an optional call', 'a?.(yield* cx.join(1));', /an optional call expression cannot/],
    ['a constant that is assigned to', 'const x = 1; yield* cx.yieldNow(); x = 2;', /x is a constant/],
    [
      'a local that is a function',
      'const f = () => 1; yield* cx.yieldNow(); f();',
      /f lives across the wait in line 3, and is a function/,
    ],
    ['a local function', 'yield* cx.yieldNow(); f(); function f() {}', /f lives across/],
    [
      'an instance',
      'const f = new Foo(); yield* cx.yieldNow(); f.x();',
      /f lives across the wait in line 3, and is an instance of Foo/,
    ],
    ['a promise', 'const f = new Promise(a); yield* cx.yieldNow(); f.x();', /an instance of Promise/],
    [
      'what was caught',
      'try { a(); } catch (e) { yield* cx.yieldNow(); throw e; }',
      /e lives across the wait in line 3, and is what was caught/,
    ],
    [
      'a function that sees a local change',
      'let n = 1; yield* cx.yieldNow(); a(() => n); n++; yield* cx.yieldNow(); a(n);',
      /n lives across a wait, and is assigned to/,
    ],
    [
      'a function that changes a local',
      'let n = 1; yield* cx.yieldNow(); a((x) => { n += x; }); yield* cx.yieldNow(); a(n);',
      /n lives across a wait, and is assigned to/,
    ],
    [
      'a function that sees a loop turn',
      'for (let i = 0; i < 3; i++) { a(() => i); yield* cx.yieldNow(); }',
      /i is another one in each turn/,
    ],
    [
      'a recursive function in a loop',
      'for (;;) { const f = (n) => n && f(n - 1); f(1); yield* cx.yieldNow(); }',
      /f is another one in each turn/,
    ],
    ['a wait in the variable of a loop', 'for (a[yield* cx.join(1)] of a);', /the variable of a loop cannot wait/],
    ['a wait in a pattern that is assigned to', '[a.x = yield* cx.join(1)] = a;', /a pattern cannot be/],
    ['a wait in what is caught', 'try { a(); } catch ({ x = yield* cx.join(1) }) {}', /a pattern cannot be/],
    ['a wait that is assigned at times', 'a.x ||= yield* cx.join(1);', /\|\|= on a property cannot/],
    ['a wait in an optional method call', '(yield* cx.join(1)).x?.(1);', /an optional call expression cannot/],
    [
      'a wait beside a method with a computed name',
      'a = { x: yield* cx.join(1), [a]() {} };',
      /an object expression cannot/,
    ],
    ['an increment of what is waited for', '(yield* cx.join(1)).x++;', /an update expression cannot/],
    ['a function that is computed', '(0, a)(yield* cx.join(1));', /a call expression cannot be compiled with a wait/],
    ['a module that is waited for', 'import(yield* cx.join(1));', /a call expression cannot/],
  ])('%s', async (_, body, message) => {
    const error = await errorOf(compileMachines(moduleOf(body, 'cx, a'), { filename: 'x.js' }));
    expect(error).toBeInstanceOf(MachineCompileError);
    expect((error as Error).message).toMatch(message);
    expect(error).toMatchObject({ code: 'MACHINE_COMPILE', loc: { file: 'x.js', line: 3 } });
  });

  it.each<[string, string, RegExp]>([
    ['an async generator', 'async function* (cx) {}', /x\.js:4:17: an async generator/],
    ['a pattern for the context', 'function* ({ join }) {}', /x\.js:4:28: the first parameter/],
    ['a function that refers to itself', 'function* self(cx) { cx.spawn(self); }', /x\.js:4:47: self is no function/],
    ['a default that takes the context', 'function* (cx, a = cx) {}', /cx is another thing at each poll/],
    ['a function that stands elsewhere', 'elsewhere', /x\.js:4:17: .* must be written in the call/],
    ['a function that is a constant', 'constant', /must be written in the call/],
  ])('%s', async (_, generator, message) => {
    const code = `import { machine } from '@concurrency-lab/runtime';
function* elsewhere(cx) {}
const constant = function* (cx) {};
machine(m, 'x', ${generator});`;
    const error = await errorOf(compileMachines(code, { filename: 'x.js' }));
    expect(error).toBeInstanceOf(MachineCompileError);
    expect((error as Error).message).toMatch(message);
  });
});
