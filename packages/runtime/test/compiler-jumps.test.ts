// Jumps, errors and finally blocks, which lead to the same in a compiled machine, and to what it needs there.

import { describe, expect, it } from 'vitest';
import { moduleOf, runBoth, runCompiled } from './compiler/world.ts';

describe('a compiled machine leaves as before', () => {
  it.each<[string, string]>([
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
    [
      'a finally block, to go on before the try',
      'let i = 0; while (i++ < 3) { try { yield* cx.yieldNow(); if (i === 2) continue; trace(i); } finally { trace("finally"); } trace("after"); }',
    ],
    [
      'a try, not by its catch block',
      'for (;;) { try { yield* cx.yieldNow(); if (a++ === 3) continue; if (a === 5) break; return 7; } catch { trace("caught"); } finally { trace(a); } }',
    ],
    [
      'a turn of a loop that begins with the try',
      'let i = 0; try { while (i++ < 3) { if (i === 2) continue; yield* cx.yieldNow(); trace(i); } } finally { trace("finally"); }',
    ],
    [
      'functions within it by their own returns',
      'try { yield* cx.yieldNow(); if (a) { const f = function (x) { return x + 1; }; trace(f(1)); if (b > 9) return 3; } } finally { trace(2); }',
    ],
    [
      'a finally block that reads, entered by a return, and the catch block writes',
      'let x = 1; try { yield* cx.yieldNow(); if (a) return 5; x = 2; } catch { x = 3; } finally { trace(x); }',
    ],
    [
      'two finally blocks that read, entered by a return',
      'let x = 1, y = 1; try { try { yield* cx.yieldNow(); if (a) return 5; x = y = 2; } finally { trace(x); } } finally { trace(y); }',
    ],
    [
      'a block that ends where the try ends',
      'there: try { yield* cx.yieldNow(); if (a) break there; trace(1); } finally { trace(2); } trace(3);',
    ],
    [
      'a turn of a loop in a finally block, and goes on as that was entered',
      'outer: for (let i = 0; i < 3; i++) { try { yield* cx.yieldNow(); if (i === 1) return 8; } finally { let n = 0; while (n++ < 2) { if (i === 5) continue outer; if (n === 1) continue; trace(n); } } trace("after"); }',
    ],
    [
      'a block that ends where the finally block begins',
      'try { there: { yield* cx.yieldNow(); if (a) break there; trace(1); } } finally { trace(2); } trace(3);',
    ],
    [
      'a finally block that reads, entered by an error',
      'let x = 1; try { yield* cx.yieldNow(); if (a) throw new Failure(1); x = 2; } finally { trace(x); }',
    ],
    [
      'a finally block that reads, entered by an error in the catch block',
      'let x = 1; try { yield* cx.join(cx.spawn(5)); } catch { yield* cx.yieldNow(); if (a) throw new Failure(1); x = 2; } finally { trace(x); }',
    ],
    [
      'a finally block that reads, entered by a failed wait',
      'let x = 1; try { x = yield* cx.join(cx.spawn(5)); } finally { trace(x); }',
    ],
    [
      'a catch block that reads, entered by a failed wait',
      'let x = 1; try { x = yield* cx.join(cx.spawn(5)); } catch { trace(x); }',
    ],
    [
      'a catch block that reads, entered by an error',
      'let x = 1; try { yield* cx.yieldNow(); if (a) throw new Failure(1); x = 2; } catch { trace(x); }',
    ],
    ['what is read behind a finally block', 'let x = 1; try { yield* cx.yieldNow(); } finally { trace(1); } trace(x);'],
    [
      'a catch block that reads, entered by an error before the first wait of the try',
      'let x = 1; yield* cx.yieldNow(); trace(0); try { if (a) throw new Failure(1); x = 2; yield* cx.yieldNow(); } catch { trace(x); }',
    ],
    [
      'a finally block that reads, entered by an error before the first wait of the try',
      'let x = 1; yield* cx.yieldNow(); trace(0); try { if (a) throw new Failure(1); x = 2; yield* cx.yieldNow(); } finally { trace(x); }',
    ],
    [
      'what is read behind a finally block that an error led to',
      'let x = 1; try { throw new Failure(2); } catch { yield* cx.yieldNow(); } finally { trace(1); } trace(x);',
    ],
    [
      'what is read where a jump out of a try leads',
      'let x = 1, i = 0; outer: for (;;) { for (;;) { try { yield* cx.yieldNow(); if (i++ < 1) continue outer; break outer; } finally { trace(i); } } } trace(x);',
    ],
    [
      'an error that is caught and thrown again',
      'try { try { yield* cx.join(cx.spawn(5)); } catch (e) { trace(e.n); throw e; } } catch (e) { trace(e.n + 1); }',
    ],
    [
      'an error in a catch block',
      'try { try { yield* cx.join(cx.spawn(5)); } catch { tick(); yield* cx.join(cx.spawn(18)); } } catch (e) { return e.n; }',
    ],
    [
      'what is taken of an error',
      'try { yield* cx.join(cx.spawn(5)); } catch ({ n, ...rest }) { yield* cx.yieldNow(); trace([n, rest]); }',
    ],
    ['an error that nobody catches', 'try { yield* cx.yieldNow(); } catch { trace(1); } yield* cx.join(cx.spawn(5));'],
    [
      'an error before a try',
      'yield* cx.yieldNow(); if (a) throw new Failure(1); try { yield* cx.yieldNow(); } catch { trace(1); } finally { trace(2); }',
    ],
    ['the end of a try that nothing follows', 'try { yield* cx.join(cx.spawn(5)); } catch (e) { return e.n; }'],
    [
      'a result from a try',
      'for (;;) try { yield* cx.yieldNow(); return add(a, yield* cx.join(cx.spawn(1))); } finally { a = 9; trace(a); }',
    ],
  ])('%s', async (_, body) => {
    const { native, compiled } = await runBoth(body);
    expect(compiled).toStrictEqual(native);
  });
});

describe('a loop with an iterator', () => {
  it.each<[string, string]>([
    [
      'counts through an array that grows',
      'for (const x of list) { if (x < 9) list.push(x + 2); yield* cx.yieldNow(); trace(x); }',
    ],
    [
      'takes patterns, and names that are there',
      'let x; for (x of list) yield* cx.yieldNow(); trace(x); for (const [y, z = a] of [[1], [2, 3]]) { yield* cx.yieldNow(); trace([y, z]); }',
    ],
    [
      'waits for what it iterates',
      'for (const x of new Set([yield* cx.join(cx.spawn(2)), (trace("list"), 3)])) trace(x); for (const k in [yield* cx.join(cx.spawn(2))]) trace(k); one: for (const x of new Set([yield* cx.join(cx.spawn(2))])) { if (x) continue one; trace(x); }',
    ],
    [
      'continues an outer one',
      'outer: for (let i = 0; i < 3; i++) { for (const x of new Set([i, 1])) { if (x === 1 && i < 2) continue outer; trace(x); } yield* cx.yieldNow(); trace("turn"); }',
    ],
    [
      'leaves this one or that one',
      'outer: for (let i = 0; i < 3; i++) { for (const x in { i, k: 1 }) { trace(x); if (i === 1) continue outer; if (i === 2) break outer; } yield* cx.yieldNow(); trace("turn"); } trace("end");',
    ],
    [
      'is left, or not, as its finally block says',
      'outer: for (let i = 0; i < 4; i++) { yield* cx.yieldNow(); own: for (const x of new Set([0, 1, 2])) { try { if (x === 1) continue own; if (i > 0) continue outer; } finally { if (i === 1) break; if (i === 2) continue own; } trace(x); } trace(i); }',
    ],
    [
      'has its iterator closed when it is left',
      'const closing = { [Symbol.iterator]: () => ({ next: () => ({ value: 1 }), return: () => (trace("closed"), {}) }) }; block: { for (const x of closing) if (x === a - 2) break block; trace("not"); } yield* cx.yieldNow();',
    ],
    [
      'is left, while functions within leave what is theirs',
      'outer: for (;;) { yield* cx.yieldNow(); for (const x of new Set([1, 2])) { (() => { outer: for (;;) break outer; for (;;) break; trace(x); })(); if (x === 2) break outer; } }',
    ],
    [
      'is left out of a try',
      'outer: for (let i = 0; i < 3; i++) { try { yield* cx.yieldNow(); for (const x of new Set([1, 2])) { if (x === 2) continue outer; if (i === 2) return 8; trace(x); } } finally { trace("finally"); } }',
    ],
    [
      'is left from within another',
      'outer: for (let i = 0; i < 3; i++) { for (const x of new Set([yield* cx.join(cx.spawn(1)), i])) { for (const y in [1]) { if (i === 1) continue outer; if (x === 2) break outer; } trace(x); } }',
    ],
  ])('%s', async (_, body) => {
    const { native, compiled } = await runBoth(body);
    expect(compiled).toStrictEqual(native);
  });

  it('takes arrays only if it waits', async () => {
    const code = moduleOf(
      'try { for (const x of new Set([1])) yield* cx.yieldNow(); } catch (e) { trace(e.name); return e.message; }',
    );
    expect(await runCompiled(code, [])).toMatchObject({
      end: { value: 'a machine waits in for...of over arrays only: an iterator cannot be kept in its frame' },
      trace: ['TypeError'],
    });
  });
});
