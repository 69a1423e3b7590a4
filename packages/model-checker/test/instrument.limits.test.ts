// What cannot be run step by step is refused: with the file and the line when it is
// instrumented, or as the failure `unsupported` when an operation comes where the thread
// cannot be suspended. What can be suspended, is.

import { explore, spawn } from '@concurrency-lab/model-checker';
import { afterAll, describe, expect, it } from 'vitest';
import { instrumented, ModuleDirectory, nativeImport } from './instrument.load.ts';

const directory = new ModuleDirectory();
afterAll(() => directory[Symbol.dispose]());

describe('code that cannot be instrumented', () => {
  for (const [what, code, line] of [
    ['an async generator function', 'let a\nasync function* g() {}', 2],
    ['an async generator method', 'const o = {\n\n  async *m() {} }', 3],
    [
      'super() in an arrow function',
      'class A extends Object {\n  constructor() {\n    const f = () => super()\n    f() } }',
      3,
    ],
    ['using outside of a block', '\n\nusing x = y', 3],
    ['a name of its own', 'let a\nlet $rt_x', 2],
    ['a parameter default that a var hides', 'let x\nfunction f(a = () => x) { var x = [1] }', 2],
    ['arguments outside of a function', 'let f\nf = () => f(arguments)', 2],
  ] as const) {
    it(what, () => {
      let error: unknown;
      try {
        instrumented(code, 'some/file.js');
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject({
        name: 'InstrumentationError',
        code: 'ERR_NOT_INSTRUMENTABLE',
        file: 'some/file.js',
        line,
      });
      expect(String(error)).toContain(`some/file.js:${line}:`);
      expect(String(error)).toContain(code.split('\n')[line - 1]!.trim());
    });
  }
});

type Operation = (add: () => number) => unknown;

/** Runs the operation in two threads, each of which must be seen to come in either order. */
async function orders(
  name: string,
  code: string,
): Promise<{ kind: string | undefined; report: string | undefined; seen: Set<string> }> {
  const url = directory.write(
    `${name.replaceAll(/\W/g, '-')}.mjs`,
    instrumented(`export const run = (add) => {\n${code}\n}`, `${name}.js`),
  );
  const { run } = (await nativeImport(url)) as { run: Operation };
  const seen = new Set<string>();
  const { failure } = explore(() => {
    const words = new Int32Array(new SharedArrayBuffer(8));
    const order: string[] = [];
    const twice = (id: string) => () =>
      run(() => {
        const before = Atomics.add(words, 0, 1);
        order.push(id);
        return before;
      });
    const a = spawn(twice('a'));
    const b = spawn(twice('b'));
    a.join();
    b.join();
    if (words[0] !== 2) throw new Error(`the operation was done ${words[0]} times`);
    seen.add(order.join(''));
  });
  return { kind: failure?.kind, report: failure?.report, seen };
}

describe('where a thread cannot be suspended', () => {
  for (const [where, code] of [
    [
      'the constructor of a derived class',
      'class A { } class B extends A { constructor() { super(); add() } } new B()',
    ],
    ['a field value', 'class A { x = add() } new A()'],
    ['a static block', 'class A { static { add() } }'],
    ['a static field', 'class A { static x = add() }'],
    ['a parameter default of a generator', 'function* g(a = add()) { yield a } g().next()'],
    ['a sort comparator', '[2, 1].sort((a, b) => (add(), a - b))'],
    ['a callback of code that is not instrumented', 'JSON.stringify({ toJSON() { add(); return 1 } })'],
    ['a replacer', '"a".replace(/a/, () => String(add()))'],
    ['valueOf', 'void (+{ valueOf() { return add() } })'],
    ['a getter that a pattern reads', 'const o = { get x() { return add() } }; const { x } = o'],
  ] as const) {
    it(`is refused: ${where}`, async () => {
      const { kind } = await orders(where, code);
      expect(kind).toBe('unsupported');
    });
  }

  it('is allowed while no other thread runs', async () => {
    const url = directory.write(
      'alone.mjs',
      instrumented(
        'export const run = (add) => { class B extends Array { constructor() { super(); add() } } new B() }',
        'alone.js',
      ),
    );
    const { run } = (await nativeImport(url)) as { run: Operation };
    const { failure, isExhaustive } = explore(() => {
      const words = new Int32Array(new SharedArrayBuffer(8));
      run(() => Atomics.add(words, 0, 1));
      const a = spawn(() => Atomics.add(words, 0, 1));
      const b = spawn(() => Atomics.add(words, 0, 1));
      a.join();
      b.join();
    });
    expect(failure).toBeUndefined();
    expect(isExhaustive).toBe(true);
  });
});

describe('where a thread is suspended', () => {
  for (const [where, code] of [
    ['a constructor', 'class A { constructor() { add() } } new A()'],
    ['a constructor that is inherited', 'class A { constructor() { add() } } class B extends A { m() {} } new B()'],
    ['a function that constructs', 'function F() { this.x = add() } new F()'],
    ['a parameter default', 'const f = (a = add()) => [a]; f()'],
    ['a parameter pattern', 'const f = ({ a: [b = add()] }) => [b]; f({ a: [] })'],
    ['a getter', 'const o = { get x() { return add() } }; o.x'],
    ['a getter by a computed name', 'const k = "x" + "y"; class A { get [k]() { return add() } } new A()[k]'],
    ['a setter', 'class A { set x(v) { add() } } new A().x = 1'],
    ['a setter by a computed name', 'class A { set x(v) { add() } } new A()["x"] = 1'],
    ['a private accessor', 'class A { get #x() { return add() } m() { return this.#x } } new A().m()'],
    [
      'super methods and arrows',
      'class A { m() { add() } } class B extends A { m() { (() => super.m())() } } new B().m()',
    ],
    ['a bound function', 'const f = function () { add() }.bind(1); f()'],
    ['a tagged template', 'const t = () => add(); t`x`'],
    ['call and apply', 'const f = () => add(); f.call(null)'],
    [
      'an iterator',
      'const it = { [Symbol.iterator]: () => ({ next: () => ({ done: true, value: add() }) }) }; for (const x of it);',
    ],
    [
      'the return of an iterator',
      'const it = { [Symbol.iterator]: () => ({ next: () => ({ done: false }), return: () => (add(), {}) }) }; for (const x of it) break',
    ],
    ['a generator', 'function* g() { yield add() } for (const x of g());'],
    ['a generator that is spread', 'function* g() { yield add() } [...g()]'],
    ['a generator that a pattern takes apart', 'function* g() { yield add() } const [x] = g()'],
    ['a generator by next', 'function* g() { yield add() } g().next()'],
    ['yield*', 'function* g() { yield add() } function* h() { yield* g() } [...h()]'],
    ['a callback of an array method', '[1].map(() => add())'],
    ['reduceRight', '[1].reduceRight(() => add(), 0)'],
    ['a callback of a Map', 'new Map([[1, 1]]).forEach(() => add())'],
    ['an optional call', 'const o = { m() { return add() } }; o?.m?.()'],
    ['Symbol.dispose', '{ using x = { [Symbol.dispose]() { add() } } }'],
    ['an async function', 'return (async () => { await null; add() })()'],
    ['a callback of then', 'return Promise.resolve().then(() => add())'],
    ['the executor of a promise', 'new Promise(() => add())'],
  ] as const) {
    it(where, async () => {
      const isAsync = code.startsWith('return');
      const { report, seen } = await orders(where, code);
      expect(report).toBeUndefined();
      if (!isAsync) expect([...seen].toSorted()).toEqual(['ab', 'ba']);
    });
  }
});

describe('the end of an execution', () => {
  for (const [where, handler] of [
    ['a catch without a binding', 'catch { log.push(1) }'],
    ['a catch', 'catch (e) { log.push(e) }'],
    ['a catch with a pattern', 'catch ({ message }) { log.push(message) }'],
    ['the return of an iterator', 'finally { }'],
  ] as const) {
    it(`passes ${where}`, async () => {
      const code = `
        const it = (log) => ({ [Symbol.iterator]: () => ({ next: () => ({ done: false }), return: () => (log.push(2), {}) }) });
        export const run = (words, log) => { for (const x of it(log)) { try { words[0] = words[0] + 1 } ${handler} if (words[0] > 5) return } };`;
      const url = directory.write(`end-${where.replaceAll(' ', '-')}.mjs`, instrumented(code, 'ends.js'));
      const { run } = (await nativeImport(url)) as { run: (words: Int32Array, log: unknown[]) => void };
      let last: unknown[] = [];
      const { failure } = explore(() => {
        const words = new Int32Array(new SharedArrayBuffer(4));
        const log: unknown[] = [];
        last = log;
        const a = spawn(() => run(words, log));
        const b = spawn(() => run(words, log));
        a.join();
        b.join();
      });
      expect(failure?.kind).toBe('data-race');
      // At most one thread came to its end before the race was found.
      expect(last.filter((entry) => entry !== 2)).toEqual([]);
      expect(last.length).toBeLessThan(2);
    });
  }
});
