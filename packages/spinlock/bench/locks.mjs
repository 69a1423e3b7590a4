// The locks that are compared, each as { create, open }: two functions that give an object with
// lock() and unlock(), on the thread that makes it and on the others. The references are what
// one writes by hand, as small as they can be.

import { Mutex, SpinLock, TicketLock } from '@concurrency-lab/spinlock';

const words = (buffer) => new Int32Array(buffer);
const handmade = (Lock) => ({
  create: () => new Lock(words(new SharedArrayBuffer(1024))),
  open: ({ buffer }) => new Lock(words(buffer)),
});
const ours = (Lock) => ({ create: () => Lock.create(), open: ({ handle }) => Lock.from(handle) });

/** A compare-and-swap in a loop: what the other figures are divided by. */
class BareLoop {
  constructor(state) {
    this.state = state;
    this.buffer = state.buffer;
  }
  lock() {
    while (Atomics.compareExchange(this.state, 0, 0, 1) !== 0);
  }
  unlock() {
    Atomics.store(this.state, 0, 0);
  }
}

/** The futex of Drepper's "Futexes are tricky" in the form of Rust's standard library: 0 free, 1 held, 2 held and waited for. */
class ThreeStates {
  constructor(state) {
    this.state = state;
    this.buffer = state.buffer;
  }
  lock() {
    if (Atomics.compareExchange(this.state, 0, 0, 1) !== 0) this.lockSlowly();
  }
  spin() {
    let seen = Atomics.load(this.state, 0);
    for (let left = 100; left > 0 && seen === 1; left--) seen = Atomics.load(this.state, 0);
    return seen;
  }
  lockSlowly() {
    let seen = this.spin();
    if (seen === 0 && Atomics.compareExchange(this.state, 0, 0, 1) === 0) return;
    for (;;) {
      if (seen !== 2 && Atomics.exchange(this.state, 0, 2) === 0) return;
      Atomics.wait(this.state, 0, 2);
      seen = this.spin();
    }
  }
  unlock() {
    if (Atomics.exchange(this.state, 0, 0) === 2) Atomics.notify(this.state, 0, 1);
  }
}

/** Two states, parks at once, notifies on every unlock: the style of most locks on npm. */
class TwoStates {
  constructor(state) {
    this.state = state;
    this.buffer = state.buffer;
  }
  lock() {
    while (Atomics.compareExchange(this.state, 0, 0, 1) !== 0) Atomics.wait(this.state, 0, 1);
  }
  unlock() {
    Atomics.store(this.state, 0, 0);
    Atomics.notify(this.state, 0, 1);
  }
}

/** The textbook's ticket lock: everybody spins on one word, nobody may give up. */
class BareTickets {
  constructor(state) {
    this.state = state;
    this.buffer = state.buffer;
    this.ticket = 0;
  }
  lock() {
    this.ticket = Atomics.add(this.state, 0, 1);
    while (Atomics.load(this.state, 32) !== this.ticket);
  }
  unlock() {
    Atomics.store(this.state, 32, (this.ticket + 1) | 0);
  }
}

export const locks = {
  'bare compare-and-swap loop': handmade(BareLoop),
  'three-state futex': handmade(ThreeStates),
  'two states, always notifies': handmade(TwoStates),
  'bare ticket lock': handmade(BareTickets),
  Mutex: ours(Mutex),
  SpinLock: ours(SpinLock),
  TicketLock: ours(TicketLock),
};
