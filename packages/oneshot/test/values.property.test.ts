// What goes into a slot comes out as structured clone would have it; what cannot, fails before
// anything is sent. (The form of values is tested where it lives, in atomics.)

import { InvalidArgumentError } from '@concurrency-lab/atomics';
import { describe, expect, it } from 'vitest';
import { fc, test } from '../../../vitest.prop.ts';
import { type Codec, OneshotArena, Receiver, type ReceiverHandle, Sender, type SenderHandle } from '../src/index.ts';

const arena = OneshotArena.create({ slots: 4, bytesPerSlot: 1 << 20 });

/** Sends a value from one thread's half to another's. */
function carry(value: unknown, through: OneshotArena = arena): unknown {
  const [sender, receiver] = through.channel();
  const there = Sender.from(structuredClone(sender.handle));
  there.send(value);
  return receiver.receive();
}

const plain = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withBoxedValues: true,
  withUnicodeString: true,
  withNullPrototype: false,
});

describe('a value', () => {
  test.prop([plain])('arrives as structured clone would have it', (value) => {
    expect(carry(value)).toStrictEqual(structuredClone(value));
  });

  it('may hold handles that open as they were read, or from a clone, in every mixture', () => {
    const home = OneshotArena.create({ slots: 3, bytesPerSlot: 1000 });
    const text: Codec<string> = {
      encode: (value, bytes) => new TextEncoder().encodeInto(value, bytes).written,
      decode: (bytes) => new TextDecoder().decode(bytes),
    };
    const [sender, receiver] = home.channel<string>({ codec: text });
    const [carrier, carried] = home.channel<{ a: SenderHandle; b: ReceiverHandle; c: SenderHandle }>();
    const handles = { a: sender.handle, b: structuredClone(receiver.handle), c: sender.handle };
    Sender.from<typeof handles>(carrier.handle).send(handles);
    const read = carried.receive();
    expect(structuredClone(read)).toEqual(structuredClone(handles));
    expect(read.c).toBe(read.a);
    expect(() => Sender.from(read.a)).toThrow('uses a codec; open it with the same');
    expect(() => Receiver.from(read.a as never)).toThrow('expected the handle of a oneshot-receiver');
    Sender.from(read.a, { codec: text }).send('hi');
    expect(() => Sender.from(read.c, { codec: text })).toThrow('opened already or revoked');
    expect(Receiver.from(read.b, { codec: text }).receive()).toBe('hi');
    const [foreign] = OneshotArena.create({ slots: 1, bytesPerSlot: 8 }).channel();
    const [second] = home.channel();
    expect(() => Sender.from(second.handle).send({ foreign: foreign.handle })).toThrow(
      'the value.foreign.buffer is memory of another arena',
    );
  });

  it('may be the handle of another half in the same arena', () => {
    const [reply, answer] = arena.channel<string>();
    const { sender, view } = carry({
      sender: reply.handle,
      view: new Int32Array(arena.handle.buffer, 128, 4),
    }) as { sender: typeof reply.handle; view: Int32Array };
    expect(sender.buffer).toBe(arena.handle.buffer);
    expect(view.buffer).toBe(arena.handle.buffer);
    expect([view.byteOffset, view.length]).toEqual([128, 4]);
    Sender.from<string>(sender).send('answer');
    expect(answer.receive()).toBe('answer');
  });
});

describe('what cannot be sent', () => {
  it.each([
    ['a function', () => 1, 'the value is a function, which cannot be sent'],
    ['other shared memory', { m: new SharedArrayBuffer(8) }, 'the value.m is memory of another arena'],
    ['a view of it', [new Int32Array(new SharedArrayBuffer(8))], 'the value[0].buffer is memory of another arena'],
  ])('%s is refused, and the sender lives on', (_, value: unknown, message) => {
    const [sender, receiver] = arena.channel();
    const there = Sender.from(sender.handle);
    expect(() => there.send(value)).toThrow(message);
    expect(() => there.send(value)).toThrow(InvalidArgumentError);
    expect([receiver.isReady, receiver.isClosed]).toEqual([false, false]);
    there.send('instead');
    expect(receiver.receive()).toBe('instead');
  });

  it('too much is refused, up to the byte', () => {
    const small = OneshotArena.create({ slots: 1, bytesPerSlot: 120 });
    const latin1 = (length: number): string => 'é'.repeat(length);
    expect(carry('x'.repeat(115), small)).toHaveLength(115);
    expect(() => carry('x'.repeat(116), small)).toThrow('the value takes more than the 120 bytes');
    expect(() => small.channel()[0].handle).toThrow('all 1 slots');
    expect(() => carry(latin1(10_000))).not.toThrow();
  });

  it('a failure gets through, if only by name and message', () => {
    const small = OneshotArena.create({ slots: 1, bytesPerSlot: 248 });
    const fail = (error: unknown): unknown => {
      const [sender, receiver] = small.channel();
      Sender.from(sender.handle).fail(error);
      try {
        return receiver.receive();
      } catch (thrown) {
        return thrown;
      }
    };
    expect(fail(new RangeError('x'.repeat(1000)))).toMatchObject({ name: 'RangeError', message: 'x'.repeat(60) });
    expect(fail(new Error('漢'.repeat(1000)))).toMatchObject({ name: 'Error', message: '漢'.repeat(60) });
    expect(fail(Object.assign(new Error('why'), { response: () => 1 }))).toMatchObject({ message: 'why' });
    expect(fail('a string')).toBe('a string');
    const [sender] = small.channel();
    const there = Sender.from(sender.handle);
    expect(() => there.fail(() => 1)).toThrow('the reason is a function');
  });

  it('a getter that sends meanwhile does no harm', () => {
    const value = {
      get inner() {
        return carry([1, 'two']);
      },
      after: 3,
    };
    expect(carry(value)).toEqual({ inner: [1, 'two'], after: 3 });
  });
});

describe('a codec', () => {
  const text: Codec<string> = {
    encode: (value, bytes) => new TextEncoder().encodeInto(value, bytes).written,
    decode: (bytes) => new TextDecoder().decode(bytes),
  };

  it('takes the place of the general form', () => {
    const [sender, receiver] = arena.channel({ codec: text });
    Sender.from(sender.handle, { codec: text }).send('grüße');
    expect(Receiver.from(receiver.handle, { codec: text }).receive()).toBe('grüße');
  });

  it('must be given on both sides, or on none', () => {
    const [sender, receiver] = arena.channel({ codec: text });
    const { handle } = sender;
    expect(() => Sender.from(handle)).toThrow('uses a codec; open it with the same');
    Sender.from(handle, { codec: text }).send('still');
    expect(receiver.receive()).toBe('still');
    const [plainSender] = arena.channel<string>();
    expect(() => Sender.from(plainSender.handle, { codec: text })).toThrow('uses no codec; open it without');
  });

  it('may fail on either side', () => {
    const broken: Codec<string> = {
      encode: (value) => Number(value),
      decode: () => {
        throw new Error('cannot read');
      },
    };
    const [sender, receiver] = arena.channel({ codec: broken });
    const there = Sender.from(sender.handle, { codec: broken });
    expect(() => there.send('-1')).toThrow('what encode() returns must be an integer from 0 to');
    there.send('4');
    expect(() => receiver.receive()).toThrow('cannot read');
    expect(() => receiver.receive()).toThrow('has already received');
  });
});
