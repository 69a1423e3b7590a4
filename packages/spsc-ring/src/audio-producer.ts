// The producer's side of an audio ring: from the arrays of the channels to frames.

import { ClosedError, requireInteger, type WaitOptions } from '@concurrency-lab/atomics';
import {
  type AudioHandle,
  type AudioMemory,
  DROPPED,
  framesIn,
  MISSING,
  openAudio,
  requireChannels,
} from './audio-layout.ts';
import { PRODUCER } from './control.ts';
import { Cursor } from './cursor.ts';
import { interleave } from './interleave.ts';
import type { OpenOptions } from './side.ts';
import { WaitingLine } from './waiting-line.ts';
import { waitUntil } from './waiting-until.ts';

/**
 * Writes audio frames into a ring.
 *
 * It belongs to the thread that first uses it, or that opens its handle: then to that thread
 * alone. An AudioWorklet that records calls {@link AudioProducer.record}; a worker that feeds
 * one waits for space, and calls {@link AudioProducer.write}.
 *
 * @example
 * ```ts
 * import { AudioRing } from '@concurrency-lab/spsc-ring';
 *
 * const [producer, consumer] = AudioRing.create({ channels: 1, frames: 4 });
 * producer.record([Float32Array.of(0.1, 0.2, 0.3)]); // => 3
 * producer.record([Float32Array.of(0.4, 0.5, 0.6)]); // => 1
 * producer.overruns; // => 2
 * consumer.framesAvailable; // => 4
 * ```
 */
export class AudioProducer implements Disposable {
  readonly #memory: AudioMemory;
  readonly #cursor: Cursor;
  #line: WaitingLine | undefined;

  /** Builds the side of a ring that has been placed or opened; for this package. */
  constructor(memory: AudioMemory) {
    this.#memory = memory;
    this.#cursor = new Cursor(memory.words, PRODUCER);
  }

  /**
   * Opens the producer's side on the thread that received its handle.
   *
   * @throws {SideTakenError} where it is open already
   * @throws {InvalidHandleError} on anything but the handle of an audio ring's producer
   */
  static from(handle: AudioHandle<'producer'>, options: OpenOptions = {}): AudioProducer {
    const producer = new AudioProducer(openAudio(handle, 'producer'));
    producer.#cursor.open(options.takeOver === true);
    return producer;
  }

  /** Gives the plain object that names this side to another thread. */
  get handle(): AudioHandle<'producer'> {
    return { ...this.#memory.region.handle, side: 'producer' };
  }

  /** Tells how many channels a frame has. */
  get channels(): number {
    return this.#memory.channels;
  }

  /** Tells how many frames the ring holds. */
  get capacity(): number {
    return this.#memory.frames;
  }

  /** Counts the frames that can be written for certain. One atomic load, allocates nothing. */
  get framesFree(): number {
    return this.isClosed ? 0 : this.#memory.frames - this.#cursor.size;
  }

  /** Counts the frames that {@link AudioProducer.record} had to drop, modulo 2^32. One atomic load. */
  get overruns(): number {
    // ORDERING(A2): a count for people; synchronises with nothing.
    return Atomics.load(this.#memory.words, DROPPED) >>> 0;
  }

  /** Counts the frames that {@link AudioConsumer.play} did not find, modulo 2^32. One atomic load. */
  get underruns(): number {
    return Atomics.load(this.#memory.words, MISSING) >>> 0; // A2
  }

  /** Tells whether the ring is closed, by either side, so that frames are refused for good. One atomic load. */
  get isClosed(): boolean {
    return this.#cursor.isClosed;
  }

  /**
   * Writes the frames from `start` to `end` of the channels' arrays, as many as fit; drops none.
   * Never waits, allocates nothing, wakes nobody.
   *
   * @returns how many frames were written
   * @throws {InvalidArgumentError} unless there is an array for each channel, as long as `end`
   * @throws {SideTakenError} at the first use, where another thread has this side
   */
  write(channels: readonly Float32Array[], start = 0, end: number = channels?.[0]?.length ?? 0): number {
    const { samples, frames } = this.#memory;
    requireInteger('end', end, 0, MOST_LENGTH);
    requireInteger('start', start, 0, end);
    requireChannels(channels, this.#memory.channels, end);
    const cursor = this.#cursor;
    const count = cursor.ensure(end - start);
    if (count === 0) return 0;
    const place = cursor.at < frames ? cursor.at : cursor.at - frames;
    const first = Math.min(count, frames - place);
    interleave(samples, place, channels, start, first);
    interleave(samples, 0, channels, start + first, count - first);
    return cursor.advance(count) ? count : 0;
  }

  /**
   * Writes the frames of `input`, as an AudioWorklet's `process` gets it: what does not fit is
   * dropped and counted. Never waits, allocates nothing, wakes nobody.
   *
   * @param input - an array for each channel, all of one length; none at all, as of an
   * unconnected input, writes nothing
   * @returns how many frames were written
   * @throws {InvalidArgumentError} on another number of channels, or arrays of different lengths
   */
  record(input: readonly Float32Array[]): number {
    if (input?.length === 0) return 0;
    const length = input?.[0]?.length ?? 0;
    const count = this.write(input, 0, length);
    if (count < length && !this.#cursor.hasEnded) {
      const { words } = this.#memory;
      const dropped = words[DROPPED]! + length - count; // A4: plain, this side alone writes the word.
      // ORDERING(A3): counts for A2.
      Atomics.store(words, DROPPED, dropped | 0);
    }
    return count;
  }

  /**
   * Writes frames that are interleaved already, as many as fit. Never waits, wakes nobody;
   * allocates a view where not all of them fit in one piece.
   *
   * @returns how many frames were written
   * @throws {InvalidArgumentError} on what is no Float32Array, or holds no whole number of frames
   */
  writeInterleaved(frames: Float32Array): number {
    const { samples, channels, frames: capacity } = this.#memory;
    const length = framesIn(frames, channels);
    const cursor = this.#cursor;
    const count = cursor.ensure(length);
    if (count === 0) return 0;
    const place = cursor.at < capacity ? cursor.at : cursor.at - capacity;
    const first = Math.min(count, capacity - place);
    if (first === length) samples.set(frames, place * channels); // A1
    else {
      samples.set(frames.subarray(0, first * channels), place * channels); // A1
      samples.set(frames.subarray(first * channels, count * channels)); // A1
    }
    return cursor.advance(count) ? count : 0;
  }

  /**
   * Blocks until so many frames can be written; looks every millisecond.
   *
   * @param count - 1 to the capacity
   * @throws {ClosedError} where the ring is closed
   * @throws {TimeoutError} after `timeout`
   * @throws {BlockingForbiddenError} where it must block and this thread may not; use {@link AudioProducer.waitForSpaceAsync}
   * @throws {InvalidArgumentError} on a count that the ring can never have free
   * @throws the reason of an aborted signal, {@link CancelledError} of a cancelled token
   */
  waitForSpace(count: number, options?: WaitOptions): void {
    requireInteger('count', count, 1, this.#memory.frames);
    waitUntil(this.#cursor, () => this.#hasSpace(count), 'AudioProducer.waitForSpace', options);
  }

  /** Waits, without blocking, until so many frames can be written. Rejects as {@link AudioProducer.waitForSpace} throws. */
  async waitForSpaceAsync(count: number, options?: WaitOptions): Promise<void> {
    requireInteger('count', count, 1, this.#memory.frames);
    this.#line ??= new WaitingLine(this.#cursor);
    await this.#line.enter(() => this.#hasSpace(count), 'AudioProducer.waitForSpace', options);
  }

  #hasSpace(count: number): boolean {
    if (this.#cursor.ensure(count) === count) return true;
    if (this.#cursor.hasEnded) throw new ClosedError('the ring is closed: nothing more can be written');
    return false;
  }

  /** Closes the ring: the consumer gets what was written before, and then sees that nothing follows. Wakes nobody. */
  close(): void {
    this.#cursor.close();
    this.#line?.wake();
  }

  /** Closes the ring, if this side was ever used. */
  [Symbol.dispose](): void {
    if (this.#cursor.isOpened) this.close();
  }
}

const MOST_LENGTH = 2 ** 31 - 1;
