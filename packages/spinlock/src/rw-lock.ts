// A reader-writer lock that prefers writers: while one waits, no new reader enters, so it waits
// only for those who are in. The word and its transitions are in rw-word.ts; here is how a call
// waits, what its guard does, and which misuse is noticed.
//
// Source: the writer-preferring lock of Courtois, Heymans and Parnas (1971), problem 2; the
// state in one word as in parking_lot and Rust's standard library.

import {
  Backoff,
  defineLayout,
  defineStructure,
  type Handle,
  HEADER_FIELDS,
  type Region,
  requireBlocking,
  type WaitOptions,
} from '@concurrency-lab/atomics';
import { DeadlockError } from './errors.ts';
import { type LockGuard, type LockOptions, requireSpins } from './lock.ts';
import { DEFAULT_SPINS, Patience } from './patience.ts';
import { isLineEmpty, Queue } from './queue.ts';
import { ExclusiveGuard, OneGuard, type WriteGuard } from './rw-guards.ts';
import { RwWord } from './rw-word.ts';

const LAYOUT = defineLayout({
  ...HEADER_FIELDS,
  state: 'int32', // readers, the writer, and the line of writers: rw-word.ts; updated by all
  turn: 'int32', // of the line: queue.ts
  readerTurn: 'int32', // how often readers that were kept out were let in
});
const RW_LOCK = defineStructure({ kind: 'rw-lock', version: 1, ...LAYOUT });
const { state: STATE, turn: TURN, readerTurn: READER_TURN } = LAYOUT.index;

/** Names a {@link RwLock} to another thread. */
export type RwLockHandle = Handle<'rw-lock'>;

/**
 * Lets many threads read at once, or one write.
 *
 * Writers are preferred: while one waits, no new reader enters, so readers cannot starve it;
 * writers that never pause do starve readers. Writers take turns in the order in which they fell
 * asleep. What was done before an unlock happens before what follows the lock that it let in.
 *
 * @example
 * ```ts
 * import { RwLock } from '@concurrency-lab/spinlock';
 *
 * const lock = RwLock.create();
 * const there = RwLock.from(structuredClone(lock.handle)); // on the thread that received the handle
 * {
 *   using reading = lock.read();
 *   there.withRead(() => 'also reading'); // => 'also reading'
 *   there.tryWrite(); // => undefined
 * }
 * there.withWrite(() => 'writing alone'); // => 'writing alone'
 * ```
 */
export class RwLock {
  /** Counts the bytes a reader-writer lock takes in shared memory. */
  static readonly BYTES: number = LAYOUT.byteLength;

  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #handle: RwLockHandle;
  readonly #word: RwWord;
  readonly #queue: Queue;
  readonly #spins: number;
  /** How many guards of this object hold the lock for reading. */
  #reads = 0;
  /** Whether a guard of this object holds it for writing. */
  #isWriting = false;
  /** How many asynchronous calls of this object wait to write. */
  #writersWaiting = 0;

  private constructor({ words, handle }: Region<'rw-lock'>, spins: number) {
    this.#words = words;
    this.#handle = handle;
    this.#queue = new Queue(words, STATE, TURN);
    this.#word = new RwWord(words, STATE, READER_TURN, this.#queue);
    this.#spins = spins;
  }

  /**
   * Creates a reader-writer lock in a buffer of its own.
   *
   * @throws {InvalidArgumentError} on an option out of range
   * @throws {UnsupportedPlatformError} where there is no `SharedArrayBuffer`
   */
  static create(options: LockOptions = {}): RwLock {
    const spins = requireSpins(options, DEFAULT_SPINS); // before memory is touched
    return new RwLock(RW_LOCK.create(), spins);
  }

  /**
   * Creates a reader-writer lock in {@link RwLock.BYTES} zeroed bytes of the caller's memory.
   *
   * @param byteOffset - a multiple of 4
   * @throws {InvalidArgumentError} on an option out of range
   * @throws {InvalidRegionError} on a buffer that is not shared, or a region that is misaligned, short or in use
   */
  static at(buffer: SharedArrayBuffer, byteOffset: number, options: LockOptions = {}): RwLock {
    const spins = requireSpins(options, DEFAULT_SPINS); // before memory is touched
    return new RwLock(RW_LOCK.at(buffer, byteOffset), spins);
  }

  /**
   * Opens the lock that a handle names, on the thread that received the handle; once on each
   * thread, since it is the object by which misuse is noticed.
   *
   * @throws {InvalidArgumentError} on an option out of range
   * @throws {InvalidHandleError} on anything but the handle of a reader-writer lock
   */
  static from(handle: RwLockHandle, options: LockOptions = {}): RwLock {
    const spins = requireSpins(options, DEFAULT_SPINS); // before memory is touched
    return new RwLock(RW_LOCK.from(handle), spins);
  }

  /** Gives the plain object that names this lock to another thread. */
  get handle(): RwLockHandle {
    return this.#handle;
  }

  /** Counts the guards, on all threads, that hold the lock for reading; out of date as soon as it is read. */
  get readers(): number {
    return this.#word.readers;
  }

  /** Tells whether somebody holds the lock for writing; out of date as soon as it is read. */
  get isWriting(): boolean {
    return this.#word.isWriting;
  }

  /**
   * Locks for reading, unless somebody writes or waits to write. Never waits; allocates a guard.
   *
   * @returns a guard that unlocks, or undefined
   * @throws {CapacityError} when 8,191 guards read already
   */
  tryRead(): LockGuard | undefined {
    return this.#word.enterRead(false) ? this.#reading() : undefined;
  }

  /**
   * Locks for reading; blocks while somebody writes or waits to write: spins, then sleeps.
   * Allocates a guard.
   *
   * @returns a guard that unlocks
   * @throws {BlockingForbiddenError} where this thread may not block; use {@link RwLock.readAsync}
   * @throws {DeadlockError} when it would wait while this object holds the lock, or waits to write
   * @throws {TimeoutError} after `timeout`; the lock is not held then
   * @throws {CancelledError} when the token is cancelled
   * @throws {CapacityError} when 8,191 guards read already
   * @throws {InvalidArgumentError} on a timeout that is negative or NaN
   * @throws the reason of an `AbortSignal` that is aborted at the start
   */
  read(options: WaitOptions = {}): LockGuard {
    requireBlocking('RwLock.read()', 'RwLock.readAsync()');
    const patience = new Patience('RwLock.read()', options);
    const backoff = new Backoff();
    for (let left = this.#spins; ; left--) {
      if (this.#word.enterRead(false)) return this.#reading();
      if (left <= 0) break;
      backoff.spin();
    }
    this.#requireNotOurs('read()');
    for (let turn = this.#word.readerTurn; !this.#word.enterRead(true); turn = this.#word.readerTurn) {
      patience.park(this.#words, READER_TURN, turn);
    }
    return this.#reading();
  }

  /**
   * Locks for reading; waits, without blocking, while somebody writes or waits to write. Keeps
   * the event loop alive meanwhile.
   *
   * @returns and rejects as {@link RwLock.read} returns and throws, but for the errors of
   * blocking; and with the signal's reason whenever it aborts
   */
  async readAsync(options: WaitOptions = {}): Promise<LockGuard> {
    const patience = new Patience('RwLock.readAsync()', options);
    for (let turn = this.#word.readerTurn; !this.#word.enterRead(true); turn = this.#word.readerTurn) {
      await patience.parkAsync(this.#words, READER_TURN, turn);
    }
    return this.#reading();
  }

  /** Runs `fn` while reading, and returns what it returns. Blocks and throws as {@link RwLock.read}. */
  withRead<T>(fn: () => T, options?: WaitOptions): T {
    const guard = this.read(options);
    try {
      return fn();
    } finally {
      guard.unlock();
    }
  }

  /** Runs `fn`, which may be async, while reading. Waits and rejects as {@link RwLock.readAsync}. */
  async withReadAsync<T>(fn: () => T | Promise<T>, options?: WaitOptions): Promise<T> {
    const guard = await this.readAsync(options);
    try {
      return await fn();
    } finally {
      guard.unlock();
    }
  }

  /**
   * Locks for writing, unless somebody reads, writes, or waits to write. Never waits; allocates a guard.
   *
   * @returns a guard that unlocks, or undefined
   */
  tryWrite(): WriteGuard | undefined {
    return this.#word.tryEnterWrite() ? this.#writing() : undefined;
  }

  /**
   * Locks for writing; blocks while somebody reads or writes, and keeps new readers out
   * meanwhile: spins, then sleeps. Allocates a guard.
   *
   * @returns a guard that unlocks, or turns into one for reading
   * @throws {BlockingForbiddenError} where this thread may not block; use {@link RwLock.writeAsync}
   * @throws {DeadlockError} when it would wait while this object holds the lock, or waits to write
   * @throws {TimeoutError} after `timeout`; the lock is not held then
   * @throws {CancelledError} when the token is cancelled
   * @throws {CapacityError} when 32,767 writers wait already
   * @throws {InvalidArgumentError} on a timeout that is negative or NaN
   * @throws the reason of an `AbortSignal` that is aborted at the start
   */
  write(options: WaitOptions = {}): WriteGuard {
    requireBlocking('RwLock.write()', 'RwLock.writeAsync()');
    const patience = new Patience('RwLock.write()', options);
    const backoff = new Backoff();
    for (let left = this.#spins; ; left--) {
      if (this.#word.tryEnterWrite()) return this.#writing();
      if (left <= 0) break;
      backoff.spin();
    }
    this.#requireNotOurs('write()');
    const turn = this.#queue.turn;
    const before = this.#word.enterWriteOrJoin();
    if (before === undefined) return this.#writing();
    try {
      if (!isLineEmpty(before)) this.#queue.enter(turn, patience);
      try {
        for (let state = this.#word.enterWriteFirst(); state !== undefined; state = this.#word.enterWriteFirst()) {
          patience.park(this.#words, STATE, state);
        }
      } catch (error) {
        this.#queue.leave();
        throw error;
      }
    } catch (error) {
      this.#word.letReadersIn();
      throw error;
    }
    return this.#writing();
  }

  /**
   * Locks for writing; waits, without blocking, while somebody reads or writes, and keeps new
   * readers out meanwhile. Keeps the event loop alive.
   *
   * @returns and rejects as {@link RwLock.write} returns and throws, but for the errors of
   * blocking; and with the signal's reason whenever it aborts
   */
  async writeAsync(options: WaitOptions = {}): Promise<WriteGuard> {
    const patience = new Patience('RwLock.writeAsync()', options);
    const turn = this.#queue.turn;
    const before = this.#word.enterWriteOrJoin();
    if (before === undefined) return this.#writing();
    this.#writersWaiting++;
    try {
      if (!isLineEmpty(before)) await this.#queue.enterAsync(turn, patience);
      try {
        for (let state = this.#word.enterWriteFirst(); state !== undefined; state = this.#word.enterWriteFirst()) {
          await patience.parkAsync(this.#words, STATE, state);
        }
      } catch (error) {
        this.#queue.leave();
        throw error;
      }
    } catch (error) {
      this.#word.letReadersIn();
      throw error;
    } finally {
      this.#writersWaiting--;
    }
    return this.#writing();
  }

  /** Runs `fn` while writing, and returns what it returns. Blocks and throws as {@link RwLock.write}. */
  withWrite<T>(fn: () => T, options?: WaitOptions): T {
    const guard = this.write(options);
    try {
      return fn();
    } finally {
      guard.unlock();
    }
  }

  /** Runs `fn`, which may be async, while writing. Waits and rejects as {@link RwLock.writeAsync}. */
  async withWriteAsync<T>(fn: () => T | Promise<T>, options?: WaitOptions): Promise<T> {
    const guard = await this.writeAsync(options);
    try {
      return await fn();
    } finally {
      guard.unlock();
    }
  }

  /** Refuses to block a thread that others wait for, or that its own tasks need. */
  #requireNotOurs(call: string): void {
    if (this.#reads === 0 && !this.#isWriting && this.#writersWaiting === 0) return;
    throw new DeadlockError(
      `${call} would wait for its own thread: this handle ` +
        (this.#isWriting
          ? 'holds the RwLock for writing'
          : this.#reads > 0
            ? 'holds the RwLock for reading'
            : 'waits in writeAsync() already'),
    );
  }

  #reading(): LockGuard {
    this.#reads++;
    return new OneGuard(this.#endRead);
  }

  #writing(): WriteGuard {
    this.#isWriting = true;
    return new ExclusiveGuard(this.#endWrite, this.#downgrade);
  }

  readonly #endRead = (): void => {
    this.#reads--;
    this.#word.leaveRead();
  };

  readonly #endWrite = (): void => {
    this.#isWriting = false;
    this.#word.leaveWrite(0);
  };

  readonly #downgrade = (): LockGuard => {
    this.#isWriting = false;
    this.#word.leaveWrite(1);
    return this.#reading();
  };
}
