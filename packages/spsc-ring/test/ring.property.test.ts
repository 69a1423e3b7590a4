// Random sequences of calls on both sides of a ring, of any capacity and policy, against a queue.
//
// Positions run to twice the slots and begin again, so every sequence of some length passes
// their end: there is no counter that would have to be set near an overflow.

import { expect, it } from 'vitest';
import { fc, test } from '../../../vitest.prop.ts';
import { CONTROL, MOST_SLOTS, SHIFT } from '../src/control.ts';
import { Consumer, Producer, type RingOptions, SpscRing } from '../src/index.ts';

/** What the calls should see: `pending` items are sent and not published; `slack` slots may lie with the consumer. */
interface Model {
  published: number[];
  pending: number[];
  next: number;
  isClosed: boolean;
  readonly capacity: number;
  readonly slack: number;
  readonly holdsBack: boolean;
}

interface Real {
  producer: Producer<'int32'>;
  consumer: Consumer<'int32'>;
}

type Command = fc.Command<Model, Real>;

/** Takes over what the producer has published, which only the ring knows for certain: a prefix of what is pending. */
function settle(model: Model, real: Real): void {
  const size = real.consumer.size;
  const more = size - model.published.length;
  expect(more).toBeGreaterThanOrEqual(0);
  expect(more).toBeLessThanOrEqual(model.pending.length);
  model.published.push(...model.pending.splice(0, more));
}

function command(name: string, run: (model: Model, real: Real) => void): Command {
  return {
    check: () => true,
    run: (model, real) => {
      run(model, real);
      if (!model.isClosed) settle(model, real);
    },
    toString: () => name,
  };
}

function take(model: Model, count: number): number[] {
  return model.published.splice(0, count);
}

/** Sends `count` items by `send`, which says how many were accepted; all that there is room for must be. */
function sends(name: string, count: number, send: (real: Real, items: Int32Array) => number): Command {
  return command(`${name}(${count})`, (model, real) => {
    const items = Int32Array.from({ length: count }, () => model.next++);
    const held = model.published.length + model.pending.length;
    const accepted = send(real, items);
    if (model.isClosed) {
      // What is held back is accepted until it is published: only then does the producer see the end.
      if (!model.holdsBack) expect(accepted).toBe(0);
    } else {
      expect(accepted).toBeGreaterThanOrEqual(Math.min(count, Math.max(0, model.capacity - held)));
      expect(accepted).toBeLessThanOrEqual(Math.min(count, model.capacity + model.slack - held));
      model.pending.push(...items.subarray(0, accepted));
    }
  });
}

const commands = [
  fc.constant(sends('push', 1, ({ producer }, items) => (producer.push(items[0]!) ? 1 : 0))),
  fc.nat(12).map((count) => sends('pushMany', count, ({ producer }, items) => producer.pushMany(items))),
  fc.tuple(fc.nat(12), fc.nat(12)).map(([most, used]) =>
    sends('reserve', Math.min(most, used), ({ producer }, items) => {
      const { first, second, length } = producer.reserve(most);
      const count = Math.min(length, items.length);
      first.set(items.subarray(0, Math.min(count, first.length)));
      second.set(items.subarray(Math.min(count, first.length), count));
      return producer.commit(count);
    }),
  ),
  fc.constant(command('flush', (_, { producer }) => void producer.flush())),
  fc.constant(command('handBack', (_, { consumer }) => void consumer.flush())),
  fc.constant(
    command('pop', (model, { consumer }) => {
      expect(consumer.pop()).toBe(take(model, 1)[0]);
    }),
  ),
  fc.constant(command('peek', (model, { consumer }) => expect(consumer.peek()).toBe(model.published[0]))),
  fc.nat(12).map((count) =>
    command(`popMany(${count})`, (model, { consumer }) => {
      const into = new Int32Array(count);
      const taken = consumer.popMany(into);
      expect([...into.subarray(0, taken)]).toEqual(take(model, count));
    }),
  ),
  fc.tuple(fc.nat(12), fc.nat(12)).map(([most, kept]) =>
    command(`read(${most}), keeping ${kept}`, (model, { consumer }) => {
      const { first, second, length } = consumer.read(most);
      expect([...first, ...second]).toEqual(model.published.slice(0, most));
      const count = Math.max(0, length - kept);
      expect(consumer.release(count)).toBe(count);
      take(model, count);
    }),
  ),
  fc
    .nat(12)
    .map((count) =>
      command(`skip(${count})`, (model, { consumer }) => expect(consumer.skip(count)).toBe(take(model, count).length)),
    ),
  fc.constant(
    command('sizes', (model, { producer, consumer }) => {
      expect(consumer.size).toBe(model.published.length);
      const held = model.published.length + model.pending.length;
      if (model.isClosed) expect(producer.free).toBe(0);
      else expect(producer.size - held).toBeLessThanOrEqual(model.slack);
      expect(consumer.isClosed).toBe(model.isClosed && model.published.length === 0);
    }),
  ),
  fc.constant(
    command('takeOver', (model, real) => {
      // What was not published is lost with its producer; what was not handed back comes again, so hand it back.
      real.producer = Producer.from(real.producer.handle, { takeOver: true });
      model.pending = [];
      real.consumer.flush();
      if (!model.isClosed) real.consumer = Consumer.from(real.consumer.handle, { takeOver: true });
    }),
  ),
];

const closing = [
  fc.constant(
    command('close the producer', (model, { producer }) => {
      producer.close();
      if (!model.isClosed) model.published.push(...model.pending);
      model.pending = [];
      model.isClosed = true;
    }),
  ),
  fc.constant(
    command('close the consumer', (model, { consumer }) => {
      consumer.close();
      model.pending = [];
      model.isClosed = true;
    }),
  ),
];

const options = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.nat(19), fc.option(fc.nat(19)), fc.boolean())
  .map(([capacity, free, publish, realtime]): RingOptions<'int32'> => {
    const freeEvery = (free % capacity) + 1;
    const publishEvery = publish === null ? 'lazy' : (publish % capacity) + 1;
    return { kind: 'int32', capacity, freeEvery, publishEvery, realtime };
  });

const start = (chosen: RingOptions<'int32'>) => () => {
  const [producer, consumer] = SpscRing.create(chosen);
  const slots = new Int32Array(producer.handle.buffer)[CONTROL.index.slots]!;
  const { capacity } = chosen;
  const holdsBack = chosen.publishEvery !== 1;
  const slack = slots - capacity;
  const model: Model = { published: [], pending: [], next: 1, isClosed: false, capacity, slack, holdsBack };
  return { model, real: { producer, consumer } };
};

test.prop([options, fc.commands(commands, { maxCommands: 150, size: '+1' })])('a ring is a queue', (chosen, calls) => {
  fc.modelRun(start(chosen), calls);
});

test.prop([options, fc.commands([...commands, ...closing], { maxCommands: 100, size: '+1' })])(
  'a ring that is closed is a queue that ends',
  (chosen, calls) => {
    fc.modelRun(start(chosen), calls);
  },
);

it('keeps every position, with its flags, a small integer of every engine', () => {
  expect(((2 * MOST_SLOTS - 1) << SHIFT) | 3).toBeLessThan(2 ** 30);
  expect(((2 * MOST_SLOTS - 1) << SHIFT) | 3).toBeGreaterThan(0);
});

test.prop([fc.integer({ min: 1, max: 100_000 }), fc.nat(99_999)])(
  'there are slots for the capacity beside what may not be handed back',
  (capacity, free) => {
    const freeEvery = (free % capacity) + 1;
    const bytes = SpscRing.bytesFor({ kind: 'uint8', capacity, freeEvery });
    const least = capacity + freeEvery - 1;
    expect(bytes - CONTROL.byteLength).toBeGreaterThanOrEqual(least);
    expect(bytes - CONTROL.byteLength).toBeLessThan(least + capacity / 8 + 128);
  },
);
