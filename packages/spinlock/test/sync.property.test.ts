// What is built on the locks does what a sequential model of it says, whatever handles and
// calls are mixed, as long as nobody waits.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Barrier, type LockGuard, type Permit, RwLock, Semaphore } from '../src/index.ts';

const HANDLES = 3;
const who = fc.nat(HANDLES - 1);

describe('a semaphore', () => {
  const call = fc.record({
    who,
    what: fc.constantFrom('tryAcquire', 'acquireAsync', 'release', 'drop'),
    count: fc.integer({ min: 1, max: 5 }),
  });

  it('has as many permits as were not taken', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 5 }), fc.array(call, { maxLength: 40 }), async (permits, calls) => {
        const first = Semaphore.create({ permits, maximum: 5 });
        const handles = Array.from({ length: HANDLES }, () => Semaphore.from(first.handle));
        const held: Permit[] = [];
        let available = permits;
        for (const { who: by, what, count } of calls) {
          const semaphore = handles[by]!;
          if (what === 'release') {
            if (available + count > 5) expect(() => semaphore.release(count)).toThrow('cannot release');
            else {
              semaphore.release(count);
              available += count;
            }
          } else if (what === 'drop') {
            const permit = held.pop();
            if (permit !== undefined && available + permit.count <= 5) {
              permit.release();
              available += permit.count;
            }
          } else if (what === 'tryAcquire' || available < count) {
            const permit = semaphore.tryAcquire(count);
            expect(permit?.count).toBe(available < count ? undefined : count);
            if (permit !== undefined) {
              held.push(permit);
              available -= count;
            }
          } else {
            held.push(await semaphore.acquireAsync(count));
            available -= count;
          }
          for (const other of handles) expect(other.available).toBe(available);
        }
      }),
    );
  });

  it('serves calls in the order in which they came', async () => {
    const wanted = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(wanted, fc.infiniteStream(fc.integer({ min: 1, max: 4 })), async (counts, releases) => {
        const semaphore = Semaphore.create({ permits: 0, maximum: 100 });
        const served: number[] = [];
        const calls = counts.map(async (count, i) => {
          await Semaphore.from(semaphore.handle).acquireAsync(count);
          served.push(i);
        });
        for (let left = counts.reduce((sum, count) => sum + count, 0); left > 0;) {
          const count = Math.min(left, releases.next().value as number);
          semaphore.release(count);
          left -= count;
          await new Promise((resolve) => setImmediate(resolve));
        }
        await Promise.all(calls);
        expect(served).toEqual(counts.map((_, i) => i));
        expect(semaphore.available).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});

it('a reader-writer lock has many readers or one writer', () => {
  const call = fc.record({ who, what: fc.constantFrom('tryRead', 'tryWrite', 'unlock', 'downgrade') });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
      const first = RwLock.create();
      const handles = Array.from({ length: HANDLES }, () => RwLock.from(first.handle));
      const readers: LockGuard[] = [];
      let writer: ReturnType<RwLock['tryWrite']>;
      for (const { who: by, what } of calls) {
        const lock = handles[by]!;
        if (what === 'tryRead') {
          const guard = lock.tryRead();
          expect(guard === undefined).toBe(writer !== undefined);
          if (guard !== undefined) readers.push(guard);
        } else if (what === 'tryWrite') {
          const guard = lock.tryWrite();
          expect(guard === undefined).toBe(writer !== undefined || readers.length > 0);
          writer ??= guard;
        } else if (what === 'downgrade') {
          if (writer !== undefined) readers.push(writer.downgrade());
          writer = undefined;
        } else if (writer !== undefined) {
          writer.unlock();
          writer = undefined;
        } else readers.splice(by, 1)[0]?.unlock();
        expect(handles.map((other) => [other.readers, other.isWriting])).toEqual(
          handles.map(() => [readers.length, writer !== undefined]),
        );
      }
    }),
  );
});

it('a barrier lets each full number of parties go, with one leader, across the wrap of its generations', async () => {
  const run = fc.record({
    parties: fc.integer({ min: 1, max: 6 }),
    arrivals: fc.nat(20),
    generation: fc.constantFrom(0, 2 ** 19 - 1, 2 ** 20 - 2, 2 ** 20 - 1),
  });
  await fc.assert(
    fc.asyncProperty(run, async ({ parties, arrivals, generation }) => {
      const barrier = Barrier.create({ parties });
      new Int32Array(barrier.handle.buffer)[5] = generation << 12;
      const controller = new AbortController();
      const ends = Array.from({ length: arrivals }, () =>
        Barrier.from(barrier.handle)
          .waitAsync({ signal: controller.signal })
          .then(String, () => 'gave up'),
      );
      expect(barrier.arrived).toBe(arrivals % parties);
      await new Promise((resolve) => setImmediate(resolve));
      controller.abort();
      const met = arrivals - (arrivals % parties);
      const expected = Array.from({ length: arrivals }, (_, i) =>
        i >= met ? 'gave up' : String(i % parties === parties - 1),
      );
      expect(await Promise.all(ends)).toEqual(expected);
      expect(barrier.arrived).toBe(0);
    }),
    { numRuns: 50 },
  );
});
