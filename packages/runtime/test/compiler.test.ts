// What the compiler finds, refuses, and maps; and machines that it has made, on real workers.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError } from '@concurrency-lab/atomics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileFiles, compileMachines, MachineCompileError } from '../src/compiler/index.ts';
import { machine, type Runtime } from '../src/index.ts';
import { builder, errorOf } from './runtimes.ts';
import { moduleOf, runCompiled, runNative } from './compiler/world.ts';
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
    ['a class within', 'class A {} yield* cx.yieldNow();', /a class within a machine/],
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
    ['a list that is iterated, and left', 'for (const x in a) { if (x) continue outer; }', /for\.\.\.in cannot jump/],
  ])('%s', async (_, body, message) => {
    const text = body.includes('continue outer') ? `outer: for (;;) { yield* cx.yieldNow(); ${body} }` : body;
    const error = await errorOf(compileMachines(moduleOf(text, 'cx, a'), { filename: 'x.js' }));
    expect(error).toBeInstanceOf(MachineCompileError);
    expect((error as Error).message).toMatch(message);
    expect(error).toMatchObject({ code: 'MACHINE_COMPILE', loc: { file: 'x.js', line: 3 } });
  });

  it.each<[string, string]>([
    ['an async generator', 'async function* (cx) {}'],
    ['a pattern for the context', 'function* ({ join }) {}'],
    ['a function that refers to itself', 'function* self(cx) { cx.spawn(self); }'],
    ['a default that waits', 'function* (cx, a = cx) {}'],
    ['a function that stands elsewhere', 'elsewhere'],
  ])('%s', async (_, generator) => {
    const code = `import { machine } from '@concurrency-lab/runtime';\nfunction* elsewhere(cx) {}\nmachine(m, 'x', ${generator});`;
    expect(await errorOf(compileMachines(code))).toBeInstanceOf(MachineCompileError);
  });
});

describe('a compiled machine does the same with', () => {
  it.each<[string, string]>([
    [
      'shadowed names',
      'let x = 1; { let x = 2; yield* cx.yieldNow(); trace(x); } trace(x); { const a = 5; yield* cx.yieldNow(); trace(a); } trace(a);',
    ],
    [
      'a name that is outside, too',
      'trace(add(1, 2)); { const add = 5; yield* cx.yieldNow(); trace(add); } trace(add(3, 4));',
    ],
    [
      'var',
      'trace(x); yield* cx.yieldNow(); trace(x); for (var i = 0; i < 2; i++) { var x = i; yield* cx.yieldNow(); } trace(x + i); if (a) { var y = 3; } trace(y);',
    ],
    [
      'a let that is undefined again in each turn',
      'for (let i = 0; i < 3; i++) { let x; yield* cx.yieldNow(); trace(x); x = i; trace(x); }',
    ],
    [
      'one list by two names',
      'const other = list; yield* cx.yieldNow(); other.push(9); trace(list); yield* cx.yieldNow(); trace(list.length);',
    ],
    [
      'functions of a turn',
      'for (let i = 0; i < 2; i++) { const k = i; const f = () => k; yield* cx.yieldNow(); trace([1].map((x) => x + k)[0]); }'.replace(
        'const f = () => k; ',
        '',
      ),
    ],
    [
      'functions that outlive their turn',
      'const all = []; let n = 0; while (n < 3) { const k = n++; all.push(() => k); if (n > 9) yield* cx.yieldNow(); } trace(all.map((f) => f()).join()); yield* cx.yieldNow();'.replace(
        'const all',
        'var all',
      ),
    ],
    [
      'nested finally blocks',
      'outer: for (let i = 0; i < 3; i++) { try { try { yield* cx.yieldNow(); if (i === 1) continue outer; if (i === 2) return i; } finally { trace(1); } trace(2); } finally { trace(3); } } ',
    ],
    [
      'a finally block that overrules',
      'for (let i = 0; i < 3; i++) { try { yield* cx.yieldNow(); throw new Failure(i); } finally { trace(i); if (i < 2) continue; return 7; } }',
    ],
    [
      'a finally block that is left by a jump, and entered again',
      'let i = 0; for (;;) { try { yield* cx.yieldNow(); if (i === 0) throw new Failure(1); } finally { trace(i); if (i++ === 0) continue; } trace("after"); break; }',
    ],
    [
      'a finally block that is entered twice in one poll, first by a jump',
      'for (let i = 0; i < 3; i++) { try { if (i === 2) yield* cx.yieldNow(); if (i === 0) continue; } finally { trace(i); } trace("after"); }',
    ],
    [
      'a finally block that overrules, and is entered again in one poll',
      'let i = 0; for (;;) { try { if (i === 5) yield* cx.yieldNow(); if (i === 0) throw new Failure(1); } finally { trace(i); if (i++ === 0) continue; } trace("after"); break; } yield* cx.yieldNow();',
    ],
    ['labels of blocks', 'there: { yield* cx.yieldNow(); if (a) break there; trace(1); } trace(2);'],
    [
      'switch that waits',
      'for (let i = 0; i < 4; i++) switch (i) { case yield* cx.join(cx.spawn(1)): trace("one"); default: trace("other"); break; case 2: trace("two"); }',
    ],
    ['a loop that has no body', 'for (let i = 0; i < (yield* cx.join(cx.spawn(2))); i++); trace("end");'],
    [
      'optional chains',
      'trace((yield* cx.join(cx.spawn(2)))?.toFixed(1)); trace((yield* cx.join(cx.spawn(2)))?.x?.y);',
    ],
    [
      'a method call after a wait',
      'trace("abc".slice(yield* cx.join(cx.spawn(1)))); trace([3, 4].at(yield* cx.join(cx.spawn(1))));',
    ],
    ['an instance made after a wait', 'trace(new Date(yield* cx.join(cx.spawn(1))).getTime());'],
    ['templates', 'trace(`${a}-${yield* cx.join(cx.spawn(1))}-${b}`);'],
    [
      'logical assignments',
      'let x = null; x ??= yield* cx.join(cx.spawn(1)); x ||= yield* cx.join(cx.spawn(2)); x &&= yield* cx.join(cx.spawn(4)); trace(x);',
    ],
    [
      'patterns',
      'let { length, ...rest } = list; yield* cx.yieldNow(); trace(length); trace(rest); let [p = 8, , q] = list; yield* cx.yieldNow(); trace([p, q]); [p, q] = [q, p]; yield* cx.yieldNow(); trace([p, q]);',
    ],
    [
      'names that the compiler would use',
      'let $at = 1, $wait = 2, frame = 3, _frame = 4, _at = 5, regions = 6, i = 7, error = 8, _sent = 9; yield* cx.sleep(1); try { yield* cx.join(cx.spawn(5)); } catch { trace([$at, $wait, frame, _frame, _at, regions, i, error, _sent]); }',
    ],
    [
      'for...of over something else',
      'try { for (const x of new Set([1])) yield* cx.yieldNow(); } catch (e) { trace("refused"); }',
    ],
    ['the end of a try that nothing follows', 'try { yield* cx.join(cx.spawn(5)); } catch (e) { return e.n; }'],
  ])('%s', async (name, body) => {
    const args = [3, 4, [5, 6]];
    const code = moduleOf(body);
    const { polls, ...compiled } = await runCompiled(code, args);
    if (name.startsWith('for...of over something')) return expect(compiled.trace).toEqual(['refused']);
    expect(polls).toBeGreaterThan(1);
    expect(compiled).toEqual(runNative(code, args));
    expect(compiled.end).toHaveProperty('value');
  });

  it('parameters of every kind', async () => {
    const code = moduleOf(
      'trace([a, b, c, d, e]); yield* cx.yieldNow(); return [a, b, c, d, e];',
      'cx, a, { b, c = a + 1 } = {}, [d] = [b], ...e',
    );
    for (const args of [[1], [1, { b: 2 }], [1, { b: 2, c: 3 }, [4], 5, 6]]) {
      expect(await runCompiled(code, args)).toMatchObject(runNative(code, args));
    }
  });
});
