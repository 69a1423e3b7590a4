import {
  CancelToken,
  ClosedError,
  InvalidArgumentError,
  InvalidHandleError,
  InvalidRegionError,
  TimeoutError,
} from '@concurrency-lab/atomics';
import { describe, expect, it } from 'vitest';
import { ByteConsumer, ByteProducer, ByteRing, type MessageCodec, SideTakenError } from '../src/index.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
/** A message of so many bytes, each different from its neighbours and from the same place of other messages. */
const message = (length: number, seed = length): Uint8Array => Uint8Array.from({ length }, (_, i) => seed + 3 * i);

describe('a ring of messages', () => {
  it('gives back what was put in, of any length, in order, over many laps', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64 });
    expect(producer.maxMessageBytes).toBe(28);
    for (let lap = 0; lap < 200; lap++) {
      const length = (lap * 7) % 29;
      expect(producer.push(message(length, lap))).toBe(true);
      expect(consumer.pop()).toEqual(message(length, lap));
    }
    expect(consumer.pop()).toBeUndefined();
  });

  it('refuses what does not fit now, and takes it when there is room', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 32 });
    expect([12, 5, 1, 0].map((length) => producer.push(message(length)))).toEqual([true, true, false, true]);
    expect(consumer.pop()).toEqual(message(12));
    expect(producer.push(message(9))).toBe(true);
    expect([5, 0, 9].map(() => consumer.pop())).toEqual([message(5), bytes(), message(9)]);
  });

  it('takes the longest message wherever its counters stand', () => {
    for (const capacity of [16, 17, 20, 64, 100, 300]) {
      for (let before = 0; before <= capacity / 4; before++) {
        const [producer, consumer] = ByteRing.create({ capacity });
        for (let i = 0; i < before; i++) {
          producer.push(bytes());
          consumer.pop();
        }
        const longest = message(producer.maxMessageBytes);
        expect(producer.push(longest), `${capacity} ${before}`).toBe(true);
        expect(consumer.pop()).toEqual(longest);
      }
    }
  });

  it('refuses a message that is too long before anything is written, and says how long it may be', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64 });
    producer.push(message(3));
    expect(() => producer.push(message(29))).toThrow(
      'a message of 29 bytes is too long for this ring: it takes at most 28 bytes',
    );
    expect(() => producer.reserve(29)).toThrow(InvalidArgumentError);
    expect(() => producer.send(message(29))).toThrow(InvalidArgumentError);
    expect(consumer.pop()).toEqual(message(3));
    expect(consumer.pop()).toBeUndefined();
  });

  it('refuses what is no message', () => {
    const [producer] = ByteRing.create({ capacity: 64 });
    for (const value of ['text', 7, undefined, null, [1, 2], new Uint16Array(2), new DataView(new ArrayBuffer(2))]) {
      expect(() => producer.push(value as never)).toThrow(/a message must be a Uint8Array, not /);
    }
    const [text] = ByteRing.create({ capacity: 64, codec: 'text' });
    expect(() => text.push(7 as never)).toThrow('a message must be a string, not 7');
  });

  it('takes the messages of Node: a Buffer is a Uint8Array', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64 });
    producer.push(Buffer.from('node'));
    expect(consumer.pop()).toEqual(bytes(110, 111, 100, 101));
  });

  it('refuses options out of range', () => {
    const create = (options: object) => () => ByteRing.create(options as never);
    expect(create({ capacity: 15 })).toThrow('capacity must be an integer from 16 to 500000000, not 15');
    expect(create({ capacity: 64.5 })).toThrow(InvalidArgumentError);
    expect(create({ capacity: 64, publishEvery: 65 })).toThrow("publishEvery, where it is not 'lazy', must be");
    expect(create({ capacity: 64, spins: -1 })).toThrow('spins must be an integer from 0 to 1000, not -1');
    expect(create({ capacity: 64, realtime: 1 })).toThrow('realtime must be true or false, not 1');
    expect(create({ capacity: 64, codec: 'json' })).toThrow(`codec must be 'bytes', 'text' or an object`);
    expect(create({ capacity: 64, codec: { encode() {} } })).toThrow(InvalidArgumentError);
    expect(() => ByteRing.create(undefined as never)).toThrow('a byte ring needs an object of options, not undefined');
  });

  it('is placed in the memory of its caller', () => {
    const options = { capacity: 100 };
    const length = ByteRing.bytesFor(options);
    const buffer = new SharedArrayBuffer(3 * length);
    const untouched = new Uint8Array(buffer);
    const [producer, consumer] = ByteRing.at(buffer, length, options);
    for (let i = 0; i < 100; i++) {
      producer.push(message(48, 1));
      expect(consumer.pop()).toEqual(message(48, 1));
    }
    expect(untouched.subarray(0, length).every((byte) => byte === 0)).toBe(true);
    expect(untouched.subarray(2 * length).every((byte) => byte === 0)).toBe(true);
    expect(() => ByteRing.at(buffer, length, options)).toThrow(InvalidRegionError);
    expect(() => ByteRing.at(buffer, 64, options)).toThrow(InvalidRegionError);
  });
});

describe('a side', () => {
  it('is opened once', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64 });
    const there = ByteConsumer.from(structuredClone(consumer.handle));
    expect(() => consumer.pop()).toThrow(SideTakenError);
    expect(() => ByteConsumer.from(consumer.handle)).toThrow('the consumer of this ring is already open');
    producer.push(bytes(1));
    expect(() => ByteProducer.from(producer.handle)).toThrow(SideTakenError);
    expect(there.pop()).toEqual(bytes(1));
  });

  it('is taken over where the thread that had it is gone', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64 });
    producer.push(bytes(1));
    producer.reserve(8)!.fill(7); // and then its thread ended
    const heir = ByteProducer.from(producer.handle, { takeOver: true });
    heir.push(bytes(2));
    expect([consumer.pop(), consumer.pop(), consumer.pop()]).toEqual([bytes(1), bytes(2), undefined]);
  });

  it('is not opened by the handle of the other, or of anything else', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64 });
    expect(() => ByteProducer.from(consumer.handle as never)).toThrow(
      `expected the handle of the producer of the byte-ring, not of its "consumer"`,
    );
    expect(() => ByteConsumer.from({ ...consumer.handle, kind: 'spsc-ring' } as never)).toThrow(InvalidHandleError);
    expect(() => ByteConsumer.from({ ...consumer.handle, byteOffset: 128 })).toThrow(InvalidHandleError);
    const zeroed = new Int32Array(structuredClone(producer.handle).buffer);
    zeroed[5] = 0; // the capacity
    expect(() => ByteProducer.from(producer.handle)).toThrow('the byte-ring at byte 0 is still being placed');
    zeroed[5] = 2 ** 20;
    expect(() => ByteProducer.from(producer.handle)).toThrow('has damaged control words');
  });
});

describe('in place', () => {
  it('a message is written without a copy, and is shorter than what was reserved', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64 });
    for (let lap = 0; lap < 20; lap++) {
      const room = producer.reserve(20)!;
      expect(room.length).toBe(20);
      expect(room.byteOffset % 4).toBe(0);
      room.set(message(9, lap));
      expect(consumer.pop()).toBeUndefined();
      expect(producer.commit(9)).toBe(true);
      expect(consumer.pop()).toEqual(message(9, lap));
    }
  });

  it('a reservation is dropped by a push, and by another one', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64 });
    producer.reserve(8)!.fill(1);
    producer.push(bytes(2));
    expect(() => producer.commit(8)).toThrow('there is nothing to commit: reserve() comes first');
    producer.reserve(8)!.fill(3);
    producer.reserve(2)!.fill(4);
    expect(() => producer.commit(3)).toThrow('length (no more than is reserved) must be an integer from 0 to 2, not 3');
    expect(producer.commit()).toBe(true);
    expect([consumer.pop(), consumer.pop(), consumer.pop()]).toEqual([bytes(2), bytes(4, 4), undefined]);
  });

  it('a message is read without a copy, the same until it is released', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64 });
    expect(consumer.read()).toBeUndefined();
    expect(consumer.release()).toBe(false);
    producer.push(bytes(1, 2, 3));
    producer.push(bytes(4));
    expect(consumer.read()).toEqual(new Uint8Array(new SharedArrayBuffer(3)).map((_, i) => i + 1));
    expect(consumer.read()?.length).toBe(3);
    expect(consumer.release()).toBe(true);
    expect(consumer.release()).toBe(false);
    consumer.read();
    expect(consumer.pop()).toEqual(bytes(4));
    expect(consumer.release()).toBe(false);
  });

  it('a message is copied to where there is room for it, or stays', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 256 });
    for (const length of [0, 5, 32, 33, 100]) {
      producer.push(message(length));
      const target = new Uint8Array(120).fill(9);
      if (length > 0) {
        expect(() => consumer.popInto(target.subarray(0, length - 1))).toThrow(
          `the next message has ${length} bytes; there is room for ${length - 1}`,
        );
      }
      expect(consumer.popInto(target)).toBe(length);
      expect(target.subarray(0, length)).toEqual(message(length));
      expect(target.subarray(length).every((byte) => byte === 9)).toBe(true);
      expect(consumer.popInto(target)).toBeUndefined();
    }
  });

  it('a message is skipped', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64 });
    producer.push(bytes(1));
    producer.push(bytes(2));
    expect([consumer.skip(), consumer.pop(), consumer.skip()]).toEqual([true, bytes(2), false]);
  });
});

describe('a codec', () => {
  const point: MessageCodec<{ x: number; y: number }> = {
    size: () => 16,
    encode(value, view) {
      view.setFloat64(0, value.x);
      view.setFloat64(8, value.y);
    },
    decode: (view) => ({ x: view.getFloat64(0), y: view.getFloat64(8) }),
  };

  it('turns values into messages and back', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64, codec: point });
    for (let i = 0; i < 10; i++) {
      expect(producer.push({ x: i, y: -i })).toBe(true);
      expect(consumer.pop()).toEqual({ x: i, y: -i });
    }
  });

  it('without a size encodes aside', () => {
    const codec: MessageCodec<number[]> = {
      encode(values, view) {
        values.forEach((value, i) => view.setUint16(2 * i, value));
        return 2 * values.length;
      },
      decode: (view) => Array.from({ length: view.byteLength / 2 }, (_, i) => view.getUint16(2 * i)),
    };
    const [producer, consumer] = ByteRing.create({ capacity: 64, codec });
    producer.push([1000, 2000, 3000]);
    producer.push([]);
    expect([consumer.pop(), consumer.pop()]).toEqual([[1000, 2000, 3000], []]);
    expect(() => producer.push(Array.from({ length: 15 }, () => 1))).toThrow(RangeError);
    expect(consumer.pop()).toBeUndefined();
  });

  it('that throws publishes nothing, and one that cannot read leaves the message', () => {
    const [producer, consumer] = ByteRing.create({
      capacity: 64,
      codec: {
        size: () => 8,
        encode(value: number, view) {
          view.setFloat64(0, value);
          if (value < 0) throw new Error('negative');
        },
        decode(view) {
          const value = view.getFloat64(0);
          if (value === 13) throw new Error('unlucky');
          return value;
        },
      },
    });
    producer.push(1);
    expect(() => producer.push(-1)).toThrow('negative');
    producer.push(13);
    producer.push(2);
    expect(consumer.pop()).toBe(1);
    expect(() => consumer.pop()).toThrow('unlucky');
    expect(() => consumer.pop()).toThrow('unlucky');
    expect(consumer.skip()).toBe(true);
    expect(consumer.pop()).toBe(2);
  });

  it('cannot write beyond its message, nor lie about it', () => {
    const ring = (codec: Partial<MessageCodec<number>>) =>
      ByteRing.create({ capacity: 64, codec: { encode: () => {}, decode: () => 0, ...codec } })[0];
    expect(() => ring({ size: () => 4, encode: (_, view) => view.setFloat64(0, 1) }).push(1)).toThrow(RangeError);
    expect(() => ring({ size: () => 4, encode: () => 5 }).push(1)).toThrow(
      "the codec's encode must return nothing or an integer from 0 to 4, not 5",
    );
    expect(() => ring({ size: () => -1 }).push(1)).toThrow("the codec's size must return an integer from 0, not -1");
    expect(() => ring({}).push(1)).toThrow('a codec without size must return from encode how many bytes it wrote');
    expect(() => ring({ size: () => 29 }).push(1)).toThrow('it takes at most 28 bytes');
  });

  it('for text gives back every string, as long as it fits', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64, codec: 'text' });
    for (const text of ['', 'a', 'grüße', '\u0000€𝄞', 'x'.repeat(28), 'ä'.repeat(14), '\ufeffbom']) {
      expect(producer.push(text)).toBe(true);
      expect(consumer.pop()).toBe(text);
    }
    expect(() => producer.push('x'.repeat(29))).toThrow('a message of 29 bytes is too long');
    expect(() => producer.push('ä'.repeat(15))).toThrow('a message of 30 bytes is too long');
  });

  it('for text takes a string whose bytes fit just now, though its bound does not', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 32, codec: 'text' });
    expect(producer.push('12345678')).toBe(true);
    expect(producer.push('abcdefgh')).toBe(true);
    expect(producer.push('12345678')).toBe(false);
    expect([consumer.pop(), consumer.pop(), consumer.pop()]).toEqual(['12345678', 'abcdefgh', undefined]);
  });
});

describe('publication', () => {
  it('is held back until so many bytes, a flush, a full ring or the close', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 256, publishEvery: 64 });
    producer.push(message(12));
    producer.push(message(13));
    expect(consumer.pop()).toBeUndefined();
    expect(producer.flush()).toBe(true);
    expect([consumer.pop(), consumer.pop()]).toEqual([message(12), message(13)]);
    producer.push(message(60, 1));
    expect(consumer.pop()).toEqual(message(60, 1));
    producer.push(message(1));
    producer.close();
    expect(consumer.pop()).toEqual(message(1));
  });

  it('is left to when the consumer runs dry, where it is lazy', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 4096, publishEvery: 'lazy' });
    let pushed = 0;
    while (producer.push(message(12, pushed))) pushed++;
    for (let i = 0; i < pushed; i++) expect(consumer.pop()).toEqual(message(12, i));
    expect(consumer.pop()).toBeUndefined();
  });
});

describe('closing', () => {
  it('by the producer lets the consumer take what was sent', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64 });
    producer.push(bytes(1));
    producer.close();
    expect([producer.isClosed, consumer.isClosed]).toEqual([true, false]);
    expect(producer.push(bytes(2))).toBe(false);
    expect(() => producer.send(bytes(2))).toThrow(ClosedError);
    expect(consumer.receive()).toEqual(bytes(1));
    expect(consumer.isClosed).toBe(true);
    expect(consumer.pop()).toBeUndefined();
    expect(() => consumer.receive()).toThrow('the ring is closed, and all that was sent has been taken');
  });

  it('by the consumer refuses what follows, and leaves it what was published', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64 });
    producer.push(bytes(1));
    consumer.close();
    expect(producer.push(bytes(2))).toBe(false);
    expect(producer.reserve(4)).toBeUndefined();
    expect(() => producer.send(bytes(2))).toThrow(ClosedError);
    expect([consumer.pop(), consumer.pop()]).toEqual([bytes(1), undefined]);
  });

  it('is what `using` does, on a side that was used', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64 });
    {
      using mine = producer;
      using unused = ByteRing.create({ capacity: 64 })[1];
      mine.push(bytes(1));
      expect(unused.isClosed).toBe(false);
    }
    expect(consumer.pop()).toEqual(bytes(1));
    expect(consumer.isClosed).toBe(true);
  });
});

describe('waiting', () => {
  it('gives up after the timeout, and nothing is lost', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 32, spins: 0 });
    expect(() => consumer.receive({ timeout: 1 })).toThrow(TimeoutError);
    producer.send(message(12));
    producer.send(message(5));
    expect(() => producer.send(message(12), { timeout: 1 })).toThrow(
      'ByteProducer.send() was given up after its timeout of 1 ms',
    );
    expect([consumer.receive(), consumer.receive({ timeout: 0 })]).toEqual([message(12), message(5)]);
    expect(() => consumer.receive({ timeout: -1 })).toThrow(InvalidArgumentError);
  });

  it('is refused where the signal is aborted or the token cancelled', () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64 });
    const token = CancelToken.create();
    token.cancel();
    expect(() => consumer.receive({ signal: token })).toThrow('the operation was cancelled');
    producer.push(bytes(1));
    expect(() => consumer.receive({ signal: AbortSignal.abort(new Error('no')) })).toThrow('no');
    expect(consumer.receive()).toEqual(bytes(1));
  });

  it('without blocking sends and receives in the order of the calls, whatever their lengths', async () => {
    const [producer, consumer] = ByteRing.create({ capacity: 32, spins: 0 });
    const lengths = Array.from({ length: 60 }, (_, i) => (i * 5) % 13);
    const sent = lengths.map(async (length, i) => producer.sendAsync(message(length, i)));
    const received: Uint8Array[] = [];
    for (let i = 0; i < lengths.length; i++) received.push(await consumer.receiveAsync());
    await Promise.all(sent);
    expect(received).toEqual(lengths.map((length, i) => message(length, i)));
  });

  it('without blocking is ended by abort, timeout and closing', async () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64, spins: 0 });
    const controller = new AbortController();
    const aborted = consumer.receiveAsync({ signal: controller.signal });
    const late = consumer.receiveAsync({ timeout: 5 });
    const last = consumer.receiveAsync();
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    await expect(late).rejects.toThrow(TimeoutError);
    producer.push(bytes(1));
    expect(await last).toEqual(bytes(1));
    const none = consumer.receiveAsync();
    producer.close();
    await expect(none).rejects.toThrow(ClosedError);
  });

  it('iterates until the ring is closed and empty', async () => {
    const [producer, consumer] = ByteRing.create({ capacity: 64, codec: 'text', spins: 0 });
    const feeding = (async () => {
      for (const text of 'one two three four five six'.split(' ')) await producer.sendAsync(text);
      producer.close();
    })();
    const received: string[] = [];
    for await (const text of consumer) received.push(text);
    expect(received.join(' ')).toBe('one two three four five six');
    await feeding;
  });
});
