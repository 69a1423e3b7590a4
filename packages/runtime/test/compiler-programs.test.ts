// Programs that compiled machines once got wrong, or could: each is run as it is, and compiled, and comes to the same.

import { describe, expect, it } from 'vitest';
import { fieldsOf, moduleOf, runBoth, runCompiled, runNative } from './compiler/world.ts';

describe('a compiled machine does the same with', () => {
  it.each<[string, string]>([
    [
      'shadowed names',
      'let x = 1; { let x = 2; yield* cx.yieldNow(); trace(x); } trace(x); { const a = 5; yield* cx.yieldNow(); trace(a); } trace(a);',
    ],
    [
      'names that are shadowed twice, and in what stays as it is',
      'let x = 1; { let x = 2; { let x = 3; yield* cx.yieldNow(); trace(x); } yield* cx.yieldNow(); trace(x); } trace(x); for (const x of [7]) trace(x); trace([8].map((x) => x)[0]);',
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
      'var in what stays as it is',
      'for (var i = 0, y; i < 2; i++) { trace(y); y = i; } for (var k in { m: 1 }) trace(k); for (var [l] of [[5]]) trace(l); if (a) { var u = a, w = 2; } yield* cx.yieldNow(); trace([i, y, k, l, u, w]);',
    ],
    [
      'var that is declared again',
      'var x = 1; yield* cx.yieldNow(); var x; trace(x); for (var i = 0; i < 2; i++) { var x; trace(x); x = i; yield* cx.yieldNow(); } var a; trace(a);',
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
      'for (let i = 0; i < 2; i++) { const k = i; yield* cx.yieldNow(); trace([1].map((x) => x + k)[0]); }',
    ],
    [
      'functions that outlive their turn',
      'var all = []; let n = 0; while (n < 3) { const k = n++; all.push(() => k); if (n > 9) yield* cx.yieldNow(); } trace(all.map((f) => f()).join()); all = 0; yield* cx.yieldNow();',
    ],
    [
      'functions that are declared',
      'trace(f(2)); { trace(f(3)); } yield* cx.yieldNow(); function f(x) { return x + a; }',
    ],
    [
      'functions in what stays as it is',
      'if (a) { const f = function (x) { var y = x; own: for (;;) break own; return y + 1; }; class C { static { var z = 1; trace(z); } n = this.x; static m() { return super.name; } } trace(f(1)); trace(new C().n); trace(typeof C.m()); if (f(a) > 9) return 3; } yield* cx.yieldNow(); trace({ n: 5, arguments: 2, get() { return this.n + arguments.length; } }.get(1));',
    ],
    [
      'functions that see a turn, wherever the loop stands',
      `{ yield* cx.yieldNow(); LOOP } if (a) { yield* cx.yieldNow(); LOOP } if (!a) { yield* cx.yieldNow(); } else { LOOP } while (a++ < 4) { LOOP yield* cx.yieldNow(); }
      there: { LOOP yield* cx.yieldNow(); break there; } one: for (let x of [yield* cx.join(cx.spawn(1))]) { x += 1; trace(list.map((y) => x + y)[0]); } switch (yield* cx.join(cx.spawn(1))) { case 1: LOOP }
      try { LOOP throw new Failure(yield* cx.join(cx.spawn(1))); } catch { LOOP } finally { LOOP if (a > 9) return; }`.replaceAll(
        'LOOP',
        'for (let i = 0; i < 2; i++) trace(list.map((x) => x + i)[0]);',
      ),
    ],
    [
      'functions that change what does not live later',
      'let n = 0; list.forEach((x) => { n += x; }); trace(n); yield* cx.yieldNow();',
    ],
    ['results of nothing', 'try { yield* cx.yieldNow(); if (a) { trace(1); return; } } finally { trace(2); }'],
    [
      'results of nothing in what stays as it is',
      'yield* cx.yieldNow(); for (const x of list) if (x === 6) { trace(x); return; }',
    ],
    [
      'instances that a frame can take',
      'const m = new Map([[1, 2]]), s = new Set([3]), d = new Date(5), n = new Uint8Array([6]), v = new DataView(new ArrayBuffer(2)), r = new Array(2), o = new Object(); yield* cx.yieldNow(); trace([m, s, d, n, v.byteLength, r, o]);',
    ],
    ['labels of blocks', 'there: { yield* cx.yieldNow(); if (a) break there; trace(1); } trace(2);'],
    ['labels of labels', 'a: { b: for (;;) { yield* cx.yieldNow(); break a; } trace(1); } trace(2);'],
    [
      'switch that waits',
      'for (let i = 0; i < 4; i++) switch (i) { case yield* cx.join(cx.spawn(1)): trace("one"); default: trace("other"); break; case 2: trace("two"); }',
    ],
    [
      'switch that waits, and reads in each case',
      'for (let i = 0; i < 3; i++) { let x = 4, y = 5, z = 6; switch (yield* cx.join(cx.spawn(i))) { case 1: trace(x); break; case 2: trace(y); break; default: trace(z); } }',
    ],
    [
      'switch with names of its own',
      'switch (yield* cx.join(cx.spawn(1))) { case 1: let x = 5; yield* cx.yieldNow(); trace(x); default: x = 6; trace(x); }',
    ],
    [
      'loops without heads',
      'for (var q; ;) { if (q) break; q = a; yield* cx.yieldNow(); } for (var p; ;) { if (p) break; p = a; } trace([p, q]);',
    ],
    [
      'statements without braces',
      'if (a) for (const x of list) yield* cx.yieldNow(); else for (;;) trace(1); while (a--) if (a) yield* cx.yieldNow(); else trace(a);',
    ],
    ['a loop that has no body', 'for (let i = 0; i < (yield* cx.join(cx.spawn(2))); i++); trace("end");'],
    [
      'loops whose heads wait',
      'for (let [i, j] = [0, yield* cx.join(cx.spawn(2))]; i < j; i++, yield* cx.yieldNow()) trace([i, j]); do trace(a); while (a-- > (yield* cx.join(cx.spawn(1)))); while ((yield* cx.join(cx.spawn(1))) < b--) trace(b);',
    ],
    [
      'if that waits',
      'if (yield* cx.join(cx.spawn(0))) trace(1); else trace(2); if (a) yield* cx.yieldNow(); else trace(3);',
    ],
    ['nothing to do', 'debugger; ; yield* cx.yieldNow(); {} trace(1);'],
    [
      'patterns',
      'let { length, ...rest } = list; yield* cx.yieldNow(); trace(length); trace(rest); let [p = 8, , q] = list; yield* cx.yieldNow(); trace([p, q]); [p, q] = [q, p]; yield* cx.yieldNow(); trace([p, q]);',
    ],
    [
      'patterns of what was waited for',
      "const { x = 5, ...others } = { y: yield* cx.join(cx.spawn(2)) }; trace([x, others]); const o = {}; let z; [o.p, o['q'], { z }] = [yield* cx.join(cx.spawn(1)), x, { z: 7 }]; yield* cx.yieldNow(); trace([o, z]);",
    ],
    [
      'names that the compiler would use',
      'let $at = 1, $wait = 2, frame = 3, _frame = 4, _at = 5, regions = 6, i = 7, error = 8, _sent = 9; yield* cx.sleep(1); try { yield* cx.join(cx.spawn(5)); } catch { trace([$at, $wait, frame, _frame, _at, regions, i, error, _sent]); }',
    ],
    ['a result that is computed of a wait', 'return -(yield* cx.join(cx.spawn(2)));'],
    ['a result that is waited for', 'return yield* cx.join(cx.spawn(2));'],
    ['an error that is waited for', 'throw new Failure(yield* cx.join(cx.spawn(2)));'],
  ])('%s', async (_, body) => {
    const { native, compiled } = await runBoth(body);
    expect(compiled).toStrictEqual(native);
  });
});

describe('a compiled machine computes as before', () => {
  it.each<[string, string, string?]>([
    ['waits for waits', 'yield* cx.sleep(yield* cx.join(cx.spawn(yield* cx.join(cx.spawn(3))))); trace(1);'],
    ['a time', 'yield* cx.sleepUntil(cx.now() + (yield* cx.join(cx.spawn(2))));'],
    [
      'conditions',
      'yield* cx.until(() => ready(2)); yield* cx.until(function () { return ready(3); }); yield* cx.until(twice.ready);',
      'let turns = 0; const twice = { ready: () => ++turns % 2 === 0 };',
    ],
    ['sequences', 'trace((trace(1), yield* cx.join(cx.spawn(2)), trace(3), 4));'],
    [
      'operators',
      'trace(-(yield* cx.join(cx.spawn(2)))); trace(typeof (yield* cx.join(cx.spawn(2)))); trace(void (yield* cx.yieldNow())); trace(1 in [yield* cx.join(cx.spawn(2)), 5]);',
    ],
    [
      'delete',
      'const o = { 1: 5, 2: 6 }; trace(delete o[yield* cx.join(cx.spawn(1))]); trace(o); trace(delete (yield* cx.join(cx.spawn(1))).x);',
    ],
    [
      'conditions in expressions',
      'for (const x of [0, 1]) trace((yield* cx.join(cx.spawn(x))) ? yield* cx.join(cx.spawn(2)) : yield* cx.join(cx.spawn(3)));',
    ],
    [
      'and, or, ??',
      'for (const x of [0, 1, null, undefined]) { trace(x && (yield* cx.join(cx.spawn(2)))); trace(x || (yield* cx.join(cx.spawn(3)))); trace(x ?? (yield* cx.join(cx.spawn(4)))); trace((yield* cx.join(cx.spawn(1))) ?? x); }',
    ],
    [
      'logical assignments',
      'let x = null; x ??= yield* cx.join(cx.spawn(1)); x ||= yield* cx.join(cx.spawn(2)); x &&= yield* cx.join(cx.spawn(4)); trace(x);',
    ],
    [
      'assignments to names',
      'let x = 1; x = yield* cx.join(cx.spawn(2)); trace(x); x += yield* cx.join(cx.spawn((x = 7))); trace(x); x **= yield* cx.join(cx.spawn(2)); trace(x); ({ y: x } = { y: yield* cx.join(cx.spawn(3)) }); trace(x);',
    ],
    [
      'assignments to members',
      'let o = { n: 1 }; o.n += yield* cx.join(cx.spawn((o.n = 8))); trace(o); o[a++] = yield* cx.join(cx.spawn(a)); trace([o, a]); const p = o; o.n = yield* cx.join(cx.spawn(((o = {}), 2))); trace([o, p]); p[b++].x -= yield* cx.join(cx.spawn((p[4] = 0)));',
    ],
    [
      'an object that is computed',
      'const r = [{ n: 1 }, { n: 2 }]; let i = 0; r[i++].n -= yield* cx.join(cx.spawn(i)); r[i++]["n"] = yield* cx.join(cx.spawn(i)); trace([r, i]);',
    ],
    [
      'operands that change',
      'trace(a + (yield* cx.join(cx.spawn(a++))) + a); trace(add(a, (a = yield* cx.join(cx.spawn(2))), a)); trace([a++, b, yield* cx.join(cx.spawn((b = 9))), a, b]);',
    ],
    [
      'what changes outside',
      'trace(count + (yield* cx.join(cx.spawn(++count)))); trace(counts.n + (yield* cx.join(cx.spawn(++counts.n))));',
      'let count = 1; const counts = { n: 1 };',
    ],
    ['a function of an object', 'trace(math.add(a, yield* cx.join(cx.spawn(2)), a++, 1));'],
    [
      'a function of an object outside',
      'trace(space.math.add(1, yield* cx.join(cx.spawn(2)))); space.math.n = yield* cx.join(cx.spawn(3)); space.math.n += yield* cx.join(cx.spawn(4)); trace(space.math.n);',
      'let space = { math: { add: (x, y) => x + 3 * y } };',
    ],
    [
      'a method after a wait',
      'trace("abc".slice(yield* cx.join(cx.spawn(1)))); trace([3, 4].at(yield* cx.join(cx.spawn(1)))); trace(list["at"](yield* cx.join(cx.spawn(1)))); trace((yield* cx.join(cx.spawn(2))).toFixed(1));',
    ],
    [
      'functions among the operands',
      'trace(list.reduce((x, y) => x + y, yield* cx.join(cx.spawn(1)))); trace(((x, y) => x - y)(yield* cx.join(cx.spawn(3)), 1));',
    ],
    [
      'an instance',
      'trace(new Date(yield* cx.join(cx.spawn(1))).getTime()); trace(new outside.Date(yield* cx.join(cx.spawn(2))).getTime());',
      'const outside = { Date };',
    ],
    [
      'templates',
      'trace(`${a}-${yield* cx.join(cx.spawn(1))}-${b}`); trace(`${a}-${yield* cx.join(cx.spawn(a++))}-${a}`); trace(`${`${a++}`}${yield* cx.join(cx.spawn(1))}`);',
    ],
    [
      'lists',
      'trace([, yield* cx.join(cx.spawn(2)), , 3].length); trace([...list, yield* cx.join(cx.spawn(list.push(1)))]); let l = list; trace([...(yield* cx.join(cx.spawn(1)), l), yield* cx.join(cx.spawn(l.push(4)))]);',
    ],
    [
      'arguments that are lists',
      'trace(add(...list, yield* cx.join(cx.spawn(list.push(1))), ...list)); trace(new Date(2020, ...[1, yield* cx.join(cx.spawn(2))]).getMonth());',
    ],
    [
      'objects',
      'const k = "z"; trace({ a, [k + a]: a++, b: yield* cx.join(cx.spawn(2)), a2: a, [k]: 1, "x-y": 3 }); trace({ m() { return 1; }, [yield* cx.join(cx.spawn(2))]: 5 }[2]); trace({ b: yield* cx.join(cx.spawn(2)), m() { return b; } }.m());',
    ],
    [
      'objects that are spread',
      'const o = { x: 1, y: 2 }; trace({ ...o, z: yield* cx.join(cx.spawn((o.x = 5))) }); let p = o; trace({ ...p, ...null, z: yield* cx.join(cx.spawn((p.x = 6))), ...p });',
    ],
    [
      'optional chains',
      'trace((yield* cx.join(cx.spawn(2)))?.toFixed(1)); trace((yield* cx.join(cx.spawn(2)))?.x?.y); trace((yield* cx.join(cx.spawn(2)))?.x?.y.z()); trace((yield* cx.join(cx.spawn(2))).x?.[a++]); trace(a);',
    ],
  ])('%s', async (_, body, outside) => {
    const { native, compiled } = await runBoth(body, outside);
    expect(compiled).toStrictEqual(native);
  });
});

it('a compiled machine may have nothing, and a name', async () => {
  for (const code of [moduleOf('return 5;', ''), moduleOf('return 5;').replace('function* (', 'function* self(')]) {
    expect(await runCompiled(code, [])).toMatchObject(runNative(code, []));
    expect(await fieldsOf(code)).toEqual(['$at']);
  }
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
