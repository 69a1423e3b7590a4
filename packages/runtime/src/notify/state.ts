// The shared words of a Notify.
//
//   state   permits (upper half) | how many wait (lower half)
//   turn    counts wake-ups; who waits sleeps on it
//   epoch   counts the calls of notifyWaiters()
//
//   notifyOne       one permit more, where there are not more than there are waiting already
//   arrive          takes a permit, or waits: one more waiting
//   tryTake         one permit and one waiting less
//   notifyWaiters   another epoch: whoever arrived in an older one may leave, one waiting less
//
// Who waits asks for the turn first, and then whether it may go on; who notifies changes state or
// epoch first, and counts the turn up then: of two that cross, one sees the other. All who wait are
// woken, and look: the one that was meant may have vanished, or may be blocked otherwise.
//
// A thread that vanishes while it waits is counted as waiting ever after: one permit more may be stored.

import {
  Deadline,
  defineLayout,
  defineStructure,
  type Handle,
  HEADER_FIELDS,
  park,
  parkAsync,
  type Region,
  TimeoutError,
  unpark,
  type WaitOptions,
} from '@concurrency-lab/atomics';
import { WaitersExhaustedError } from './errors.ts';

const LAYOUT = defineLayout({ ...HEADER_FIELDS, state: 'int32', turn: 'int32', epoch: 'int32' });
const NOTIFY = defineStructure({ kind: 'notify', version: 1, ...LAYOUT });
const { state: STATE, turn: TURN, epoch: EPOCH } = LAYOUT.index;

/** Names a {@link Notify} to another thread. */
export type NotifyHandle = Handle<'notify'>;

const WAITING = 0x7f_ff;
const ONE_PERMIT = 0x1_00_00;

function permitsOf(state: number): number {
  return state >>> 16;
}

function waitingOf(state: number): number {
  return state & WAITING;
}

/** Is the word that who waits sleeps on. */
export const SLEEP: number = TURN;

/** Holds the words of one Notify, and what is done to them. */
export class NotifyState {
  readonly handle: NotifyHandle;
  readonly words: Int32Array<SharedArrayBuffer>;

  private constructor({ handle, words }: Region<'notify'>) {
    this.handle = handle;
    this.words = words;
  }

  static create(): NotifyState {
    return new NotifyState(NOTIFY.create());
  }

  static from(handle: NotifyHandle): NotifyState {
    return new NotifyState(NOTIFY.from(handle));
  }

  /** Counts those that wait, and those that vanished while they did. */
  waiting(): number {
    return waitingOf(Atomics.load(this.words, STATE)); // E1
  }

  /** Stores a permit, and wakes who waits. */
  notifyOne(): void {
    // ORDERING(E1): a first guess for E2, which decides.
    let state = Atomics.load(this.words, STATE);
    for (;;) {
      const next = permitsOf(state) > waitingOf(state) ? state : (state + ONE_PERMIT) | 0;
      // ORDERING(E2): publishes what came before to who takes a permit (E3), even where there is one already. Before E6.
      const seen = Atomics.compareExchange(this.words, STATE, state, next);
      if (seen === state) break;
      state = seen;
    }
    if (waitingOf(state) > 0) this.#wake();
  }

  /** Begins another epoch, and wakes who waits. */
  notifyWaiters(): void {
    // ORDERING(E4): publishes what came before to E5. Before the look at those who wait (E1), in the total order.
    Atomics.add(this.words, EPOCH, 1);
    if (this.waiting() > 0) this.#wake();
  }

  #wake(): void {
    // ORDERING(E6): makes those look who have looked, and do not sleep yet (E7).
    Atomics.add(this.words, TURN, 1);
    unpark(this.words, TURN);
  }

  epoch(): number {
    // ORDERING(E5): observes E4. After this thread was counted among those that wait (E3), in the total order.
    return Atomics.load(this.words, EPOCH);
  }

  turn(): number {
    // ORDERING(E7): before the look whether to go on (E3, E5), as E6 comes after E2 and E4.
    return Atomics.load(this.words, TURN);
  }

  /** Takes a permit; `waits` is 1 for one who is counted as waiting, and 0 otherwise. */
  tryTake(waits: 0 | 1): boolean {
    let state = Atomics.load(this.words, STATE); // E1
    while (permitsOf(state) > 0) {
      // ORDERING(E3): admits one for each permit, and observes E2; counts before E5.
      const seen = Atomics.compareExchange(this.words, STATE, state, (state - ONE_PERMIT - waits) | 0);
      if (seen === state) return true;
      state = seen;
    }
    return false;
  }

  /** Takes a permit if there is one; waits from now on otherwise. Tells whether it has taken one. */
  arrive(): boolean {
    for (;;) {
      if (this.tryTake(0)) return true;
      let state = Atomics.load(this.words, STATE); // E1
      while (permitsOf(state) === 0) {
        if (waitingOf(state) === WAITING) throw new WaitersExhaustedError(WAITING);
        const seen = Atomics.compareExchange(this.words, STATE, state, state + 1); // E3
        if (seen === state) return false;
        state = seen;
      }
    }
  }

  /** Tells whether one who arrived in this epoch may go on; it does not wait any more then. */
  mayGoOn(epoch: number): boolean {
    if (this.tryTake(1)) return true;
    if (this.epoch() === epoch) return false;
    this.leave();
    return true;
  }

  /** Waits no more. */
  leave(): void {
    Atomics.sub(this.words, STATE, 1); // E3
  }

  /** Waits, by blocking, for a permit, or for the end of an epoch that was asked for before. */
  wait(epoch: number, options: WaitOptions = {}): void {
    const deadline = Deadline.after(options.timeout);
    if (this.arrive()) return;
    for (let isInTime = true; ;) {
      const turn = this.turn();
      if (this.mayGoOn(epoch)) return;
      try {
        if (!isInTime) throw new TimeoutError('Notify.wait()', options.timeout!);
        isInTime = park(this.words, SLEEP, turn, { ...options, timeout: deadline.left }) !== 'timed-out';
      } catch (error) {
        this.leave();
        throw error;
      }
    }
  }

  /** Waits as {@link NotifyState.wait}, by a promise. */
  async waitAsync(epoch: number, options: WaitOptions = {}): Promise<void> {
    const deadline = Deadline.after(options.timeout);
    if (this.arrive()) return;
    for (let isInTime = true; ;) {
      const turn = this.turn();
      if (this.mayGoOn(epoch)) return;
      try {
        if (!isInTime) throw new TimeoutError('Notify.waitAsync()', options.timeout!);
        isInTime = (await parkAsync(this.words, SLEEP, turn, { ...options, timeout: deadline.left })) !== 'timed-out';
      } catch (error) {
        this.leave();
        throw error;
      }
    }
  }
}
