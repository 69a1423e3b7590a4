// The consumer's side of an audio ring: from frames to the arrays of the channels.

import { requireInteger, type WaitOptions } from '@concurrency-lab/atomics';
import {
  type AudioHandle,
  type AudioMemory,
  DROPPED,
  framesIn,
  MISSING,
  openAudio,
  requireChannels,
} from './audio-layout.ts';
import { CLOSED, CONSUMER } from './control.ts';
import { Cursor } from './cursor.ts';
import { deinterleave } from './interleave.ts';
import type { OpenOptions } from './side.ts';
import { WaitingLine } from './waiting-line.ts';
import { waitUntil } from './waiting-until.ts';

/**
 * Reads audio frames from a ring, in order and whole.
 *
 * It belongs to the thread that first uses it, or that opens its handle: then to that thread
 * alone. An AudioWorklet that plays calls {@link AudioConsumer.play}; a worker that takes what
 * one records waits for frames, and calls {@link AudioConsumer.read}.
 *
 * @example
 * ```ts
 * import { AudioRing } from '@concurrency-lab/spsc-ring';
 *
 * const [producer, consumer] = AudioRing.create({ channels: 1, frames: 8, prefill: 2 });
 * const output = [new Float32Array(2)];
 * producer.write([Float32Array.of(0.1)]);
 * consumer.play(output); // => 0
 * producer.write([Float32Array.of(0.2, 0.3)]);
 * consumer.play(output); // => 2
 * consumer.play(output); // => 1
 * consumer.underruns; // => 1
 * ```
 */
export class AudioConsumer implements Disposable {
  readonly #memory: AudioMemory;
  readonly #cursor: Cursor;
  #line: WaitingLine | undefined;
  /** True once `prefill` frames were there. */
  #isPlaying = false;

  /** Builds the side of a ring that has been placed or opened; for this package. */
  constructor(memory: AudioMemory) {
    this.#memory = memory;
    this.#cursor = new Cursor(memory.words, CONSUMER);
  }

  /**
   * Opens the consumer's side on the thread that received its handle.
   *
   * @throws {SideTakenError} where it is open already
   * @throws {InvalidHandleError} on anything but the handle of an audio ring's consumer
   */
  static from(handle: AudioHandle<'consumer'>, options: OpenOptions = {}): AudioConsumer {
    const consumer = new AudioConsumer(openAudio(handle, 'consumer'));
    consumer.#cursor.open(options.takeOver === true);
    return consumer;
  }

  /** Gives the plain object that names this side to another thread. */
  get handle(): AudioHandle<'consumer'> {
    return { ...this.#memory.region.handle, side: 'consumer' };
  }

  /** Tells how many channels a frame has. */
  get channels(): number {
    return this.#memory.channels;
  }

  /** Tells how many frames the ring holds. */
  get capacity(): number {
    return this.#memory.frames;
  }

  /** Counts the frames that can be read for certain. One atomic load, allocates nothing. */
  get framesAvailable(): number {
    return this.#cursor.size;
  }

  /** Counts the frames that {@link AudioConsumer.play} did not find, modulo 2^32. One atomic load. */
  get underruns(): number {
    return Atomics.load(this.#memory.words, MISSING) >>> 0; // A2
  }

  /** Counts the frames that {@link AudioProducer.record} had to drop, modulo 2^32. One atomic load. */
  get overruns(): number {
    return Atomics.load(this.#memory.words, DROPPED) >>> 0; // A2
  }

  /** Tells whether the ring is closed and empty, so that nothing will ever come. One atomic load, allocates nothing. */
  get isClosed(): boolean {
    return this.#cursor.isClosed;
  }

  /**
   * Reads as many frames as there are into the channels' arrays, from `start` to `end`; leaves
   * the rest of the arrays as they are. Never waits, allocates nothing, wakes nobody.
   *
   * @returns how many frames were read
   * @throws {InvalidArgumentError} unless there is an array for each channel, as long as `end`
   * @throws {SideTakenError} at the first use, where another thread has this side
   */
  read(channels: readonly Float32Array[], start = 0, end: number = channels?.[0]?.length ?? 0): number {
    const { samples, frames } = this.#memory;
    requireInteger('end', end, 0, MOST_LENGTH);
    requireInteger('start', start, 0, end);
    requireChannels(channels, this.#memory.channels, end);
    const cursor = this.#cursor;
    const count = cursor.ensure(end - start);
    if (count === 0) return 0;
    const place = cursor.at < frames ? cursor.at : cursor.at - frames;
    const first = Math.min(count, frames - place);
    deinterleave(samples, place, channels, start, first);
    deinterleave(samples, 0, channels, start + first, count - first);
    cursor.advance(count);
    return count;
  }

  /**
   * Fills `output`, as an AudioWorklet's `process` gets it. Begins once `prefill` frames are
   * there; from then on, frames that are missing are silent, and counted, unless the producer
   * has closed. Never waits, allocates nothing, wakes nobody.
   *
   * @param output - an array for each channel, all of one length
   * @returns how many frames were there; what follows them is silent
   * @throws {InvalidArgumentError} on another number of channels, or arrays of different lengths
   */
  play(output: readonly Float32Array[]): number {
    const { words, channels } = this.#memory;
    const length = output?.[0]?.length ?? 0;
    requireChannels(output, channels, length);
    const count = this.#isPlaying || this.#mayBegin() ? this.read(output, 0, length) : 0;
    if (count === length) return count;
    for (let c = 0; c < channels; c++) output[c]!.fill(0, count); // CALLER: the output is the caller's.
    if (this.#isPlaying && !this.#cursor.isClosed) {
      const missing = words[MISSING]! + length - count; // A4
      Atomics.store(words, MISSING, missing | 0); // A3
    }
    return count;
  }

  #mayBegin(): boolean {
    const cursor = this.#cursor;
    const { prefill } = this.#memory;
    this.#isPlaying = cursor.ensure(prefill) === prefill || (cursor.seen & CLOSED) !== 0;
    return this.#isPlaying;
  }

  /**
   * Reads as many whole frames as there are and `into` has room for, interleaved as they lie in
   * the ring. Never waits, wakes nobody; allocates a view or two.
   *
   * @returns how many frames were read
   * @throws {InvalidArgumentError} on what is no Float32Array, or holds no whole number of frames
   */
  readInterleaved(into: Float32Array): number {
    const { samples, channels, frames } = this.#memory;
    const length = framesIn(into, channels);
    const cursor = this.#cursor;
    const count = cursor.ensure(length);
    if (count === 0) return 0;
    const place = cursor.at < frames ? cursor.at : cursor.at - frames;
    const first = Math.min(count, frames - place);
    into.set(samples.subarray(place * channels, (place + first) * channels)); // A1
    into.set(samples.subarray(0, (count - first) * channels), first * channels); // A1
    cursor.advance(count);
    return count;
  }

  /**
   * Blocks until so many frames are there, or the producer has closed; looks every millisecond.
   *
   * @param count - 1 to the capacity
   * @returns how many frames are there: at least `count`, or fewer where no more will come
   * @throws {TimeoutError} after `timeout`
   * @throws {BlockingForbiddenError} where it must block and this thread may not; use {@link AudioConsumer.waitForFramesAsync}
   * @throws {InvalidArgumentError} on a count that the ring can never hold
   * @throws the reason of an aborted signal, {@link CancelledError} of a cancelled token
   */
  waitForFrames(count: number, options?: WaitOptions): number {
    requireInteger('count', count, 1, this.#memory.frames);
    waitUntil(this.#cursor, () => this.#hasFrames(count), 'AudioConsumer.waitForFrames', options);
    return this.framesAvailable;
  }

  /** Waits, without blocking, as {@link AudioConsumer.waitForFrames}; resolves with what that returns. */
  async waitForFramesAsync(count: number, options?: WaitOptions): Promise<number> {
    requireInteger('count', count, 1, this.#memory.frames);
    this.#line ??= new WaitingLine(this.#cursor);
    await this.#line.enter(() => this.#hasFrames(count), 'AudioConsumer.waitForFrames', options);
    return this.framesAvailable;
  }

  #hasFrames(count: number): boolean {
    const cursor = this.#cursor;
    return cursor.ensure(count) === count || cursor.hasEnded || (cursor.seen & CLOSED) !== 0;
  }

  /** Closes the ring: frames are refused from now on. What was written before can still be read. Wakes nobody. */
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
