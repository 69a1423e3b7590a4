// What a model declares about its memory: what is refused, and what reports show.

import { explore, InvalidModelError, spawn, type ModelFailure } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import { hold, label, racy, watch } from '../dist/memory-api.js';

const shared = (): Int32Array<SharedArrayBuffer> => new Int32Array(new SharedArrayBuffer(16));

/** The error that a body ends with. */
function errorOf(body: () => unknown): unknown {
  return explore(body).failure?.error;
}

describe('refused outside of a model', () => {
  it.each<[string, () => unknown]>([
    ['racy', () => racy(shared())],
    ['watch', () => watch(shared(), { name: 'words' })],
    ['hold', () => hold('guard')],
    ['label', () => label(shared(), 'words')],
  ])('%s', (name, declare) => {
    expect(declare).toThrow(InvalidModelError);
    expect(declare).toThrow(`${name}() is about a running model: call it within explore() or verify()`);
  });
});

describe('refused', () => {
  it.each<[string, () => unknown, string]>([
    [
      'racy: memory that is not shared',
      () => racy(new Int32Array(4)),
      'racy: view must be a typed array over a SharedArrayBuffer',
    ],
    [
      'racy: a DataView',
      () => racy(new DataView(new SharedArrayBuffer(4)) as never),
      'racy: view must be a typed array',
    ],
    ['racy: no view', () => racy(5 as never), 'racy: view must be a typed array over a SharedArrayBuffer, not 5'],
    ['racy: an index below 0', () => racy(shared(), -1), 'racy: index must be an integer from 0 to 4, not -1'],
    ['racy: an index that is none', () => racy(shared(), 0.5), 'racy: index must be an integer from 0 to 4, not 0.5'],
    ['racy: an index outside', () => racy(shared(), 5), 'racy: index must be an integer from 0 to 4, not 5'],
    ['racy: a length outside', () => racy(shared(), 1, 4), 'racy: length must be an integer from 0 to 3, not 4'],
    [
      'watch: memory that is not shared',
      () => watch(new Int32Array(4), { name: 'w' }),
      'watch: view must be a typed array',
    ],
    [
      'watch: no name',
      () => watch(shared(), {} as never),
      'watch: a name must be a string that is not empty, not undefined',
    ],
    [
      'watch: a value of another type',
      () => watch(shared(), { name: 'w', atEnd: 0n }),
      'watch: atEnd must be a value of a Int32Array, not 0',
    ],
    [
      'watch: a value out of range',
      () => watch(shared(), { name: 'w', atEnd: 2 ** 31 }),
      'watch: atEnd must be a value of a Int32Array',
    ],
    ['hold: an empty name', () => hold(''), 'hold: a name must be a string that is not empty, not ""'],
    [
      'label: no names',
      () => label(shared(), null as never),
      'label: names must be a string or a list of strings, not',
    ],
    [
      'label: more names than elements',
      () => label(shared(), ['a', 'b', 'c', 'd', 'e']),
      'label: 5 names for 4 elements',
    ],
    [
      'label: a name that is none',
      () => label(shared(), ['a', 5 as never]),
      'label: a name must be a string that is not empty, not 5',
    ],
  ])('%s', (_, declare, message) => {
    const error = errorOf(() => declare());
    expect(error).toBeInstanceOf(InvalidModelError);
    expect((error as InvalidModelError).code).toBe('ERR_INVALID_MODEL');
    expect((error as InvalidModelError).message).toContain(message);
  });
});

describe('accepted', () => {
  it('racy: from an index, to an index, of no elements', () => {
    const { failure, isExhaustive } = explore(() => {
      const w = shared();
      racy(w, 2);
      racy(w, 4);
      racy(w, 0, 0);
      const thread = spawn(() => void (w[3] = 1));
      w[3] = 2;
      thread.join();
    });
    expect(failure).toBeUndefined();
    expect(isExhaustive).toBe(true);
  });

  it('racy: only the elements that were declared', () => {
    const { failure } = explore(() => {
      const w = shared();
      racy(w, 1, 2);
      const thread = spawn(() => void (w[3] = 1));
      w[3] = 2;
      thread.join();
    });
    expect(failure?.kind).toBe('data-race');
  });

  it('racy: holds for one execution of one model', () => {
    let isDeclared = true;
    const body = (): void => {
      const w = shared();
      if (isDeclared) racy(w);
      const thread = spawn(() => void (w[0] = 1));
      w[0] = 2;
      thread.join();
    };
    expect(explore(body).failure).toBeUndefined();
    isDeclared = false;
    expect(explore(body).failure?.kind).toBe('data-race');
  });

  it('watch: a write to racy memory initialises', () => {
    const { failure } = explore(() => {
      const w = shared();
      racy(w);
      watch(w, { name: 'w', initialised: true });
      w[0] = 1;
      return w[0];
    });
    expect(failure).toBeUndefined();
  });

  it('watch: an end value of 64 bits', () => {
    const { failure } = explore(() => {
      const l = new BigInt64Array(new SharedArrayBuffer(8));
      watch(l, { name: 'l', atEnd: -1n });
      Atomics.store(l, 0, -1n);
    });
    expect(failure).toBeUndefined();
  });
});

describe('label', () => {
  function raced(names: string | readonly string[], from = 0): ModelFailure {
    return explore(() => {
      const w = shared();
      label(w.subarray(from), names);
      const thread = spawn(() => void Atomics.store(w, 1, 7));
      Atomics.load(w, 1);
      thread.join();
      throw new Error('to see the report');
    }).failure!;
  }

  it.each<[string, string | readonly string[], number, string]>([
    ['a name for each', ['head', 'tail'], 0, 'tail'],
    ['one for all', 'words', 0, 'words[1]'],
    ['a part of a buffer', ['head'], 1, 'head'],
  ])('%s', (_, names, from, expected) => {
    const { report } = raced(names, from);
    expect(report).toContain(expected);
    expect(report).not.toContain('memory.');
  });

  it('one element, one name', () => {
    const { failure } = explore(() => {
      const w = new Int32Array(new SharedArrayBuffer(4));
      label(w, 'flag');
      Atomics.store(w, 0, 7);
      throw new Error('to see the report');
    });
    expect(failure!.report).toContain('flag');
    expect(failure!.report).not.toContain('flag[0]');
  });
});
