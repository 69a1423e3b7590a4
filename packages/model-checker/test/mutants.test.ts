import { spawn } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import { mutate } from '../dist/mutants/mutants.js';
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

describe('mutate', () => {
  it('kills every mutant of the oneshot', () => {
    const { mutants, survivors, table } = mutate({ oneshot }, { files: /subjects\/oneshot/ });
    console.log(table);
    expect(survivors).toEqual([]);
    expect(mutants.length).toBeGreaterThanOrEqual(7);
  });

  it('kills every mutant of the lock', () => {
    const { survivors, table } = mutate({ lock }, { files: /subjects\/spinlock/ });
    console.log(table);
    expect(survivors).toEqual([]);
  });
});
