// What a frame keeps: all that is needed behind a wait, which the programs show, and nothing else, since there is little room.

import { describe, expect, it } from 'vitest';
import { fieldsOf, moduleOf } from './compiler/world.ts';

const W = 'yield* cx.yieldNow();';

describe('a frame keeps', () => {
  it.each<[string, string, string[]]>([
    ['nothing that is read before the wait only', `let x = 1; trace(x); ${W}`, []],
    ['what is read behind it', `let x = 1; ${W} trace(x);`, ['x']],
    ['nothing that is written before it is read', `let x = 1; ${W} x = 2; trace(x);`, []],
    ['nothing that is written from something else', `let x = 1; ${W} x = id(add(2)) + 1; trace(x);`, []],
    ['what is read to be written', `let x = 1, y = 1; ${W} x = x + 1; trace(x); y += 1; trace(y);`, ['x', 'y']],
    [
      'what may be written, or not',
      `let x = 1, y = 1; ${W} if (id(1)) x = 2; trace(x); y ??= 2; trace(y);`,
      ['x', 'y'],
    ],
    ['what one way of two reads', `let x = 1; ${W} if (id(1)) { x = 2; ${W} } trace(x);`, ['x']],
    ['nothing that both ways write', `let x = 1; ${W} if (id(1)) { x = 2; ${W} } else { x = 3; } trace(x);`, ['x']],
    [
      'what may have been written by then',
      `let x = 1, y = 2; ${W} id(1) && (x = 2); trace(x); trace(id(1) ? (y = 1) : y);`,
      ['x', 'y'],
    ],
    ['what an operator writes only at times', `let x = 1, y; ${W} y ||= x = 2; trace(x); trace(y);`, ['x', 'y']],
    ['nothing that has the name of a property', `let x = 1, y = 1; ${W} trace({ x: 1 }.x); ({}).y = 1;`, []],
    ['what is a key', `let x = 1, y = 1, z = 1; ${W} trace({ [x]: 1 }[y]); [][z] = 1;`, ['x', 'y', 'z']],
    ['what a member is written to', `let x = {}, y = 1; ${W} x.n = y;`, ['x', 'y']],
    [
      'nothing that a pattern writes',
      `let x = 1, y = 1, z = 1; ${W} [x, { y, n: z = 3 }] = id([1, {}]); trace([x, y, z]);`,
      [],
    ],
    [
      'what a pattern reads',
      `let x = 1, y = 1, z = {}, v; ${W} ({ [x]: v = y, n: z.m } = {}); trace(v);`,
      ['x', 'y', 'z'],
    ],
    ['what is written by a pattern only at times', `let x = 1; ${W} id(1) && ([x] = [2]); trace(x);`, ['x']],
    ['what a later turn reads', `let x = 1; for (;;) { ${W} if (id(1)) break; trace(x); }`, ['x']],
    [
      'what is in a statement that stays as it is',
      `let x = 1, y = 1; ${W} for (const k of [1]) { trace(x); y = k; } trace(y);`,
      ['x', 'y'],
    ],
    [
      'what functions and conditions refer to',
      `const x = 1, y = 1, z = 1; ${W} trace(list.map(() => x)[y]); yield* cx.until(() => ready(z));`,
      ['list', 'x', 'y', 'z'],
    ],
    ['one field for what does not live at one time', `let x = 1; ${W} trace(x); let y = 2; ${W} trace(y);`, ['x/y']],
    ['two for what does', `let x = 1, z = 1; ${W} trace(x); let y = 2; ${W} trace(y); trace(z);`, ['x/y', 'z']],
    [
      'a field for what is computed',
      `trace(add(add(1), yield* cx.join(cx.spawn(1)))); trace(add(add(1), yield* cx.join(cx.spawn(1))));`,
      ['$1', '$wait'],
    ],
    [
      'no operand that does not change',
      `const x = 1; trace(x + (yield* cx.join(cx.spawn(1)))); trace(1 + (yield* cx.join(cx.spawn(1))));`,
      ['x', '$wait'],
    ],
    ['no operand of a call that does not change', `trace(math.add(1, yield* cx.join(cx.spawn(1))));`, ['$wait']],
    ['no parameter that nobody reads', `trace(1); ${W}`, []],
    ['the parameters that begin the machine', `trace(a); ${W}`, ['a']],
    ['no time that has come', `yield* cx.sleep(1); ${W}`, ['$wait']],
    ['no condition', 'yield* cx.until(() => ready(1));', []],
    ['nothing that is assigned first', 'let x; for (x of list) { trace(x); yield* cx.yieldNow(); }', ['list', '$1']],
  ])('%s', async (_, body, fields) => {
    expect(await fieldsOf(moduleOf(body))).toEqual([...fields, '$at']);
  });
});

describe('around try statements, a frame keeps', () => {
  it.each<[string, string, string[]]>([
    [
      'nothing for a finally block that is yet to come',
      `let y = 1; ${W} trace(y); if (id(1)) return 5; let x = 2; try { ${W} } finally { trace(x); }`,
      ['y/x'],
    ],
    [
      'nothing for a finally block that is over',
      `let x = 1; try { ${W} } finally { trace(x); } let y = 1; ${W} trace(y); if (id(1)) return 5;`,
      ['x/y'],
    ],
    [
      'nothing for a finally block that throws',
      `let x = 1, y = 1; try { ${W} } finally { trace(x); y = 2; } trace(y);`,
      ['x'],
    ],
    [
      'nothing for a catch block that is over',
      `let x = 1; try { ${W} } catch { trace(x); } let y = 1; ${W} trace(y); id(1);`,
      ['x/y'],
    ],
    [
      'nothing for the catch block within itself',
      `let x = 1; try { trace(2); } catch { trace(x); let y = 1; ${W} trace(y); }`,
      ['y'],
    ],
  ])('%s', async (_, body, fields) => {
    expect(await fieldsOf(moduleOf(body))).toEqual([...fields, '$at']);
  });
});
