// What is observed: which lines access shared memory, and which synchronise: reads of atomic writes, and wake-ups, where they order threads first.

import { explore, spawn } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';

/** Lists the edges of a model, by the comments that its lines end with. */
function edgesOf(body: () => unknown): string[] {
  const { observed, failure, isExhaustive } = explore(body, { observe: true });
  expect([failure, isExhaustive]).toEqual([undefined, true]);
  const name = (text: string): string => /\/\/ (.+)$/.exec(text)?.[1] ?? text;
  return observed!.edges.map(({ from, to, kind }) => `${name(from.text)} ${kind} ${name(to.text)}`).toSorted();
}

const newWords = (): Int32Array<SharedArrayBuffer> => new Int32Array(new SharedArrayBuffer(8));

describe('edges', () => {
  it('go from an atomic write to the atomic read that sees it', () => {
    const edges = edgesOf(() => {
      const words = newWords();
      spawn(() => {
        words[1] = 42;
        Atomics.store(words, 0, 1); // store
      });
      if (Atomics.load(words, 0) === 1) void words[1]; // load
    });
    expect(edges).toEqual(['store reads load']);
  });

  it('go from each update to the next, in both orders', () => {
    const edges = edgesOf(() => {
      const words = newWords();
      const other = spawn(() => Atomics.add(words, 0, 1)); // there
      Atomics.sub(words, 0, 2); // here
      other.join();
    });
    expect(edges).toEqual(['here reads there', 'there reads here']);
  });

  it('go from the notify to the wait that it wakes, and from the store to the wait that sees it', () => {
    const edges = edgesOf(() => {
      const words = newWords();
      spawn(() => {
        Atomics.store(words, 0, 1); // store
        Atomics.notify(words, 0); // notify
      });
      Atomics.wait(words, 0, 0); // wait
    });
    expect(edges).toEqual(['notify wakes wait', 'store reads wait']);
  });

  it('go to the waitAsync whose promise settles', () => {
    const edges = edgesOf(async () => {
      const words = newWords();
      spawn(() => {
        Atomics.store(words, 0, 1); // store
        Atomics.notify(words, 0); // notify
      });
      await Atomics.waitAsync(words, 0, 0).value; // wait
    });
    expect(edges).toEqual(['notify wakes wait', 'store reads wait']);
  });

  it('are none where the threads are in order already', () => {
    const edges = edgesOf(() => {
      const words = newWords();
      Atomics.store(words, 0, 1); // before the start
      const other = spawn(() => {
        Atomics.load(words, 0); // after the start
        Atomics.store(words, 0, 2); // before the end
      });
      other.join();
      Atomics.load(words, 0); // after the end
    });
    expect(edges).toEqual([]);
  });

  it('are none from an update that changes nothing, or a compareExchange that fails', () => {
    const edges = edgesOf(() => {
      const words = newWords();
      const other = spawn(() => {
        Atomics.or(words, 0, 0); // silent
        Atomics.compareExchange(words, 0, 7, 8); // fails
      });
      Atomics.load(words, 0); // load
      other.join();
    });
    expect(edges).toEqual([]);
  });

  it('are none within a thread', () => {
    const edges = edgesOf(() => {
      const words = newWords();
      Atomics.store(words, 0, 1); // store
      Atomics.load(words, 0); // load
    });
    expect(edges).toEqual([]);
  });

  it('are none where nobody asks', () => {
    const body = (): void => {
      const words = newWords();
      spawn(() => Atomics.store(words, 0, 1));
      Atomics.load(words, 0);
    };
    expect(explore(body, { observe: true }).observed?.edges).toHaveLength(1);
    expect(explore(body).observed).toBeUndefined();
  });
});

it('the lines that access shared memory are those that do, plain ones too', () => {
  const { observed } = explore(
    () => {
      const words = newWords();
      const own = new Int32Array(2);
      own[0] = 1; // memory of one thread
      words[1] = own[0]; // write
      const other = spawn(() => words[1]); // read
      other.join();
      if (words[1] === 2) Atomics.add(words, 0, 1); // read again // never
      words.fill(3); // bulk
      own.set(words); // bulk read
      Atomics.notify(words, 0); // notify
    },
    { observe: true },
  );
  const names = observed!.accesses.map(({ text }) => /\/\/ ([^/]+)/.exec(text)?.[1]!.trim());
  expect(names).toHaveLength(6);
  expect(new Set(names)).toEqual(new Set(['bulk', 'bulk read', 'notify', 'read', 'read again', 'write']));
});
