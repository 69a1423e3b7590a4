// The models of the ring of messages: small programs that check themselves. Every message says
// its own length and place, so that what is torn, mixed or lost shows.

import { ClosedError, InvalidHandleError } from '@concurrency-lab/atomics';
import { spawn } from '@concurrency-lab/model-checker';
import { ByteConsumer, ByteProducer, ByteRing } from '../../src/index.ts';

/** Makes the message of a number: its length and its bytes follow from it. */
function message(number: number): Uint8Array {
  return new Uint8Array(1 + (number % 2) * 4).fill(number);
}

/** Returns the number that a message was made of, after a look at all of it. */
function numberOf(bytes: Uint8Array): number {
  const number = bytes[0]!;
  const expected = 1 + (number % 2) * 4;
  if (bytes.length !== expected) throw new Error(`message ${number} has ${bytes.length} bytes`);
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== number) throw new Error(`message ${number} is torn`);
  return number;
}

/** A ring of 5 words: messages of 1 byte take 2 of them, those of 5 bytes 3, so that frames wrap and are padded. */
function ring(options: object = {}): [producer: () => ByteProducer, consumer: () => ByteConsumer] {
  const [producer, consumer] = ByteRing.create({ capacity: 20, spins: 0, ...options });
  const [forProducer, forConsumer] = [producer.handle, consumer.handle];
  return [() => ByteProducer.from(forProducer), () => ByteConsumer.from(forConsumer)];
}

/** Messages pushed and popped without waiting: those accepted arrive, in order. */
export function pushAndPop(): string {
  const [producerHere, consumerHere] = ring();
  const pushing = spawn(() => {
    const producer = producerHere();
    return [1, 2, 3].filter((number) => producer.push(message(number)));
  });
  const consumer = consumerHere();
  const taken: number[] = [];
  for (let i = 0; i < 2; i++) {
    const bytes = consumer.pop();
    if (bytes !== undefined) taken.push(numberOf(bytes));
  }
  const pushed = pushing.join();
  for (let bytes = consumer.pop(); bytes !== undefined; bytes = consumer.pop()) taken.push(numberOf(bytes));
  if (String(taken) !== String(pushed)) throw new Error(`pushed ${String(pushed)}, taken ${String(taken)}`);
  return String(pushed);
}

/** Messages sent and received by threads that park, more than fit, to the end of the ring. */
export function sendAndReceive(): void {
  const [producerHere, consumerHere] = ring();
  const sending = spawn(() => {
    const producer = producerHere();
    for (const number of [1, 3]) producer.send(message(number));
  });
  const consumer = consumerHere();
  for (const number of [1, 3]) {
    const found = numberOf(consumer.receive());
    if (found !== number) throw new Error(`received ${found} for ${number}`);
  }
  sending.join();
}

/** As before, without blocking. */
export function sendAndReceiveAsync(): void {
  const [producerHere, consumerHere] = ring();
  const sending = spawn(
    async () => {
      const producer = producerHere();
      await Promise.all([producer.sendAsync(message(1)), producer.sendAsync(message(3))]);
    },
    { canBlock: false },
  );
  const receiving = spawn(
    async () => {
      const consumer = consumerHere();
      const messages = await Promise.all([consumer.receiveAsync(), consumer.receiveAsync()]);
      return messages.map((bytes) => numberOf(bytes)).join();
    },
    { canBlock: false },
  );
  sending.join();
  const numbers = receiving.join();
  if (numbers !== '1,3') throw new Error(`received ${numbers}`);
}

/** Messages written and read in place. */
export function reserveAndRead(): string {
  const [producerHere, consumerHere] = ring();
  const writing = spawn(() => {
    const producer = producerHere();
    let written = 0;
    for (const number of [1, 2]) {
      const room = producer.reserve(5);
      if (room === undefined) break;
      const { length } = message(number);
      room.subarray(0, length).fill(number);
      producer.commit(length);
      written++;
    }
    return written;
  });
  const consumer = consumerHere();
  let read = 0;
  for (let i = 0; i < 2; i++) {
    const bytes = consumer.read();
    if (bytes === undefined) continue;
    if (numberOf(bytes) !== ++read) throw new Error('out of order');
    consumer.release();
  }
  const written = writing.join();
  while (consumer.skip()) read++;
  if (written !== read) throw new Error(`written ${written}, read ${read}`);
  return `${read}`;
}

/** Texts of characters of one to four bytes. */
export function texts(): void {
  const [producer, consumer] = ByteRing.create({ capacity: 20, spins: 0, codec: 'text' });
  const [forProducer, forConsumer] = [producer.handle, consumer.handle];
  const sending = spawn(() => {
    const here = ByteProducer.from(forProducer, { codec: 'text' });
    here.send('aé€');
    here.send('𝄞');
  });
  const here = ByteConsumer.from(forConsumer, { codec: 'text' });
  const received = here.receive() + here.receive();
  if (received !== 'aé€𝄞') throw new Error(`received ${received}`);
  sending.join();
}

/** A message that is long enough to be copied at once. */
export function longMessage(): void {
  const [producer, consumer] = ByteRing.create({ capacity: 256, spins: 0 });
  const sent = Uint8Array.from({ length: 40 }, (_, i) => i);
  const sending = spawn(() => producer.send(sent));
  const received = consumer.receive();
  if (String(received) !== String(sent)) throw new Error(`received ${String(received)}`);
  sending.join();
}

/** A text that is long enough for the platform's encoder and decoder. */
export function longText(): void {
  const [producer, consumer] = ByteRing.create({ capacity: 1024, spins: 0, codec: 'text' });
  const sent = 'aé€'.repeat(60);
  const sending = spawn(() => producer.send(sent));
  const received = consumer.receive();
  if (received !== sent) throw new Error(`received ${received}`);
  sending.join();
}

/** Messages copied to where there is room. */
export function popInto(): void {
  const [producerHere, consumerHere] = ring();
  const sending = spawn(() => {
    const producer = producerHere();
    producer.send(message(1));
    producer.send(message(2));
  });
  const consumer = consumerHere();
  const target = new Uint8Array(5);
  for (let number = 1; number <= 2; number++) {
    let length = consumer.popInto(target);
    while (length === undefined) length = consumer.popInto(target);
    const found = numberOf(target.subarray(0, length));
    if (found !== number) throw new Error(`received ${found} for ${number}`);
  }
  sending.join();
}

/** A codec of the user's reads and writes in place. */
export function codecs(): void {
  const codec = {
    size: () => 4,
    encode: (value: number, view: DataView) => view.setInt32(0, value),
    decode: (view: DataView) => view.getInt32(0),
  };
  const [producer, consumer] = ByteRing.create({ capacity: 20, spins: 0, codec });
  const [forProducer, forConsumer] = [producer.handle, consumer.handle];
  const sending = spawn(() => {
    const here = ByteProducer.from(forProducer, { codec });
    for (const value of [-1, -2]) here.send(value);
  });
  const here = ByteConsumer.from(forConsumer, { codec });
  for (const value of [-1, -2]) {
    const found = here.receive();
    if (found !== value) throw new Error(`received ${found} for ${value}`);
  }
  sending.join();
}

/** A codec that does not know sizes encodes aside. */
export function codecsAside(): void {
  const codec = {
    encode(value: number, view: DataView) {
      view.setUint8(0, value);
      return 1;
    },
    decode: (view: DataView) => view.getUint8(0),
  };
  const [producer, consumer] = ByteRing.create({ capacity: 20, spins: 0, codec });
  const forProducer = producer.handle;
  const sending = spawn(() => {
    const here = ByteProducer.from(forProducer, { codec });
    for (const value of [7, 8]) here.send(value);
  });
  for (const value of [7, 8]) {
    const found = consumer.receive();
    if (found !== value) throw new Error(`received ${found} for ${value}`);
  }
  sending.join();
}

/** The producer closes while the consumer takes: what was accepted arrives, then nothing. */
export function producerCloses(): string {
  const [producerHere, consumerHere] = ring();
  const sending = spawn(() => {
    const producer = producerHere();
    producer.push(message(1));
    producer.close();
    return producer.push(message(2));
  });
  const consumer = consumerHere();
  const seen: unknown[] = [];
  for (let i = 0; i < 2 && !consumer.isClosed; i++) {
    const bytes = consumer.pop();
    seen.push(bytes === undefined ? '-' : numberOf(bytes));
  }
  if (sending.join()) throw new Error('accepted after the end');
  const rest = consumer.pop();
  if (rest !== undefined) seen.push(numberOf(rest));
  if (!consumer.isClosed || !seen.includes(1)) throw new Error(`lost: ${seen.join()}`);
  return seen.join('');
}

/** The consumer closes while the producer sends: the producer is not left waiting, what was accepted before arrives. */
export function consumerCloses(): string {
  const [producerHere, consumerHere] = ring();
  const sending = spawn(() => {
    const producer = producerHere();
    const accepted: number[] = [];
    try {
      for (let number = 1; number <= 3; number++) {
        producer.send(message(number));
        accepted.push(number);
      }
    } catch (error) {
      if (!(error instanceof ClosedError)) throw error;
    }
    return accepted.join('');
  });
  const consumer = consumerHere();
  const taken: number[] = [];
  const first = consumer.pop();
  if (first !== undefined) taken.push(numberOf(first));
  consumer.close();
  for (let bytes = consumer.pop(); bytes !== undefined; bytes = consumer.pop()) taken.push(numberOf(bytes));
  const accepted = sending.join();
  if (accepted !== taken.join('')) throw new Error(`accepted ${accepted}, taken ${taken.join('')}`);
  return accepted;
}

/** A producer that is terminated at any step loses only the message that it had not published. */
export function producerTerminated(): string {
  const [producerHere, consumerHere] = ring();
  const sending = spawn(
    () => {
      const producer = producerHere();
      producer.push(message(1));
      const room = producer.reserve(1)!;
      room[0] = 2;
      producer.commit();
    },
    { mayBeTerminated: true },
  );
  sending.join();
  const consumer = consumerHere();
  let taken = '';
  for (let bytes = consumer.pop(); bytes !== undefined; bytes = consumer.pop()) taken += numberOf(bytes);
  return taken;
}

/** A side is opened while the ring is placed: it sees all of the ring, or none. */
export function openWhilePlacing(): string {
  const options = { capacity: 20, spins: 0 };
  const buffer = new SharedArrayBuffer(ByteRing.bytesFor(options));
  const handle = { kind: 'byte-ring', version: 1, buffer, byteOffset: 0 } as const;
  const opening = spawn(() => {
    try {
      ByteProducer.from({ ...handle, side: 'producer' });
      return `${ByteConsumer.from({ ...handle, side: 'consumer' }).maxMessageBytes}`;
    } catch (error) {
      if (error instanceof InvalidHandleError) return error.name;
      throw error;
    }
  });
  ByteRing.at(buffer, 0, options);
  return opening.join();
}
