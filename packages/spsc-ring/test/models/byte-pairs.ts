// Each operation of one side of a ring of messages against each of the other: three calls against
// three, in a ring that holds two messages at most, from a place where the next frame is padded.

import { ByteConsumer, ByteProducer, ByteRing } from '../../src/index.ts';
import { spawn } from '@concurrency-lab/model-checker';

const text = (number: number): Uint8Array => new Uint8Array(3).fill(number);

/** What the producer may do with the message of a number; each tells whether it was accepted. */
const PRODUCING = {
  push: (producer: ByteProducer, number: number): boolean => producer.push(text(number)),
  commit(producer: ByteProducer, number: number): boolean {
    const room = producer.reserve(4);
    room?.fill(number);
    return room !== undefined && producer.commit(3);
  },
  pushHeldBack(producer: ByteProducer, number: number): boolean {
    const isAccepted = producer.push(text(number));
    return producer.flush() && isAccepted;
  },
  isClosed: (producer: ByteProducer, number: number): boolean => !producer.isClosed && producer.push(text(number)),
  close(producer: ByteProducer, number: number): boolean {
    const isAccepted = producer.push(text(number));
    producer.close();
    return isAccepted;
  },
};

/** What the consumer may do; each gives the bytes it took, undefined where there were none. */
const CONSUMING = {
  pop: (consumer: ByteConsumer): Uint8Array | undefined => consumer.pop(),
  popInto(consumer: ByteConsumer): Uint8Array | undefined {
    const target = new Uint8Array(3);
    return consumer.popInto(target) === undefined ? undefined : target;
  },
  release(consumer: ByteConsumer): Uint8Array | undefined {
    const bytes = consumer.read();
    const copy = bytes && Uint8Array.from(bytes);
    consumer.release();
    return copy;
  },
  skip(consumer: ByteConsumer): Uint8Array | undefined {
    const bytes = consumer.read();
    const copy = bytes && Uint8Array.from(bytes);
    if (copy !== undefined && !consumer.skip()) throw new Error('nothing to skip');
    return copy;
  },
  isClosed: (consumer: ByteConsumer): Uint8Array | undefined => (consumer.isClosed ? undefined : consumer.pop()),
  close(consumer: ByteConsumer): Uint8Array | undefined {
    const bytes = consumer.pop();
    consumer.close();
    return bytes;
  },
};

type Producing = keyof typeof PRODUCING;
type Consuming = keyof typeof CONSUMING;

/** Lists each operation of the producer with each of the consumer. */
export const BYTE_PAIRS: readonly (readonly [Producing, Consuming])[] = (Object.keys(PRODUCING) as Producing[]).flatMap(
  (producing) => (Object.keys(CONSUMING) as Consuming[]).map((consuming) => [producing, consuming] as const),
);

/** What was accepted is taken, whole and in order, and nothing else. */
export function bytePair(producing: Producing, consuming: Consuming): () => void {
  return () => {
    const [first, second] = ByteRing.create({
      capacity: 20,
      spins: 0,
      publishEvery: producing === 'pushHeldBack' ? 12 : 1,
    });
    const forProducer = first.handle;
    const forConsumer = second.handle;
    const accepted: number[] = [];
    const thread = spawn(() => {
      const producer = ByteProducer.from(forProducer);
      for (const number of [1, 2, 3]) if (PRODUCING[producing](producer, number)) accepted.push(number);
    });
    const consumer = ByteConsumer.from(forConsumer);
    const taken: number[] = [];
    const take = (bytes: Uint8Array | undefined): boolean => {
      if (bytes === undefined) return false;
      if (bytes.length !== 3 || bytes[1] !== bytes[0] || bytes[2] !== bytes[0])
        throw new Error(`torn: ${bytes.join()}`);
      taken.push(bytes[0]!);
      return true;
    };
    for (let i = 0; i < 3; i++) take(CONSUMING[consuming](consumer));
    thread.join();
    while (take(consumer.pop()));
    if (String(taken) !== String(accepted)) throw new Error(`accepted ${String(accepted)}, taken ${String(taken)}`);
  };
}
