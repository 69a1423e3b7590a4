// Weakened accesses: those that are needed are killed, those that are not survive.

import { InvalidModelError, ModelError, mutate, spawn } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import { Oneshot } from './subjects/oneshot.ts';
import { SpinLock } from './subjects/spinlock.ts';

function oneshot(): void {
  const channel = new Oneshot(new SharedArrayBuffer(8));
  const sender = spawn(() => channel.send(42));
  const receiver = spawn(() => channel.receive());
  sender.join();
  if (receiver.join() !== 42) throw new Error('wrong value');
}

function lock(): void {
  const buffer = new SharedArrayBuffer(8);
  const words = new Int32Array(buffer);
  const spinLock = new SpinLock(buffer);
  const work = (): void => {
    spinLock.lock();
    words[1] = words[1]! + 1;
    spinLock.unlock();
  };
  const threads = [spawn(work), spawn(work)];
  for (const thread of threads) thread.join();
  if (words[1] !== 2) throw new Error('lost an increment');
}

/** The second store is one too many. */
function storesTwice(): void {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const sender = spawn(() => {
    Atomics.store(words, 1, 42); // the value
    Atomics.store(words, 0, 1); // the flag
  });
  if (Atomics.load(words, 0) === 1 && Atomics.load(words, 1) !== 42) throw new Error('not published');
  sender.join();
}

const HERE = /mutants\.test/;
const tooStrong = [
  { line: '// the value', mutation: 'plain', reason: 'the flag publishes it' },
  { line: 'Atomics.load(words, 1)', mutation: 'plain', reason: 'the flag orders it' },
] as const;

describe('mutate', () => {
  it('kills every mutant of a oneshot, each in the way of its kind', () => {
    const { mutants, survivors, table } = mutate({ oneshot }, { files: /subjects\/oneshot/ });
    expect(survivors).toEqual([]);
    expect(mutants.map(({ mutation, failure }) => `${mutation}: ${failure}`)).toEqual([
      'delay: data-race',
      'plain: data-race',
      'split: lost-wake-up',
      'drop: lost-wake-up',
      'plain: data-race',
      'split: deadlock',
      'split: lost-wake-up',
      'plain: data-race',
    ]);
    expect(table).toMatch(/^oneshot\.ts:16 {2}delay {2}killed {2}oneshot: data-race +words\[1\] = value;$/m);
  });

  it('kills every mutant of a lock', () => {
    expect(mutate({ lock }, { files: /subjects\/spinlock/ }).survivors).toEqual([]);
  });

  it('lets what is stronger than it must be survive', () => {
    const { survivors } = mutate({ storesTwice }, { files: HERE });
    expect(survivors.map(({ mutation, site }) => `${mutation} ${site.text}`)).toEqual([
      'plain Atomics.store(words, 1, 42); // the value',
      "plain if (Atomics.load(words, 0) === 1 && Atomics.load(words, 1) !== 42) throw new Error('not published');",
    ]);
  });

  it('takes a declared equivalent for none', () => {
    const { survivors, mutants } = mutate({ storesTwice }, { files: HERE, equivalent: [tooStrong[0]] });
    expect(survivors).toHaveLength(1);
    expect(mutants.find(({ status }) => status === 'equivalent')?.reason).toBe('the flag publishes it');
  });

  it('refuses a declaration that is wrong, or matches nothing', () => {
    const wrong = { line: '// the flag', mutation: 'plain', reason: 'none' } as const;
    const stale = { line: '// gone', mutation: 'plain', reason: 'none' } as const;
    expect(() => mutate({ storesTwice }, { files: HERE, equivalent: [wrong] })).toThrow(
      /declared equivalent, but the model "storesTwice" kills it \(data-race\)/,
    );
    expect(() => mutate({ storesTwice }, { files: HERE, equivalent: [stale] })).toThrow(
      /no access has a mutant "plain" on a line with `\/\/ gone`/,
    );
  });

  it('refuses models that fail as they are, and models without an access', () => {
    const failing = (): void => {
      throw new Error('always');
    };
    expect(() => mutate({ failing })).toThrow(ModelError);
    expect(() => mutate({ lock }, { files: /nowhere/ })).toThrow(InvalidModelError);
  });

  it('refuses what are no models, and files that are no expression', () => {
    expect(() => mutate(undefined as never)).toThrow('the models must be an object of functions by their names');
    expect(() => mutate({}, { files: 'lock.ts' as never })).toThrow('files must be a regular expression, not lock.ts');
  });

  it('leaves nothing weaker behind', () => {
    mutate({ lock }, { files: /subjects\/spinlock/ });
    expect(mutate({ lock }, { files: /subjects\/spinlock/ }).survivors).toEqual([]);
  });
});
