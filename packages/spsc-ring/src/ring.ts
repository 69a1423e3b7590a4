// Rings as their users make them: a pair of sides, in memory of its own or in the caller's.

import { Consumer } from './consumer.ts';
import type { RingKind } from './elements.ts';
import { BYTE_ALIGNMENT, byteLengthOf, type Memory, place, type RingOptions } from './memory.ts';
import { Producer } from './producer.ts';

/** Holds the two sides of a ring. */
export type Sides<Kind extends RingKind> = readonly [producer: Producer<Kind>, consumer: Consumer<Kind>];

/**
 * Makes rings: queues of a fixed size from one thread to another, without locks.
 *
 * The two sides come as a pair. Each belongs to the thread that uses it first: keep one, and send the other's
 * `handle` to the thread that will use it.
 *
 * @example
 * ```ts
 * import { Consumer, SpscRing } from '@concurrency-lab/spsc-ring';
 *
 * const [producer, consumer] = SpscRing.create({ kind: 'float32', capacity: 1024 });
 * const there = Consumer.from(structuredClone(consumer.handle)); // as a worker receives it
 * producer.push(0.5);
 * there.pop(); // => 0.5
 * ```
 */
export class SpscRing {
  /** Gives the number that a ring in the caller's memory must begin at a multiple of. */
  static readonly BYTE_ALIGNMENT: number = BYTE_ALIGNMENT;

  private constructor() {}

  /**
   * Creates a ring in memory of its own.
   *
   * @throws {InvalidArgumentError} on an option out of range
   * @throws {UnsupportedPlatformError} where there is no `SharedArrayBuffer`
   */
  static create<Kind extends RingKind>(options: RingOptions<Kind>): Sides<Kind> {
    return sidesOf(place(options));
  }

  /**
   * Creates a ring in {@link SpscRing.bytesFor} zeroed bytes of the caller's memory.
   *
   * @param byteOffset - a multiple of {@link SpscRing.BYTE_ALIGNMENT}
   * @throws {InvalidRegionError} on a buffer that is not shared, or a region that is misaligned, short or in use
   * @throws {InvalidArgumentError} on an option out of range
   */
  static at<Kind extends RingKind>(
    buffer: SharedArrayBuffer,
    byteOffset: number,
    options: RingOptions<Kind>,
  ): Sides<Kind> {
    return sidesOf(place(options, buffer, byteOffset));
  }

  /**
   * Counts the bytes that a ring with these options takes.
   *
   * @throws {InvalidArgumentError} on an option out of range
   *
   * @example
   * ```ts
   * import { SpscRing } from '@concurrency-lab/spsc-ring';
   *
   * SpscRing.bytesFor({ kind: 'float32', capacity: 4 }); // => 512
   * ```
   */
  static bytesFor(options: RingOptions): number {
    return byteLengthOf(options);
  }
}

function sidesOf<Kind extends RingKind>(memory: Memory<Kind>): Sides<Kind> {
  return [new Producer(memory), new Consumer(memory)];
}
