// Codecs: how a message becomes bytes in shared memory, and a value again. Two are built in,
// bytes and text; users bring their own. Inside, all three are one shape, an `Encoding`, which
// writes at an offset of the ring's memory; a user's codec sees a view of its message only, so
// that a mistake in it cannot reach other messages.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import { decodeUtf8, encodeUtf8, utf8Length } from './utf8.ts';

/**
 * Turns values into bytes and back; for messages that are neither bytes nor text.
 *
 * @example
 * ```ts
 * import { ByteRing, type MessageCodec } from '@concurrency-lab/spsc-ring';
 *
 * const point: MessageCodec<{ x: number; y: number }> = {
 *   size: () => 16,
 *   encode(value, view) {
 *     view.setFloat64(0, value.x);
 *     view.setFloat64(8, value.y);
 *   },
 *   decode: (view) => ({ x: view.getFloat64(0), y: view.getFloat64(8) }),
 * };
 * const [producer, consumer] = ByteRing.create({ capacity: 256, codec: point });
 * producer.push({ x: 3, y: 4 }); // => true
 * consumer.pop(); // => { x: 3, y: 4 }
 * ```
 */
export interface MessageCodec<T> {
  /**
   * Tells how many bytes `encode` needs at most. Without it, messages are encoded into memory
   * of the producer's own, as large as the largest message, and copied from there.
   */
  readonly size?: ((value: T) => number) | undefined;
  /**
   * Writes the value to the view, from byte 0 on.
   *
   * @returns how many bytes it wrote; as many as `size` said, where it returns nothing
   */
  encode(value: T, view: DataView): number | void;
  /** Reads a value from a view that holds exactly what `encode` wrote; valid only during the call. */
  decode(view: DataView): T;
}

/** Names what a ring's messages are: `'bytes'` (the default), `'text'`, or a codec for anything else. */
export type CodecOption<T> = 'bytes' | 'text' | MessageCodec<T>;

/** Writes and reads messages at an offset of a ring's memory. */
export interface Encoding<T> {
  /** Gives a number of bytes that surely suffices, at little cost; throws on what is no message. */
  bound(value: T): number;
  /** Counts the bytes needed, where `bound`, which was given just before, is too many. */
  size(value: T, bound: number): number;
  /** Writes the value, at most `size` bytes from byte `start` on; returns how many. */
  write(value: T, bytes: Uint8Array<SharedArrayBuffer>, start: number, size: number): number;
  /** Reads the value that was written as `length` bytes at `start`. */
  read(bytes: Uint8Array<SharedArrayBuffer>, start: number, length: number): T;
}

/** Finds out what a message is encoded with. */
export function encodingOf<T>(codec: CodecOption<unknown> | undefined, mostBytes: number): Encoding<T> {
  if (codec === undefined || codec === 'bytes') return BYTES as Encoding<unknown> as Encoding<T>;
  if (codec === 'text') return TEXT as Encoding<unknown> as Encoding<T>;
  const given = codec as unknown as Partial<MessageCodec<T>> | null;
  const isCodec = typeof given?.encode === 'function' && typeof given.decode === 'function';
  if (!isCodec || (given.size !== undefined && typeof given.size !== 'function')) {
    throw new InvalidArgumentError(
      `codec must be 'bytes', 'text' or an object with the functions encode, decode and perhaps size, not ${describe(codec)}`,
    );
  }
  return given.size === undefined
    ? new AsideEncoding(given as MessageCodec<T>, mostBytes)
    : new ViewEncoding(given as MessageCodec<T>);
}

// Up to this length a loop is faster than a view and a call of `set`; and it allocates nothing.
const MOST_LOOPED = 32;

/** Throws unless a message of `length` bytes can be copied to `target`. */
export function requireRoom(target: Uint8Array, length: number): void {
  const room = bytesIn('target', target);
  if (room >= length) return;
  throw new InvalidArgumentError(`the next message has ${length} bytes; there is room for ${room}`);
}

/** Copies bytes out of a ring; allocates a small view where that is faster, above 32 bytes. */
export function copyOut(bytes: Uint8Array, start: number, length: number, target: Uint8Array): void {
  if (length <= MOST_LOOPED) for (let i = 0; i < length; i++) target[i] = bytes[start + i]!; // B1
  else target.set(bytes.subarray(start, start + length)); // B1
}

/** Counts the bytes of an array, and throws on what is none. */
function bytesIn(what: string, value: Uint8Array): number {
  // It may come from another realm: then its tag tells.
  if (value instanceof Uint8Array || Object.prototype.toString.call(value) === '[object Uint8Array]') {
    return value.length;
  }
  throw new InvalidArgumentError(`${what} must be a Uint8Array, not ${describe(value)}`);
}

const BYTES: Encoding<Uint8Array> = {
  bound: (value) => bytesIn('a message', value),
  size: (_, bound) => bound,
  write(value, bytes, start) {
    bytes.set(value, start); // B1: plain, published by R3.
    return value.length;
  },
  read(bytes, start, length) {
    const copy = new Uint8Array(length);
    copyOut(bytes, start, length, copy);
    return copy;
  },
};

const TEXT: Encoding<string> = {
  bound(value) {
    if (typeof value === 'string') return 3 * value.length;
    throw new InvalidArgumentError(`a message must be a string, not ${describe(value)}`);
  },
  size: utf8Length,
  write: encodeUtf8,
  read: decodeUtf8,
};

/** Requires that a codec wrote no more than it could, and says so where its own numbers are wrong. */
function written(count: unknown, size: number): number {
  if (count === undefined) return size;
  if (Number.isInteger(count) && (count as number) >= 0 && (count as number) <= size) return count as number;
  throw new InvalidArgumentError(
    `the codec's encode must return nothing or an integer from 0 to ${size}, not ${describe(count)}`,
  );
}

/** A codec that says sizes: it writes to the ring itself. */
class ViewEncoding<T> implements Encoding<T> {
  readonly #codec: MessageCodec<T>;

  constructor(codec: MessageCodec<T>) {
    this.#codec = codec;
  }

  bound(value: T): number {
    const size = this.#codec.size!(value);
    if (Number.isInteger(size) && size >= 0) return size;
    throw new InvalidArgumentError(`the codec's size must return an integer from 0, not ${describe(size)}`);
  }

  size(_: T, bound: number): number {
    return bound;
  }

  write(value: T, bytes: Uint8Array<SharedArrayBuffer>, start: number, size: number): number {
    return written(this.#codec.encode(value, new DataView(bytes.buffer, bytes.byteOffset + start, size)), size);
  }

  read(bytes: Uint8Array<SharedArrayBuffer>, start: number, length: number): T {
    return this.#codec.decode(new DataView(bytes.buffer, bytes.byteOffset + start, length));
  }
}

/** A codec that does not: it writes aside, to learn the size. */
class AsideEncoding<T> implements Encoding<T> {
  readonly #codec: MessageCodec<T>;
  readonly #mostBytes: number;
  #aside: Uint8Array | undefined;

  constructor(codec: MessageCodec<T>, mostBytes: number) {
    this.#codec = codec;
    this.#mostBytes = mostBytes;
  }

  bound(value: T): number {
    this.#aside ??= new Uint8Array(this.#mostBytes);
    const count = this.#codec.encode(value, new DataView(this.#aside.buffer));
    if (count === undefined) {
      throw new InvalidArgumentError('a codec without size must return from encode how many bytes it wrote');
    }
    return written(count, this.#mostBytes);
  }

  size(_: T, bound: number): number {
    return bound;
  }

  write(_: T, bytes: Uint8Array<SharedArrayBuffer>, start: number, size: number): number {
    bytes.set(this.#aside!.subarray(0, size), start); // B1
    return size;
  }

  read(bytes: Uint8Array<SharedArrayBuffer>, start: number, length: number): T {
    return this.#codec.decode(new DataView(bytes.buffer, bytes.byteOffset + start, length));
  }
}
