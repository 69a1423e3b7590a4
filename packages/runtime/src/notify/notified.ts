// A wait for a notification as a future of mini-exec.

import { parkAsync, unpark } from '@concurrency-lab/atomics';
import { type Context, Future, Pending, type Poll, type Waker } from '@concurrency-lab/mini-exec';
import { type NotifyState, SLEEP } from './state.ts';

/**
 * Waits for one notification; `yield*` it in a coroutine. It hears of `notifyWaiters()` from when it was made, and takes a
 * permit when it is polled. See {@link Notify.notified}.
 */
export class Notified extends Future<void> {
  readonly #shared: NotifyState;
  readonly #epoch: number;
  #state: 'new' | 'waiting' | 'over' = 'new';
  #waker: Waker | undefined;
  #isWatching = false;

  /** Is called by {@link Notify.notified} only. */
  constructor(shared: NotifyState, epoch: number) {
    super();
    this.#shared = shared;
    this.#epoch = epoch;
  }

  override poll(cx: Context): Poll<void> {
    if (this.#state === 'over') return undefined;
    if (this.#state === 'new') {
      if (this.#shared.epoch() !== this.#epoch || this.#shared.arrive()) {
        this.#state = 'over';
        return undefined;
      }
      this.#state = 'waiting';
    }
    const turn = this.#shared.turn();
    if (this.#shared.mayGoOn(this.#epoch)) {
      this.#end();
      return undefined;
    }
    this.#waker = cx.waker;
    if (!this.#isWatching) this.#watch(turn);
    return Pending;
  }

  #watch(turn: number): void {
    this.#isWatching = true;
    void parkAsync(this.#shared.words, SLEEP, turn).then(() => {
      this.#isWatching = false;
      this.#waker?.wake();
    });
  }

  #end(): void {
    this.#state = 'over';
    this.#waker = undefined;
  }

  /** Gives up: a notification that was meant for it is left to others. */
  override drop(): void {
    if (this.#state === 'waiting') this.#shared.leave();
    this.#end();
    if (this.#isWatching) unpark(this.#shared.words, SLEEP); // ends that wait; others look, and sleep again
  }
}
