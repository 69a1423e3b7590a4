// The timers of machines, on the thread that built the runtime. A machine that sleeps has at most
// one; when it is due, the machine is woken, and looks at the clock itself. So a timer that is
// lost with its message, or fires for whatever has the slot by then, does no harm: whoever is
// woken too early asks again, and a recovery wakes all.

import { scheduleTimer } from '../timer.ts';

/** Gives a time that all threads agree on, in milliseconds: it never goes back. */
export function sharedNow(): number {
  return performance.timeOrigin + performance.now();
}

/** Wakes machines in time. */
export class MachineTimers {
  readonly #wake: (slot: number) => void;
  /** Cancel the timers, by slot. */
  readonly #timers = new Map<number, () => void>();

  constructor(wake: (slot: number) => void) {
    this.#wake = wake;
  }

  /** Wakes the machine in a slot at a time, in place of what was set for that slot before. */
  set(slot: number, time: number): void {
    this.#timers.get(slot)?.();
    const fire = (): void => {
      this.#timers.delete(slot);
      this.#wake(slot);
    };
    // Only handles keep the process alive, as long as somebody waits for them.
    this.#timers.set(slot, scheduleTimer(fire, Math.max(time - sharedNow(), 0)));
  }

  clear(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }
}
