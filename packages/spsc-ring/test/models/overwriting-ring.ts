// The models of the overwriting ring: small programs that check themselves. Every message holds
// its number three times over, in two words: what is torn or mixed shows.

import { ClosedError, InvalidHandleError } from '@concurrency-lab/atomics';
import { spawn } from '@concurrency-lab/model-checker';
import { OverwritingConsumer, OverwritingProducer, OverwritingRing } from '../../src/index.ts';
import { FIRST } from '../../src/overwriting-layout.ts';
import { CONTROL, SHIFT } from '../../src/control.ts';

const NUMBERS = {
  size: (): number => 8,
  encode(value: number, view: DataView): void {
    view.setInt32(0, value);
    view.setInt32(4, value * 10);
  },
  decode(view: DataView): number {
    const value = view.getInt32(0);
    if (view.byteLength !== 8 || view.getInt32(4) !== value * 10) throw new Error(`message ${value} is torn`);
    return value;
  },
};

interface Sides {
  readonly producer: () => OverwritingProducer<number>;
  readonly consumer: () => OverwritingConsumer<number>;
}

/** Makes a ring of two messages, each side to be opened on its thread; the first message has the number `first`. */
function ring(first = 0): Sides {
  const [producer, consumer] = OverwritingRing.create({ capacity: 2, maxMessageBytes: 8, spins: 0, codec: NUMBERS });
  const [forProducer, forConsumer] = [producer.handle, consumer.handle];
  if (first !== 0) {
    const words = new Int32Array(forProducer.buffer);
    const position = first & (2 ** 28 - 1);
    words[FIRST] = first;
    words[CONTROL.index.tail] = position << SHIFT;
    words[CONTROL.index.head] = position << SHIFT;
  }
  return {
    producer: () => OverwritingProducer.from(forProducer, { codec: NUMBERS }),
    consumer: () => OverwritingConsumer.from(forConsumer, { codec: NUMBERS }),
  };
}

/** Takes what is there, and checks that each message is the next, but for those counted as missed. */
class Checker {
  readonly #consumer: OverwritingConsumer<number>;
  #next = 1;
  #missed = 0;
  taken = '';

  constructor(consumer: OverwritingConsumer<number>) {
    this.#consumer = consumer;
  }

  accept(value: number | undefined): boolean {
    if (value === undefined) return false;
    const { missed } = this.#consumer;
    if (value !== this.#next + missed - this.#missed) {
      throw new Error(`got ${value} after ${this.#next - 1}, with ${missed - this.#missed} missed`);
    }
    this.#next = value + 1;
    this.#missed = missed;
    this.taken += value;
    return true;
  }

  pop(): boolean {
    return this.accept(this.#consumer.pop());
  }

  expectEnd(pushed: number): void {
    while (this.pop());
    if (this.#next !== pushed + 1) throw new Error(`the last of ${pushed} is missing`);
  }
}

/** So many pushes, one after the other, against so many pops; then the rest. */
function pushesAndPops(pushes: number, pops: number, first = 0): () => string {
  return () => {
    const sides = ring(first);
    const pushing = spawn(() => {
      const producer = sides.producer();
      for (let value = 1; value <= pushes; value++) if (!producer.push(value)) throw new Error('refused');
    });
    const checker = new Checker(sides.consumer());
    for (let i = 0; i < pops; i++) checker.pop();
    pushing.join();
    checker.expectEnd(pushes);
    return checker.taken;
  };
}

/** The ring overflows while the consumer takes. */
export const overflows: () => string = pushesAndPops(3, 2);
/** It overflows by more than a lap. */
export const overflowsAgain: () => string = pushesAndPops(5, 2);
/** Positions and numbers wrap meanwhile. */
export const wraps: () => string = pushesAndPops(4, 2, -2);
/** Positions wrap, and numbers do not. */
export const positionsWrap: () => string = pushesAndPops(4, 2, 2 ** 28 - 2);

/** Messages written and read in place; what is read stays, however many are pushed meanwhile. */
export function inPlace(): void {
  const sides = ring();
  const pushing = spawn(() => {
    const producer = sides.producer();
    for (let value = 1; value <= 4; value++) {
      const room = producer.reserve();
      room.fill(value);
      producer.commit(5);
    }
  });
  const consumer = sides.consumer();
  for (let i = 0; i < 2; i++) {
    const bytes = consumer.read();
    if (bytes === undefined) continue;
    const value = bytes[0]!;
    if (bytes.length !== 5) throw new Error(`message ${value} has ${bytes.length} bytes`);
    for (let at = 0; at < 5; at++) if (bytes[at] !== value) throw new Error(`message ${value} is torn`);
    consumer.release();
  }
  pushing.join();
}

/** A consumer that parks gets the last message, and the end. */
export function receives(): void {
  const sides = ring();
  const pushing = spawn(() => {
    const producer = sides.producer();
    for (let value = 1; value <= 2; value++) producer.push(value);
    producer.close();
  });
  const consumer = sides.consumer();
  const checker = new Checker(consumer);
  try {
    for (;;) checker.accept(consumer.receive());
  } catch (error) {
    if (!(error instanceof ClosedError)) throw error;
  }
  pushing.join();
  if (checker.taken !== '12') throw new Error(`received ${checker.taken}`);
}

/** As before, without blocking. */
export function receivesAsync(): void {
  const sides = ring();
  const receiving = spawn(
    async () => {
      const consumer = sides.consumer();
      const checker = new Checker(consumer);
      for await (const value of consumer) checker.accept(value);
      return checker.taken;
    },
    { canBlock: false },
  );
  const producer = sides.producer();
  for (let value = 1; value <= 2; value++) producer.push(value);
  producer.close();
  const taken = receiving.join();
  if (taken !== '12') throw new Error(`received ${taken}`);
}

/** The consumer closes: the producer learns of it, and is never held up. */
export function consumerCloses(): string {
  const sides = ring();
  const pushing = spawn(() => {
    const producer = sides.producer();
    return [1, 2, 3].map((value) => (producer.push(value) ? 'y' : 'n')).join('');
  });
  const consumer = sides.consumer();
  const checker = new Checker(consumer);
  checker.pop();
  consumer.close();
  if (consumer.pop() !== undefined || !consumer.isClosed) throw new Error('open');
  return pushing.join();
}

/** A producer that is terminated at any step loses only the message that it had not published. */
export function producerTerminated(): string {
  const sides = ring();
  const pushing = spawn(
    () => {
      const producer = sides.producer();
      for (let value = 1; value <= 3; value++) producer.push(value);
    },
    { mayBeTerminated: true },
  );
  pushing.join();
  const checker = new Checker(sides.consumer());
  while (checker.pop());
  return checker.taken;
}

/** A consumer that is terminated at any step holds nobody up. */
export function consumerTerminated(): void {
  const sides = ring();
  const consuming = spawn(
    () => {
      const checker = new Checker(sides.consumer());
      checker.pop();
      checker.pop();
    },
    { mayBeTerminated: true },
  );
  const producer = sides.producer();
  for (let value = 1; value <= 4; value++) if (!producer.push(value)) throw new Error('refused');
  consuming.join();
}

/** The size that the consumer sees is never more than there can be. */
export function sizes(): string {
  const sides = ring();
  const pushing = spawn(() => {
    const producer = sides.producer();
    for (let value = 1; value <= 3; value++) producer.push(value);
  });
  const consumer = sides.consumer();
  const first = consumer.size;
  consumer.pop();
  const second = consumer.size;
  if (first > 2 || second > 2) throw new Error(`sizes ${first}, ${second}`);
  pushing.join();
  if (consumer.size > 2) throw new Error(`size ${consumer.size}`);
  return `${first}${second}`;
}

/** A side is opened while the ring is placed: it sees all of the ring, or none. */
export function openWhilePlacing(): string {
  const options = { capacity: 2, maxMessageBytes: 8, spins: 0 };
  const buffer = new SharedArrayBuffer(OverwritingRing.bytesFor(options));
  const handle = { kind: 'overwriting-ring', version: 1, buffer, byteOffset: 0, side: 'consumer' } as const;
  const opening = spawn(() => {
    try {
      const consumer = OverwritingConsumer.from(handle);
      return `${consumer.capacity} of ${consumer.maxMessageBytes}`;
    } catch (error) {
      if (error instanceof InvalidHandleError) return error.name;
      throw error;
    }
  });
  OverwritingRing.at(buffer, 0, options);
  return opening.join();
}
