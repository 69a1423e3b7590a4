// The fair lock: first come, first served. Who comes draws a ticket from NEXT and waits for its
// turn in a slot of its own (ticket-slots.ts), so that a handover disturbs no other waiter. Who
// releases the lock grants the turn to the next ticket, whether it has been drawn or not. Who
// gives up the last ticket puts it back, so that polling with timeouts does not use up the
// slots; any other ticket is marked as gone, and its turn passed on.
//
// Source: the array lock of Anderson, 1990 (as spin-lock.ts), with tickets that can be given up
// after the CLH lock of Scott and Scherer, "Scalable Queue-Based Spin Locks with Timeout", 2001.

import {
  Backoff,
  canBlock,
  Deadline,
  defineStructure,
  describe,
  InvalidArgumentError,
  park,
  parkAsync,
  type ParkResult,
  type Region,
  requireBlocking,
  throwIfAborted,
  TimeoutError,
  type WaitOptions,
} from '@concurrency-lab/atomics';
import { guards, heldHere, type LockGuard, type LockOptions, notHeld, requireSpins } from './lock.ts';
import * as slots from './ticket-slots.ts';
import type { TicketLockHandle, TicketLockOptions } from './ticket-slots.ts';

const TICKET_LOCK = defineStructure({
  kind: 'ticket-lock',
  version: 1,
  byteAlignment: slots.LAYOUT.byteAlignment,
  byteLength: slots.bytesFor(1),
});
// V8 folds the constants of a module, but not those that it imports.
const NEXT = slots.LAYOUT.index.next;
const { PARKED, GONE, ROUND } = slots;
const { NO_GUARD, SYNC_GUARD } = guards;

const DEFAULT_CAPACITY = 64;
const DEFAULT_SPINS = 10;

let release: (lock: TicketLock, guard: number) => void;
let holds: (lock: TicketLock, guard: number) => boolean;

class TicketLockGuard implements LockGuard {
  readonly #lock: TicketLock;
  readonly #number: number;

  constructor(lock: TicketLock, number: number) {
    this.#lock = lock;
    this.#number = number;
  }

  get isHeld(): boolean {
    return holds(this.#lock, this.#number);
  }

  unlock(): void {
    release(this.#lock, this.#number);
  }

  [Symbol.dispose](): void {
    release(this.#lock, this.#number);
  }
}

/**
 * Lets one thread at a time into a critical section, in the order in which they came.
 *
 * Fairness has a price: a thread that is parked, or that runs its event loop, holds up all who
 * come after it, where a {@link Mutex} lets them pass. What was done before an unlock happens
 * before what follows the next lock.
 *
 * @example
 * ```ts
 * import { TicketLock } from '@concurrency-lab/spinlock';
 *
 * const lock = TicketLock.create();
 * const order: string[] = [];
 * const guard = lock.lock();
 * const first = lock.withLockAsync(() => order.push('first'));
 * const second = lock.withLockAsync(() => order.push('second'));
 * guard.unlock();
 * await Promise.all([second, first]);
 * order; // => ['first', 'second']
 * ```
 */
export class TicketLock {
  /** Counts the bytes a ticket lock takes in shared memory, where its capacity is not given. */
  static readonly BYTES: number = slots.bytesFor(DEFAULT_CAPACITY);

  static {
    release = (lock, guard) => {
      if (lock.#heldBy !== guard) throw notHeld('TicketLock', 'guard');
      lock.unlock();
    };
    holds = (lock, guard) => lock.#heldBy === guard;
  }

  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #handle: TicketLockHandle;
  readonly #mayBlock: boolean = canBlock();
  readonly #slots: slots.TicketSlots;
  readonly #spins: number;
  readonly #backoff = new Backoff();
  readonly #guard: TicketLockGuard;
  /** The number of the guard that holds the lock through this handle, and the ticket it holds. */
  #heldBy: number = NO_GUARD;
  #ticket = 0;
  /** The ticket to which this handle granted the turn last: likely the next to be drawn. */
  #granted = 0;
  #lastGuard: number = SYNC_GUARD;
  /** How many asynchronous acquisitions of this handle wait. */
  #waiting = 0;

  private constructor(region: Region<'ticket-lock'>, spins: number) {
    this.#words = region.words;
    this.#handle = region.handle;
    this.#slots = new slots.TicketSlots(region.words, region.byteLength);
    this.#spins = spins;
    this.#guard = new TicketLockGuard(this, SYNC_GUARD);
  }

  /**
   * Creates a ticket lock in a buffer of its own.
   *
   * @throws {InvalidArgumentError} on an option out of range
   * @throws {UnsupportedPlatformError} where there is no `SharedArrayBuffer`
   */
  static create(options: TicketLockOptions = {}): TicketLock {
    const spins = requireSpins(options, DEFAULT_SPINS);
    return new TicketLock(TICKET_LOCK.create(TicketLock.bytesFor(options)), spins);
  }

  /**
   * Counts the bytes that a ticket lock takes: 64 for each that may wait, and 256.
   *
   * @throws {InvalidArgumentError} on a capacity that is no power of two from 1 to 65,536
   *
   * @example
   * ```ts
   * import { TicketLock } from '@concurrency-lab/spinlock';
   *
   * TicketLock.bytesFor({ capacity: 8 }); // => 768
   * TicketLock.bytesFor({ capacity: 9 }); // throws 'capacity must be a power of two from 1 to 65536, not 9'
   * ```
   */
  static bytesFor({ capacity = DEFAULT_CAPACITY }: TicketLockOptions = {}): number {
    if (!slots.isCapacity(capacity)) {
      throw new InvalidArgumentError(`capacity must be a power of two from 1 to 65536, not ${describe(capacity)}`);
    }
    return slots.bytesFor(capacity);
  }

  /**
   * Creates a ticket lock in {@link TicketLock.bytesFor} zeroed bytes of the caller's memory.
   *
   * @param byteOffset - a multiple of 128
   * @throws {InvalidArgumentError} on an option out of range
   * @throws {InvalidRegionError} on a buffer that is not shared, or a region that is misaligned, short or in use
   */
  static at(buffer: SharedArrayBuffer, byteOffset: number, options: TicketLockOptions = {}): TicketLock {
    const spins = requireSpins(options, DEFAULT_SPINS); // before memory is touched
    return new TicketLock(TICKET_LOCK.at(buffer, byteOffset, TicketLock.bytesFor(options)), spins);
  }

  /**
   * Opens the ticket lock that a handle names, on the thread that received the handle; once on
   * each thread, since it is the handle by which misuse is noticed.
   *
   * @throws {InvalidArgumentError} on an option out of range
   * @throws {InvalidHandleError} on anything but the handle of a ticket lock
   */
  static from(handle: TicketLockHandle, options: LockOptions = {}): TicketLock {
    const spins = requireSpins(options, DEFAULT_SPINS);
    return new TicketLock(TICKET_LOCK.from(handle), spins);
  }

  /** Gives the plain object that names this lock to another thread. */
  get handle(): TicketLockHandle {
    return this.#handle;
  }

  /** Tells whether anybody holds the lock; may have changed when it returns. */
  get isLocked(): boolean {
    // ORDERING(T1): the ticket to be drawn next, when it was read; T2 draws it only if it still is.
    const next = Atomics.load(this.#words, NEXT);
    // ORDERING(T3): whether it has its turn; observes T4, with what the last holder did.
    return Atomics.load(this.#words, this.#slots.slotOf(next)) !== this.#slots.roundOf(next);
  }

  /** Tells whether the lock is held through this handle; costs no access to shared memory. */
  get isHeld(): boolean {
    return this.#heldBy !== NO_GUARD;
  }

  /**
   * Acquires the lock; waits for its turn, spinning, then blocking. Allocates nothing.
   *
   * @returns the guard of this handle's synchronous acquisitions, the same each time
   * @throws {BlockingForbiddenError} where a thread may not block; use {@link TicketLock.lockAsync}
   * @throws {CapacityError} when as many as the capacity wait
   * @throws {DeadlockError} when the lock is held through this handle already, or tasks of this
   * thread wait for it: their turn comes first, and they cannot take it while the thread blocks
   * @throws {TimeoutError} after `timeout`; the lock is not held then
   * @throws {CancelledError} when the token is cancelled
   * @throws {InvalidArgumentError} on a timeout that is negative or NaN
   * @throws the reason of an `AbortSignal` that is aborted at the start
   */
  lock(options?: WaitOptions): LockGuard {
    if (options !== undefined || !this.#mayBlock || !this.#acquire(this.#granted)) this.#lockSlowly(options);
    this.#heldBy = SYNC_GUARD;
    return this.#guard;
  }

  /**
   * Acquires the lock if nobody holds it or waits for it; also who is giving up a wait counts, until
   * its call has returned. Never waits, allocates nothing.
   *
   * @returns the guard of this handle's synchronous acquisitions, or undefined
   */
  tryLock(): LockGuard | undefined {
    if (!this.#acquire(this.#granted) && !this.#acquire(Atomics.load(this.#words, NEXT))) return undefined; // T1
    this.#heldBy = SYNC_GUARD;
    return this.#guard;
  }

  /**
   * Acquires the lock without blocking the thread; waits for its turn, behind the other tasks of
   * this thread that came before.
   *
   * Rejects as {@link TicketLock.lock} throws, but for the errors of blocking; and with the
   * signal's reason whenever it aborts.
   *
   * @returns a guard of this acquisition's own
   */
  async lockAsync(options: WaitOptions = {}): Promise<LockGuard> {
    const { signal } = options;
    const deadline = Deadline.after(options.timeout);
    throwIfAborted(signal);
    if (!this.#acquire(this.#granted)) {
      const ticket = this.#draw();
      let result: ParkResult = 'ok';
      this.#waiting++;
      try {
        while (result !== 'timed-out' && this.#slots.mark(ticket)) {
          const left = deadline.left;
          result = await parkAsync(this.#words, this.#slots.slotOf(ticket), this.#slots.parkedOf(ticket), {
            signal,
            timeout: left,
          });
        }
      } catch (error) {
        if (!this.#slots.giveUp(ticket)) this.#grantAfter(ticket);
        throw error;
      } finally {
        this.#waiting--;
      }
      if (result === 'timed-out' && this.#slots.giveUp(ticket)) {
        throw new TimeoutError('TicketLock.lockAsync()', options.timeout!);
      }
      this.#ticket = ticket;
    }
    this.#heldBy = ++this.#lastGuard;
    return new TicketLockGuard(this, this.#heldBy);
  }

  /**
   * Releases the lock, and gives the turn to who came next. Never waits, allocates nothing.
   *
   * @throws {NotHeldError} where this handle does not hold it
   */
  unlock(): void {
    if (this.#heldBy === NO_GUARD) throw notHeld('TicketLock', 'handle');
    this.#heldBy = NO_GUARD;
    this.#grantAfter(this.#ticket);
  }

  /**
   * Runs `fn` while holding the lock, and returns what it returns. Blocks and throws as
   * {@link TicketLock.lock}.
   */
  withLock<T>(fn: () => T, options?: WaitOptions): T {
    const guard = this.lock(options);
    try {
      return fn();
    } finally {
      guard.unlock();
    }
  }

  /**
   * Runs `fn`, which may be async, while holding the lock. Waits and rejects as
   * {@link TicketLock.lockAsync}.
   */
  async withLockAsync<T>(fn: () => T | Promise<T>, options?: WaitOptions): Promise<T> {
    const guard = await this.lockAsync(options);
    try {
      return await fn();
    } finally {
      guard.unlock();
    }
  }

  /** Draws the ticket, if it has its turn and nobody has drawn it. */
  #acquire(ticket: number): boolean {
    const words = this.#words;
    if (Atomics.load(words, this.#slots.slotOf(ticket)) !== this.#slots.roundOf(ticket)) return false; // T3
    // ORDERING(T2): admits one to each ticket; T3 has observed the last holder.
    if (Atomics.compareExchange(words, NEXT, ticket, (ticket + 1) | 0) !== ticket) return false;
    this.#ticket = ticket;
    return true;
  }

  /** Draws the next ticket, whose slot must have had its last turn. */
  #draw(): number {
    const words = this.#words;
    for (;;) {
      const ticket = Atomics.load(words, NEXT); // T1
      const round = Atomics.load(words, this.#slots.slotOf(ticket)) & ROUND; // T3
      if (round === this.#slots.roundOf(ticket - 2 * this.#slots.capacity)) {
        throw slots.noRoom(this.#slots.capacity);
      }
      if (Atomics.compareExchange(words, NEXT, ticket, (ticket + 1) | 0) === ticket) return ticket; // T2
    }
  }

  #lockSlowly(options: WaitOptions | undefined): void {
    requireBlocking('TicketLock.lock()', 'TicketLock.lockAsync()');
    const timeout = options?.timeout;
    const deadline = timeout === undefined ? undefined : Deadline.after(timeout);
    throwIfAborted(options?.signal);
    if (this.#heldBy !== NO_GUARD) throw heldHere('TicketLock');
    if (this.#waiting > 0) throw slots.tasksFirst();
    const ticket = this.#draw();
    if (!this.#spin(ticket)) this.#sleep(ticket, options, deadline);
    this.#ticket = ticket;
  }

  /** Waits, spinning, for the turn of a ticket, but not for long. */
  #spin(ticket: number): boolean {
    const round = this.#slots.roundOf(ticket);
    const backoff = this.#backoff;
    backoff.reset();
    for (let left = this.#spins; ; left--) {
      if ((Atomics.load(this.#words, this.#slots.slotOf(ticket)) & ROUND) === round) return true; // T3
      if (left <= 0) return false;
      backoff.spin();
    }
  }

  /** Blocks until the turn of a ticket; gives it up where that throws. */
  #sleep(ticket: number, options: WaitOptions | undefined, deadline: Deadline | undefined): void {
    const slot = this.#slots.slotOf(ticket);
    const parked = this.#slots.parkedOf(ticket);
    let result: ParkResult = 'ok';
    try {
      while (result !== 'timed-out' && this.#slots.mark(ticket)) {
        result = park(this.#words, slot, parked, options && { signal: options.signal, timeout: deadline?.left });
      }
    } catch (error) {
      if (!this.#slots.giveUp(ticket)) this.#grantAfter(ticket);
      throw error;
    }
    if (result === 'timed-out' && this.#slots.giveUp(ticket))
      throw new TimeoutError('TicketLock.lock()', options!.timeout!);
  }

  /** Gives the turn to the first ticket after this one that was not given up. */
  #grantAfter(ticket: number): void {
    const words = this.#words;
    for (let next = (ticket + 1) | 0; ; next = (next + 1) | 0) {
      const slot = this.#slots.slotOf(next);
      // ORDERING(T4): publishes the critical section to whoever holds the ticket, or will draw it.
      const found = Atomics.exchange(words, slot, this.#slots.roundOf(next));
      if ((found & GONE) !== 0) continue;
      // ORDERING(T6): wakes the sleeper of the slot, whose look comes after T4.
      if ((found & PARKED) !== 0) Atomics.notify(words, slot);
      this.#granted = next;
      return;
    }
  }
}
