// A future made of a function, for what needs no state but what the function closes over.
//
// Source: `std::future::poll_fn` of Rust.

import { type Context, Future, type Poll } from './core/future.ts';

/** Makes a future whose polls call `poll`, and whose dropping calls `drop`. */
export function pollFn<T>(poll: (cx: Context) => Poll<T>, drop: () => void = () => {}): Future<T> {
  return new PollFn(poll, drop);
}

class PollFn<T> extends Future<T> {
  readonly #poll: (cx: Context) => Poll<T>;
  readonly #drop: () => void;

  constructor(poll: (cx: Context) => Poll<T>, drop: () => void) {
    super();
    this.#poll = poll;
    this.#drop = drop;
  }

  override poll(cx: Context): Poll<T> {
    return this.#poll(cx);
  }

  override drop(): void {
    this.#drop();
  }
}
