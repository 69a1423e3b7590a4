// Messages and the bytes of cells. A message is written to private memory first: what cannot be
// sent, or does not fit, fails before a cell is taken.

import { InvalidArgumentError } from '@concurrency-lab/atomics';
import { type Carrier, Reader, Writer } from '@concurrency-lab/atomics/wire';
import { countOf, INLINE, NOTHING, NUMBER, tagOf } from '../wire/tags.ts';
import type { MpscMemory } from './layout.ts';

/** Carries plain data, up to a number of bytes. */
class PlainCarrier implements Carrier {
  readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  tooLarge(): InvalidArgumentError {
    return new InvalidArgumentError(
      `the message takes more than the ${this.capacity} bytes that this channel has for one; ` +
        'create it with a greater bytesPerMessage',
    );
  }

  carries(_: object, className: string, path: string): boolean {
    if (className !== 'SharedArrayBuffer') return false;
    throw new InvalidArgumentError(
      `${path} is shared memory, which a channel does not carry; send it with postMessage`,
    );
  }

  write(): void {}

  read(): object {
    return {};
  }
}

/** Is a message that is ready to be copied into a cell. */
export interface Written {
  readonly tag: number;
  readonly number: number;
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
}

const NOTHING_WRITTEN: Written = { tag: NOTHING, number: 0, bytes: undefined };

/** Writes and reads the messages of one channel on one thread. */
export class Messages {
  readonly #memory: MpscMemory;
  readonly #carrier: PlainCarrier;
  #spareWriter: Writer | undefined = new Writer();
  readonly #reader: Reader;

  constructor(memory: MpscMemory) {
    this.#memory = memory;
    this.#carrier = new PlainCarrier(memory.messageBytes);
    this.#reader = new Reader(memory.messageBytes);
  }

  /**
   * Writes a message to private memory.
   *
   * @throws {InvalidArgumentError} on what cannot be sent, and on what is too large
   */
  write(value: unknown): Written {
    if (typeof value === 'number') return { tag: NUMBER, number: value, bytes: undefined };
    if (value === undefined) return NOTHING_WRITTEN;
    const writer = (this.#spareWriter ?? new Writer()).reset(this.#carrier);
    this.#spareWriter = undefined; // writing an object may run a getter that sends
    try {
      writer.value(value, 'the message');
      return { tag: tagOf(INLINE, writer.length), number: 0, bytes: writer.bytes.slice(0, writer.length) };
    } finally {
      writer.release();
      this.#spareWriter = writer;
    }
  }

  /** Copies a message into a cell that is the caller's. */
  put(cell: number, { tag, number, bytes }: Written): void {
    const { words, doubles, bytes: memory } = this.#memory;
    const at = this.#memory.cellAt(cell);
    words[at + 2] = tag; // M11
    if (bytes !== undefined) memory.set(bytes, (at + 4) << 2); // M11
    else doubles[(at + 4) >> 1] = number; // M11
  }

  /** Reads the message in a cell that is the caller's. */
  get(cell: number): unknown {
    const { words, doubles, bytes } = this.#memory;
    const at = this.#memory.cellAt(cell);
    const tag = words[at + 2]!; // M11
    if (tag === NOTHING) return undefined;
    if (tag === NUMBER) return doubles[(at + 4) >> 1]; // M11
    const from = (at + 4) << 2;
    this.#reader.bytes.set(bytes.subarray(from, from + countOf(tag))); // M11
    return this.#reader.read(this.#carrier);
  }
}
