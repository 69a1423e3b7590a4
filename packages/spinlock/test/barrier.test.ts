import { CancelToken, CancelledError, InvalidArgumentError, TimeoutError } from '@concurrency-lab/atomics';
import { describe, expect, it } from 'vitest';
import { Barrier } from '../src/index.ts';

const open = (barrier: Barrier): Barrier => Barrier.from(structuredClone(barrier.handle));

describe('a meeting', () => {
  it('has one leader, the last to arrive; and there is another after it', async () => {
    const barrier = Barrier.create({ parties: 3 });
    for (let meeting = 0; meeting < 3; meeting++) {
      const first = barrier.waitAsync();
      const second = open(barrier).waitAsync();
      expect(barrier.arrived).toBe(2);
      expect(barrier.wait()).toBe(true);
      expect(await Promise.all([first, second])).toEqual([false, false]);
      expect(barrier.arrived).toBe(0);
    }
  });

  it('of one party is over at once', async () => {
    const barrier = Barrier.create({ parties: 1 });
    expect(barrier.wait()).toBe(true);
    expect(await barrier.waitAsync()).toBe(true);
  });

  it('goes on past the last generation that the word has room for', async () => {
    const barrier = Barrier.create({ parties: 2 });
    new Int32Array(barrier.handle.buffer)[5] = -1 & ~0xf_ff; // generation 2^20 - 1, nobody arrived
    for (let meeting = 0; meeting < 2; meeting++) {
      const first = barrier.waitAsync();
      expect(barrier.wait()).toBe(true);
      expect(await first).toBe(false);
    }
  });

  it('may be of 4,095', async () => {
    const barrier = Barrier.create({ parties: 4095 });
    const others = Array.from({ length: 4094 }, () => barrier.waitAsync());
    expect(barrier.arrived).toBe(4094);
    expect(await barrier.waitAsync()).toBe(true);
    expect((await Promise.all(others)).some(Boolean)).toBe(false);
  });
});

describe('giving up', () => {
  it('after a timeout takes the arrival back', async () => {
    const barrier = Barrier.create({ parties: 2 });
    expect(() => barrier.wait({ timeout: 5 })).toThrow(new TimeoutError('Barrier.wait()', 5));
    expect(() => barrier.wait({ timeout: 0 })).toThrow(TimeoutError);
    await expect(barrier.waitAsync({ timeout: 5 })).rejects.toThrow(TimeoutError);
    expect(barrier.arrived).toBe(0);
    const other = open(barrier).waitAsync();
    expect(barrier.wait({ timeout: 0 })).toBe(true);
    expect(await other).toBe(false);
  });

  it('by a signal takes the arrival back; the others wait on', async () => {
    const barrier = Barrier.create({ parties: 3 });
    const controller = new AbortController();
    const patient = barrier.waitAsync();
    const brief = barrier.waitAsync({ signal: controller.signal });
    controller.abort(new Error('no more'));
    await expect(brief).rejects.toThrow('no more');
    expect(barrier.arrived).toBe(1);
    const second = barrier.waitAsync();
    expect(barrier.wait()).toBe(true);
    expect(await Promise.all([patient, second])).toEqual([false, false]);
  });

  it('comes too late where the meeting was held before the signal aborted', async () => {
    const barrier = Barrier.create({ parties: 2 });
    const controller = new AbortController();
    const other = barrier.waitAsync({ signal: controller.signal });
    barrier.wait();
    controller.abort();
    expect(await other).toBe(false);
  });

  it('at once does not arrive', () => {
    const barrier = Barrier.create({ parties: 1 });
    const token = CancelToken.create();
    token.cancel();
    expect(() => barrier.wait({ signal: token })).toThrow(CancelledError);
    expect(() => barrier.wait({ timeout: NaN })).toThrow(InvalidArgumentError);
  });
});

describe('misuse', () => {
  it.each([0, 4096, 1.5, NaN])('of %s parties is refused', (parties) => {
    expect(() => Barrier.create({ parties })).toThrow('parties must be an integer from 1 to 4095');
    const buffer = new SharedArrayBuffer(Barrier.BYTES);
    expect(() => Barrier.at(buffer, 0, { parties })).toThrow(InvalidArgumentError);
    expect(new Uint8Array(buffer).every((byte) => byte === 0)).toBe(true);
  });

  it('of options, memory and handles is refused', () => {
    const buffer = new SharedArrayBuffer(Barrier.BYTES);
    expect(() => Barrier.at(buffer, 0, { parties: 2, spins: 65 })).toThrow('spins must be');
    const barrier = Barrier.at(buffer, 0, { parties: 2 });
    expect(() => Barrier.at(buffer, 0, { parties: 2 })).toThrow('not zeroed');
    expect(open(barrier).parties).toBe(2);
    expect(() => Barrier.from({ ...barrier.handle, kind: 'once' } as never)).toThrow('not of a once');
  });
});
