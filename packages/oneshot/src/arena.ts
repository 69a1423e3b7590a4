// Arenas: the memory of channels, sized by the caller, perhaps shared by several threads.

import { type ArenaSize, Chunk, measure, type OneshotArenaHandle } from './chunk.ts';
import { Channel } from './channel.ts';
import { type ArenaOptions, Pool, requireSpins } from './pool.ts';
import { Receiver } from './receiver.ts';
import { type ChannelOptions, Sender } from './sender.ts';

/**
 * Holds the memory of channels whose halves are on different threads: slots of equal size in
 * one `SharedArrayBuffer`. Any thread that opened the arena may make channels in it. A slot is
 * in use from the first `handle` of a half until both halves have ended.
 *
 * @example
 * ```ts
 * import { OneshotArena, Sender } from '@concurrency-lab/oneshot';
 *
 * const arena = OneshotArena.create({ slots: 8, bytesPerSlot: 100_000 });
 * const [sender, receiver] = arena.channel<string>();
 * Sender.from<string>(structuredClone(sender.handle)).send('x'.repeat(99_000));
 * arena.freeSlots; // => 7
 * receiver.receive().length; // => 99000
 * arena.freeSlots; // => 8
 * ```
 */
export class OneshotArena {
  readonly #pool: Pool;
  readonly #give: () => Pool;

  private constructor(chunk: Chunk, options: ArenaOptions) {
    const pool = new Pool(chunk, options);
    this.#pool = pool;
    this.#give = () => pool;
  }

  /** Counts the bytes that an arena of this size takes in shared memory. */
  static bytesFor(size: ArenaSize): number {
    return measure(size).byteLength;
  }

  /**
   * Creates an arena in a buffer of its own.
   *
   * @throws {InvalidArgumentError} on sizes out of range
   * @throws {UnsupportedPlatformError} where there is no `SharedArrayBuffer`
   */
  static create(options: ArenaSize & ArenaOptions = {}): OneshotArena {
    return new OneshotArena(Chunk.create(options), options);
  }

  /**
   * Creates an arena in {@link OneshotArena.bytesFor} zeroed bytes of the caller's memory.
   *
   * @param byteOffset - a multiple of 128
   * @throws {InvalidArgumentError} on sizes out of range
   * @throws {InvalidRegionError} on a buffer that is not shared, or a region that is misaligned, short or in use
   */
  static at(buffer: SharedArrayBuffer, byteOffset: number, options: ArenaSize & ArenaOptions = {}): OneshotArena {
    return new OneshotArena(Chunk.at(buffer, byteOffset, options), options);
  }

  /**
   * Opens the arena that a handle names, to make channels in it. To open a half of a channel,
   * its own handle is enough.
   *
   * @throws {InvalidHandleError} on anything but the handle of an arena
   */
  static from(handle: OneshotArenaHandle, options: ArenaOptions = {}): OneshotArena {
    return new OneshotArena(Chunk.open(handle), options);
  }

  /** Gives the plain object that names this arena to another thread. */
  get handle(): OneshotArenaHandle {
    return this.#pool.first.handle;
  }

  /** Counts the slots that are free at the moment, including those of memory that this thread has added. */
  get freeSlots(): number {
    return this.#pool.freeSlots;
  }

  /**
   * Creates a channel for one value, whose slot, once it needs one, comes from this arena.
   *
   * @throws {InvalidArgumentError} on a count of spins out of range, and on what is no codec
   */
  channel<T = unknown>(options: ChannelOptions<T> = {}): [sender: Sender<T>, receiver: Receiver<T>] {
    const spins = options.spins === undefined ? this.#pool.spins : requireSpins(options.spins);
    const channel = new Channel<T>(this.#give, options.codec, spins);
    return [new Sender(channel), new Receiver(channel)];
  }
}
