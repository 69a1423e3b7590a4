// What the slots of an arena carry beside plain data: the arena's own memory, views of it, and
// the handles of halves that live in it, which open there without the memory being checked.

import { InvalidArgumentError } from '@concurrency-lab/atomics';
import type { Carrier, Reader, Writer } from '@concurrency-lab/atomics/wire';
import type { Chunk } from '../chunk.ts';
import { type HalfHandle, LocalHandle } from '../handle.ts';

/** The first byte: the handle of a sender, unless a bit says otherwise. */
const OF_RECEIVER = 1;
/** The handle's channel uses a codec. */
const OF_CODED = 2;
/** It is the arena's buffer, and no handle. */
const MEMORY = 4;

/** Carries values in the slots of one arena. */
export class ArenaCarrier implements Carrier {
  readonly capacity: number;
  readonly #chunk: Chunk;

  constructor(chunk: Chunk, capacity: number) {
    this.#chunk = chunk;
    this.capacity = capacity;
  }

  tooLarge(): InvalidArgumentError {
    return new InvalidArgumentError(
      `the value takes more than the ${this.capacity} bytes that a slot of this arena holds; ` +
        `create an arena with a greater bytesPerSlot`,
    );
  }

  carries(value: object, className: string, path: string): boolean {
    if (className === 'Object') {
      const memory = LocalHandle.memoryOf(value);
      return memory !== undefined && this.#chunk.isSameAs(memory);
    }
    if (className !== 'SharedArrayBuffer') return false;
    if (this.#chunk.isMemoryOf(value as SharedArrayBuffer)) return true;
    throw new InvalidArgumentError(`${path} is memory of another arena; send it with postMessage`);
  }

  write(writer: Writer, value: object): void {
    if (LocalHandle.memoryOf(value) === undefined) return writer.byte(MEMORY);
    const { kind, coded, slot, generation } = value as HalfHandle<string>;
    writer.byte((kind === 'oneshot-receiver' ? OF_RECEIVER : 0) + (coded ? OF_CODED : 0));
    writer.count(slot);
    writer.count(generation);
  }

  read(reader: Reader): object {
    const bits = reader.byte();
    if (bits === MEMORY) return this.#chunk.handle.buffer;
    const kind = (bits & OF_RECEIVER) === 0 ? 'oneshot-sender' : 'oneshot-receiver';
    return new LocalHandle(kind, this.#chunk, reader.count(), reader.count(), (bits & OF_CODED) !== 0);
  }
}
