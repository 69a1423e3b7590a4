// The timer wheel against a sorted list: what is due expires, nothing else, in order.

import { expect, it } from 'vitest';
import { fc, test } from '../../../vitest.prop.ts';
import { type Entry, Wheel } from '../src/time/wheel.ts';

class Probe implements Entry {
  before: Entry | undefined = undefined;
  after: Entry | undefined = undefined;
  readonly tick: number;
  readonly #onExpire: (probe: Probe) => void;

  constructor(tick: number, onExpire: (probe: Probe) => void) {
    this.tick = tick;
    this.#onExpire = onExpire;
  }

  expire(): void {
    this.#onExpire(this);
  }
}

/** Delays of all levels: from one tick to months. */
const delays = fc.oneof(
  fc.integer({ min: 0, max: 70 }),
  fc.integer({ min: 0, max: 5000 }),
  fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  fc.constantFrom(63, 64, 65, 4095, 4096, 4097, 2 ** 18, 2 ** 24 - 1, 2 ** 30),
);
const commands = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('add' as const), delay: delays }),
    fc.record({ kind: fc.constant('remove' as const), index: fc.nat(30) }),
    fc.record({ kind: fc.constant('advance' as const), by: delays }),
    fc.record({ kind: fc.constant('next' as const) }),
  ),
  { maxLength: 60 },
);
/** A process that has just begun, one that runs for a month, and one at the end of the last level's round. */
const starts = fc.constantFrom(0, 1, 63, 2 ** 31, 2 ** 36 - 3, 2 ** 36 + 4096 * 5);

test.prop([starts, commands])('expires what is due, in order, and nothing else', (start, script) => {
  const wheel = new Wheel(start);
  let now = start;
  let waiting: Probe[] = [];
  let expired: Probe[] = [];
  for (const command of script) {
    if (command.kind === 'add') {
      const probe = new Probe(now + command.delay, (due) => expired.push(due));
      waiting.push(probe);
      wheel.add(probe);
    } else if (command.kind === 'remove') {
      const probe = waiting[command.index];
      if (probe === undefined) continue;
      wheel.remove(probe);
      wheel.remove(probe); // once more changes nothing
      waiting = waiting.filter((other) => other !== probe);
    } else if (command.kind === 'next') {
      // Never later than the first that is due, so that nobody sleeps past it.
      const first = Math.min(...waiting.map(({ tick }) => tick));
      expect(wheel.next()).toBeLessThanOrEqual(Math.max(first, now));
      expect(wheel.next() === Infinity).toBe(waiting.length === 0);
    } else {
      now += command.by;
      expired = [];
      wheel.turn(now);
      const due = waiting.filter(({ tick }) => tick <= now);
      waiting = waiting.filter(({ tick }) => tick > now);
      expect(new Set(expired)).toEqual(new Set(due));
      const ticks = expired.map(({ tick }) => tick);
      expect(ticks).toEqual(ticks.toSorted((a, b) => a - b));
    }
    expect(wheel.size).toBe(waiting.length);
  }
});

test.prop([starts, fc.array(delays, { minLength: 1, maxLength: 20 })])(
  'gets to each tick in few steps when it sleeps until next()',
  (start, all) => {
    const wheel = new Wheel(start);
    const expired: number[] = [];
    for (const delay of all) wheel.add(new Probe(start + delay, ({ tick }) => expired.push(tick)));
    let steps = 0;
    for (let now = start; wheel.size > 0; steps++) {
      now = Math.max(now, wheel.next());
      wheel.turn(now);
      expect(expired.every((tick) => tick <= now)).toBe(true);
    }
    expect(expired).toEqual(all.map((delay) => start + delay).toSorted((a, b) => a - b));
    expect(steps).toBeLessThanOrEqual(7 * all.length); // one for each level
  },
);

it('what expires may remove others of its tick, and add new ones', () => {
  const wheel = new Wheel(0);
  const log: string[] = [];
  const second = new Probe(5, () => log.push('second'));
  const third = new Probe(5, () => log.push('third'));
  wheel.add(
    new Probe(5, () => {
      log.push('first');
      wheel.remove(second);
      wheel.add(new Probe(6, () => log.push('later')));
    }),
  );
  wheel.add(second);
  wheel.add(third);
  wheel.turn(5);
  expect(log).toEqual(['first', 'third']);
  wheel.turn(6);
  expect(log).toEqual(['first', 'third', 'later']);
  expect(wheel.size).toBe(0);
});
