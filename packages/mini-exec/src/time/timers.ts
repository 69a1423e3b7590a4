// The timers of a thread: one wheel, and at most one timer of the host, set for the earliest
// tick at which the wheel has something to do. Adding and removing entries mostly leaves the
// host's timer alone: one that comes too early finds nothing due, and is set again.
//
// Times are those of performance.now(), in milliseconds; ticks are such times, rounded up, so
// that nothing expires early.

import { type Entry, Wheel } from './wheel.ts';

/** The longest delay that the host's timers take without firing at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Holds the entries of one thread. */
export class Timers {
  readonly #wheel = new Wheel(Math.floor(performance.now()));
  #host: ReturnType<typeof setTimeout> | undefined;
  /** When the host's timer comes; Infinity where none is set. */
  #hostTick = Infinity;
  #keptAlive = false;

  /** Counts the entries. */
  get size(): number {
    return this.#wheel.size;
  }

  /** Has an entry expire at its tick. */
  add(entry: Entry): void {
    this.#wheel.add(entry);
    if (entry.tick < this.#hostTick) this.#set(entry.tick);
    this.#keepAlive(true);
  }

  /** Removes an entry, if it is still to expire. */
  remove(entry: Entry): void {
    this.#wheel.remove(entry);
    if (this.#wheel.size === 0) this.#keepAlive(false);
  }

  /** Gives the milliseconds until something may be due, Infinity where nothing ever is. */
  untilNext(): number {
    if (this.#wheel.size === 0) return Infinity;
    return Math.max(0, this.#wheel.next() - performance.now());
  }

  /** Lets what is due expire. */
  fire(): void {
    if (this.#wheel.size === 0) return;
    this.#wheel.turn(Math.floor(performance.now()));
    if (this.#wheel.size === 0) this.#keepAlive(false);
  }

  #set(tick: number): void {
    if (typeof setTimeout !== 'function') return; // a thread without an event loop: blockOn fires
    clearTimeout(this.#host);
    this.#hostTick = tick;
    this.#host = setTimeout(this.#onHost, Math.min(Math.ceil(Math.max(tick - performance.now(), 0)), LONGEST_MS));
    this.#keptAlive = true;
  }

  readonly #onHost = (): void => {
    this.#hostTick = Infinity;
    this.#host = undefined;
    this.#keptAlive = false;
    this.fire();
    if (this.#wheel.size > 0) this.#set(Math.min(this.#hostTick, this.#wheel.next()));
  };

  /** Has the host's timer keep the process alive, or not; cheaper than setting and clearing it. */
  #keepAlive(on: boolean): void {
    if (this.#keptAlive === on) return;
    this.#keptAlive = on;
    const host = this.#host;
    if (typeof host !== 'object') return; // browsers, whose timers keep nothing alive
    if (on) host.ref();
    else host.unref();
  }
}

let timers: Timers | undefined;

/** Gives the timers of this thread, made at the first call. */
export function threadTimers(): Timers {
  return (timers ??= new Timers());
}
