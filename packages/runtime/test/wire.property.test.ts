// What one end of a wire puts into a slot, another end takes out: as structured clone would have
// it, by whichever way it went. What cannot be sent leaves nothing behind.

import { describe as describeValue, InvalidArgumentError } from '@concurrency-lab/atomics';
import { describe, expect, it } from 'vitest';
import { fc, test } from '../../../vitest.prop.ts';
import { PAYLOAD_BYTES } from '../src/scheduler/memory.ts';
import { type Parcel, ParcelLostError, type ParcelMessage } from '../src/wire/parcels.ts';
import { type BlockClass, Spill } from '../src/wire/spill.ts';
import { kindOf, INLINE, NOTHING, NUMBER, NUMBERS, PARCEL, SPILLED, THROWN } from '../src/wire/tags.ts';
import { transfer } from '../src/wire/transfer.ts';
import { Wire } from '../src/wire/wire.ts';

const AT = 256;
const NOTHING_USED = [0, 0, 0];
const KINDS = [NUMBERS, NUMBER, NOTHING, INLINE, SPILLED, PARCEL];

/** The ends of two threads, whose messages are copied and come later. */
class Pair {
  readonly spill: Spill;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly ends: readonly [Wire, Wire];
  readonly sent: ParcelMessage[] = [];
  isCut = false;

  constructor(classes?: readonly BlockClass[]) {
    const buffer = new SharedArrayBuffer(1024);
    this.bytes = new Uint8Array(buffer);
    this.spill = Spill.create(classes);
    const send = (message: ParcelMessage, moved: readonly object[]): void => {
      const copy = structuredClone(message, { transfer: moved as never });
      this.sent.push(copy);
      if (!this.isCut) queueMicrotask(() => this.ends[message.to as 0 | 1].receive(copy));
    };
    const end = (lane: number, seat: number): Wire =>
      new Wire({ buffer, spill: Spill.from(this.spill.handle, lane, classes), lane, seat, send });
    this.ends = [end(0, 7), end(1, 8)];
  }

  /** Carries arguments from the first end to the second. */
  async carry(args: readonly unknown[], seen?: Set<number>): Promise<unknown> {
    const [here, there] = this.ends;
    const tag = here.putArguments(AT, args);
    seen?.add(kindOf(tag));
    await there.fetch(AT, tag);
    return there.take(AT, tag);
  }

  /** Carries a result, or what was thrown, from the second end to the first. */
  async answer(put: (there: Wire) => number): Promise<unknown> {
    const [here, there] = this.ends;
    const tag = put(there);
    await here.fetch(AT, tag);
    return here.take(AT, tag);
  }

  /** Carries what was thrown. */
  async thrown(reason: unknown): Promise<unknown> {
    return this.answer((there) => there.putError(AT, reason)).then(
      () => expect.unreachable('nothing was thrown'),
      (error: unknown) => error,
    );
  }

  /** Counts what is in use outside of slots: blocks, and parcels of each thread. */
  get used(): number[] {
    return [this.spill.used, this.ends[0].parcels, this.ends[1].parcels];
  }
}

const plain = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withUnicodeString: true,
});

describe('arguments and results', () => {
  const pair = new Pair();
  const seen = new Set<number>();

  test.prop([
    fc.array(fc.oneof(plain, fc.double(), fc.string({ minLength: 50, maxLength: 40_000 })), { maxLength: 16 }),
  ])('arrive as structured clone would have them', async (args) => {
    expect(await pair.carry(args, seen)).toStrictEqual(structuredClone(args));
    for (const value of args) {
      expect(await pair.answer((there) => there.putResult(AT, value))).toStrictEqual(structuredClone(value));
    }
    expect(pair.used).toEqual(NOTHING_USED);
  });

  it('take every way there is', async () => {
    const cases: [readonly unknown[], number][] = [
      [[], NUMBERS],
      [[1, -0, NaN, 2 ** 53], NUMBERS],
      [Array.from({ length: 12 }, (_, i) => i / 3), NUMBERS],
      [Array.from({ length: 13 }, (_, i) => i), INLINE],
      [['x'.repeat(86)], INLINE],
      [['x'.repeat(87)], SPILLED],
      [[new Float64Array(100).fill(0.5)], SPILLED],
      [['x'.repeat(16_000)], SPILLED],
      [['x'.repeat(17_000)], PARCEL],
      [[new SharedArrayBuffer(8)], PARCEL],
    ];
    for (const [args, kind] of cases) {
      const kinds = new Set<number>();
      const copy = await pair.carry(args, kinds);
      expect([...kinds]).toEqual([kind]);
      expect(copy).toStrictEqual(args);
    }
    expect(pair.used).toEqual(NOTHING_USED);
    expect(KINDS).toEqual(expect.arrayContaining([...seen]));
    expect(await pair.answer((there) => there.putResult(AT, undefined))).toBeUndefined();
    expect(await pair.answer((there) => there.putResult(AT, -0))).toBe(-0);
  });

  it('that are shared memory pass by reference', async () => {
    const memory = new SharedArrayBuffer(16);
    const [image, again] = (await pair.carry([new Uint8Array(memory, 4, 8), memory])) as [
      Uint8Array,
      SharedArrayBuffer,
    ];
    new Uint8Array(memory)[4] = 77;
    expect([image[0], image.byteOffset, image.length, again.byteLength]).toEqual([77, 4, 8, 16]);
    expect(image.buffer).toBe(again);
  });

  it('that are marked move', async () => {
    const pixels = new Uint8Array([1, 2, 3]);
    const { port1, port2 } = new MessageChannel();
    const args = [transfer({ pixels, port: port1 }, [pixels.buffer, port1]), 'and more'];
    const [given, more] = (await pair.carry(args)) as [{ pixels: Uint8Array; port: typeof port1 }, string];
    expect([pixels.length, [...given.pixels], more]).toEqual([0, [1, 2, 3], 'and more']);
    const heard = new Promise((resolve) => {
      port2.addEventListener('message', (event) => resolve((event as unknown as { data: unknown }).data));
      port2.start();
    });
    given.port.postMessage('through the port');
    await expect(heard).resolves.toBe('through the port');
    port2.close();

    const result = new Float64Array([0.5]);
    const moved = await pair.answer((there) => there.putResult(AT, transfer(result, [result.buffer])));
    expect([result.length, moved]).toEqual([0, new Float64Array([0.5])]);
    expect(pair.used).toEqual(NOTHING_USED);
  });

  it('that only the platform can clone are cloned', async () => {
    const [{ blob }] = (await pair.carry([{ blob: new Blob(['text']) }])) as [{ blob: Blob }];
    await expect(blob.text()).resolves.toBe('text');
  });

  it('go another way when the memory for them is full', async () => {
    const small = new Pair([
      { count: 1, bytes: 128 },
      { count: 1, bytes: 256 },
    ]);
    const [here, there] = small.ends;
    const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(110));
    const tags = texts.map((text, i) => here.putResult(i * 128, text));
    expect(tags.map(kindOf)).toEqual([SPILLED, SPILLED, PARCEL]);
    await there.fetch(256, tags[2]!);
    expect(tags.map((tag, i) => there.take(i * 128, tag))).toEqual(texts);
    expect(small.used).toEqual(NOTHING_USED);
  });

  it('take what a getter does in between', async () => {
    const [here] = pair.ends;
    const value = {
      get inner() {
        here.drop(512, here.putResult(512, ['meanwhile', 'another']));
        return 'inner';
      },
      after: 3,
    };
    expect(await pair.carry([value])).toEqual([{ inner: 'inner', after: 3 }]);
  });
});

/** Makes bytes that are no longer on this thread. */
function transferred(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(2);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
}

function mark(bytes: Uint8Array<ArrayBuffer>): unknown {
  return transfer(bytes, [bytes.buffer]);
}

describe('what cannot be sent', () => {
  it.each<[string, unknown, string]>([
    ['a function', { on: { end() {} } }, 'argument[1].on.end is a function, which cannot be sent to another thread'],
    ['a symbol', [Symbol('s')], 'argument[1][0] is a symbol'],
    ['a promise', { later: Promise.resolve() }, 'argument[1].later is of class Promise'],
    ['a WeakMap', new Map([['key', new WeakMap()]]), 'a value of argument[1] is of class WeakMap'],
    ['a generator', (function* () {})(), 'argument[1] is of class Generator'],
    ['a buffer that was moved before', transferred().buffer, 'argument[1] is a buffer that was transferred before'],
    ['what shows such a buffer', [transferred()], 'argument[1][0].buffer is a buffer that was transferred before'],
    ['what is marked a second time', mark(transferred()), 'argument[1].buffer is a buffer that was transferred before'],
    ['a port that is not marked', [new MessageChannel().port1], 'argument[1][0] cannot be sent to another thread: '],
  ])('%s is refused by its place, and nothing is written', (_, value, message) => {
    const pair = new Pair();
    const before = [...pair.bytes];
    const kept = new Uint8Array([1, 2]);
    const put = (): unknown => pair.ends[0].putArguments(AT, [transfer({ kept }, [kept.buffer]), value]);
    expect(put).toThrow(message);
    expect(put).toThrow(InvalidArgumentError);
    expect([...pair.bytes]).toEqual(before);
    expect([...kept]).toEqual([1, 2]);
    expect(pair.used).toEqual(NOTHING_USED);
  });

  it('is refused in a result as well', () => {
    const [, there] = new Pair().ends;
    expect(() => there.putResult(AT, { next: () => 1 })).toThrow('the result.next is a function');
  });

  it('has no business in transfer()', () => {
    expect(() => transfer(1 as never, [])).toThrow('only an object can be marked for transfer, not 1');
    expect(() => transfer({}, [{}, 1 as never])).toThrow('must be a list of objects, not 1 at 1');
    expect(() => transfer({}, {} as never)).toThrow('must be a list of objects, not an object of class Object');
    const [here] = new Pair().ends;
    const put = (): unknown => here.putArguments(AT, [transfer({ size: 1 }, [{ no: 'transferable' }])]);
    expect(put).toThrow('what is to be transferred cannot be sent to another thread: ');
    expect(put).toThrow(InvalidArgumentError);
  });
});

describe('what was thrown', () => {
  const pair = new Pair();

  it('arrives as an error with its cause, its errors, and its own properties', async () => {
    class HttpError extends RangeError {
      override readonly name = 'HttpError';
      readonly status = 404;
    }
    const error = new HttpError('gone', { cause: new AggregateError([new TypeError('deep'), 7], 'both') });
    const copy = (await pair.thrown(error)) as HttpError;
    expect(copy).toBeInstanceOf(RangeError);
    expect([copy.name, copy.message, copy.status, copy.stack]).toEqual(['HttpError', 'gone', 404, error.stack]);
    const cause = copy.cause as AggregateError;
    expect([cause.message, (cause.errors[0] as Error).message, cause.errors[1]]).toEqual(['both', 'deep', 7]);
    expect(cause.errors[0]).toBeInstanceOf(TypeError);
  });

  it.each<[unknown]>([[undefined], [null], ['text'], [0], [{ code: 1 }], [12n]])('may be %o', async (reason) => {
    expect(await pair.thrown(reason)).toEqual(reason);
  });

  it('leaves out what cannot be sent, and keeps the rest', async () => {
    const cause = Object.assign(new TypeError('why'), { socket: new WeakMap(), port: 80 });
    const error = Object.assign(new RangeError('no', { cause }), { retry: () => 1, status: 503, list: [1, () => 2] });
    const copy = (await pair.thrown(error)) as typeof error;
    expect(copy).toBeInstanceOf(RangeError);
    expect([copy.message, copy.stack, Object.entries(copy)]).toEqual(['no', error.stack, [['status', 503]]]);
    expect(copy.cause).toBeInstanceOf(TypeError);
    expect([(copy.cause as Error).message, Object.entries(copy.cause as Error)]).toEqual(['why', [['port', 80]]]);
    const many = new AggregateError([new Error('one'), () => 1], 'all');
    const { errors, message } = (await pair.thrown(many)) as AggregateError;
    expect([message, (errors[0] as Error).message, (errors[1] as Error).message]).toEqual([
      'all',
      'one',
      'the function (anonymous) was thrown, which cannot be sent to another thread',
    ]);
  });

  it.each<[unknown, string]>([
    [function cleanUp() {}, 'the function cleanUp was thrown'],
    [Symbol('s'), 'Symbol(s) was thrown'],
    [Promise.resolve(), 'an object of class Promise was thrown'],
  ])('is told by a clear error where it is %o', async (reason, message) => {
    const error = (await pair.thrown(reason)) as Error;
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe(`${message}, which cannot be sent to another thread`);
  });

  it('may be hostile', async () => {
    const hostile = new Error('hostile');
    Object.defineProperty(hostile, 'message', {
      get() {
        throw new Error('no message for you');
      },
    });
    expect(((await pair.thrown(hostile)) as Error).message).toContain('was thrown, which cannot be sent');
    const endless = new Error('endless');
    Object.assign(endless, { cause: endless, call: () => 1 });
    expect((await pair.thrown(endless)) as Error).toMatchObject({ message: 'endless' });
    expect(pair.used).toEqual(NOTHING_USED);
  });

  it('is marked in the tag', () => {
    const [here] = pair.ends;
    const tag = here.putError(AT, 'text');
    expect(tag & THROWN).toBe(THROWN);
    expect(() => here.take(AT, tag)).toThrow('text');
  });
});

describe('a payload that nobody reads', () => {
  it.each([['inline'], ['x'.repeat(500)], ['x'.repeat(50_000)], [new SharedArrayBuffer(4)]])(
    'leaves nothing behind, wherever it is dropped',
    async (value) => {
      const pair = new Pair();
      for (const end of pair.ends) {
        end.drop(AT, pair.ends[0].putArguments(AT, [value]));
        await turn();
        expect(pair.used).toEqual(NOTHING_USED);
      }
    },
  );

  it('closes what was to move', async () => {
    const pair = new Pair();
    const { port1, port2 } = new MessageChannel();
    const closed = new Promise((resolve) => port2.addEventListener('close', resolve));
    port2.start();
    pair.ends[1].drop(AT, pair.ends[0].putArguments(AT, [transfer([port1], [port1])]));
    await closed;
    await turn();
    expect(pair.used).toEqual(NOTHING_USED);
  });

  it('is not taken for the next one, if it was being fetched', async () => {
    const pair = new Pair();
    const [here, there] = pair.ends;
    const first = here.putArguments(AT, ['a'.repeat(20_000)]);
    const fetching = there.fetch(AT, first)!;
    there.drop(AT, first);
    const second = here.putArguments(AT, ['b'.repeat(20_000)]);
    await fetching;
    expect(() => there.take(AT, second)).toThrow('a parcel must be fetched before it is taken');
    await there.fetch(AT, second);
    expect(there.take(AT, second)).toEqual(['b'.repeat(20_000)]);
    expect(pair.used).toEqual(NOTHING_USED);
  });

  it('is reclaimed after its thread has gone', () => {
    const pair = new Pair();
    const [here, there] = pair.ends;
    here.putArguments(AT, ['x'.repeat(500)]);
    const other = here.putArguments(512, ['y'.repeat(500)]);
    there.reclaim(AT);
    expect(pair.spill.used).toBe(1);
    expect(there.take(512, other)).toEqual(['y'.repeat(500)]);
    expect(pair.used).toEqual(NOTHING_USED);
  });
});

it('has no array in a message: a worker of Deno would look at each of its elements', async () => {
  const pair = new Pair();
  const text = 'x'.repeat(20_000);
  expect(await pair.carry([text])).toEqual([text]);
  const parcels = pair.sent.map(({ parcel }) => parcel as Parcel | undefined);
  expect(parcels.map((parcel) => describeValue(parcel?.bytes))).toEqual([
    'undefined',
    'an object of class ArrayBuffer',
  ]);
});

describe('a thread that has gone', () => {
  it('takes its parcels with it, and whoever asks is told', async () => {
    const pair = new Pair();
    const [here, there] = pair.ends;
    const tag = here.putArguments(AT, ['x'.repeat(20_000)]);
    pair.isCut = true;
    const fetching = there.fetch(AT, tag)!;
    let isOver = false;
    const over = fetching.finally(() => (isOver = true)).catch((error: unknown) => error);
    there.lost([7, 9]); // another lane
    await new Promise((resolve) => setTimeout(resolve));
    expect(isOver).toBe(false);
    there.lost([9, 8]);
    await expect(over).resolves.toBeInstanceOf(ParcelLostError);
  });

  it('is not mistaken for the one that follows it', async () => {
    const pair = new Pair();
    const [here, there] = pair.ends;
    const tag = here.putArguments(AT, ['x'.repeat(20_000)]);
    const words = new Int32Array(pair.bytes.buffer);
    words[(AT >> 2) + 1] = 6; // the seat of an earlier thread
    await expect(there.fetch(AT, tag)).rejects.toBeInstanceOf(ParcelLostError);
    await expect(here.fetch(AT, tag)).rejects.toBeInstanceOf(ParcelLostError);
  });

  it('may be the own thread: a parcel comes at once', async () => {
    const pair = new Pair();
    const [here] = pair.ends;
    const buffer = new ArrayBuffer(8);
    const tag = here.putArguments(AT, [transfer([buffer], [buffer])]);
    await here.fetch(AT, tag);
    expect(here.take(AT, tag)).toEqual([[new ArrayBuffer(8)]]);
    expect(pair.sent).toEqual([]);
  });
});

it('has room for twelve numbers in a slot', () => {
  expect(PAYLOAD_BYTES).toBe(96);
});

/** Lets messages arrive. */
async function turn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
