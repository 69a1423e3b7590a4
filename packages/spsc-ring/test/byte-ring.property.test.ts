// Random calls of both sides of a ring of messages against a queue, in the order of one thread.

import * as fc from 'fast-check';
import { it } from 'vitest';
import { ByteConsumer, ByteProducer, ByteRing } from '../src/index.ts';

interface Model {
  readonly queue: Uint8Array[];
  pushed: number;
  isClosed: boolean;
}

interface Real {
  producer: ByteProducer;
  consumer: ByteConsumer;
}

type Command = fc.Command<Model, Real>;

function expectEqual(found: unknown, expected: unknown, what: string): void {
  const [left, right] = [found, expected].map((value) => (value instanceof Uint8Array ? value.join() : String(value)));
  if (left !== right) throw new Error(`${what}: ${left}, not ${right}`);
}

/** Makes a message that says its number and its length. */
const message = (number: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => number + i * length);

/** Puts in a message; a refusal is right only where it cannot fit beside what is there. */
class Push implements Command {
  readonly #length: number;
  readonly #inPlace: boolean;

  constructor(length: number, inPlace: boolean) {
    this.#length = length;
    this.#inPlace = inPlace;
  }

  check = (): boolean => true;

  run(model: Model, { producer }: Real): void {
    const bytes = message(model.pushed, Math.min(this.#length, producer.maxMessageBytes));
    let isAccepted = false;
    if (this.#inPlace) {
      const room = producer.reserve(Math.min(bytes.length + 3, producer.maxMessageBytes));
      room?.set(bytes);
      isAccepted = room !== undefined && producer.commit(bytes.length);
    } else {
      isAccepted = producer.push(bytes);
    }
    model.pushed++;
    if (isAccepted) model.queue.push(bytes);
    if (isAccepted && model.isClosed) throw new Error('accepted after the end');
    if (!isAccepted && !model.isClosed && model.queue.length === 0) throw new Error('an empty ring is full');
  }

  toString = (): string => `push(${this.#length}${this.#inPlace ? ', in place' : ''})`;
}

/** Takes a message in one of the ways that there are. */
class Take implements Command {
  readonly #way: 'pop' | 'popInto' | 'read' | 'skip' | 'peek';

  constructor(way: 'pop' | 'popInto' | 'read' | 'skip' | 'peek') {
    this.#way = way;
  }

  check = (): boolean => true;

  run(model: Model, { producer, consumer }: Real): void {
    producer.flush();
    const expected = this.#way === 'peek' ? model.queue[0] : model.queue.shift();
    if (this.#way === 'pop') expectEqual(consumer.pop(), expected, 'pop');
    else if (this.#way === 'skip') expectEqual(consumer.skip(), expected !== undefined, 'skip');
    else if (this.#way === 'popInto') {
      const target = new Uint8Array(consumer.maxMessageBytes);
      const length = consumer.popInto(target);
      expectEqual(length === undefined ? undefined : target.subarray(0, length), expected, 'popInto');
    } else {
      expectEqual(consumer.read(), expected, 'read');
      if (this.#way === 'read') expectEqual(consumer.release(), expected !== undefined, 'release');
    }
    expectEqual(consumer.isClosed, model.isClosed && model.queue.length === 0, 'isClosed');
  }

  toString = (): string => this.#way;
}

/** Opens a side again, as after the death of its thread: nothing that was published is lost. */
class TakeOver implements Command {
  check = (model: Model): boolean => !model.isClosed;

  run(_: Model, real: Real): void {
    real.producer.flush();
    real.producer = ByteProducer.from(real.producer.handle, { takeOver: true });
    real.consumer.flush();
    real.consumer = ByteConsumer.from(real.consumer.handle, { takeOver: true });
  }

  toString = (): string => 'takeOver';
}

class Close implements Command {
  check = (): boolean => true;

  run(model: Model, { producer }: Real): void {
    producer.close();
    model.isClosed = true;
  }

  toString = (): string => 'close';
}

const commands = [
  fc.tuple(fc.nat(70), fc.boolean()).map(([length, inPlace]) => new Push(length, inPlace)),
  fc.tuple(fc.nat(9), fc.boolean()).map(([length, inPlace]) => new Push(length, inPlace)),
  fc.constantFrom('pop', 'popInto', 'read', 'skip', 'peek').map((way) => new Take(way)),
  fc.constant(new TakeOver()),
];

it('behaves as a queue of messages', () => {
  const length = { maxCommands: 120, size: '+1' } as const;
  fc.assert(
    fc.property(
      fc.integer({ min: 16, max: 200 }),
      fc.constantFrom(1, 8, 'lazy' as const),
      fc.commands(commands, length),
      fc.boolean(),
      (capacity, publishEvery, calls, closes) => {
        fc.modelRun(
          () => {
            const [producer, consumer] = ByteRing.create({ capacity, publishEvery });
            return { model: { queue: [], pushed: 0, isClosed: false }, real: { producer, consumer } };
          },
          closes ? [...calls, new Close(), new Take('pop'), new Push(1, false), new Take('pop')] : calls,
        );
      },
    ),
  );
});
