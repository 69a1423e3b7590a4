// A future that tests hold in their hands: it counts its polls, keeps its waker, and becomes
// ready when the test says so.

import { type Context, Future, Pending, type Poll, type Waker } from '../src/index.ts';

/** Is pending until `resolve` or `reject` was called, and never wakes anybody by itself. */
export class Probe<T = void> extends Future<T> {
  polls = 0;
  drops = 0;
  waker: Waker | undefined;
  #outcome: (() => T) | undefined;

  override poll(cx: Context): Poll<T> {
    this.polls++;
    this.waker = cx.waker;
    return this.#outcome === undefined ? Pending : this.#outcome();
  }

  override drop(): void {
    this.drops++;
  }

  resolve(value: T): void {
    this.#outcome = () => value;
    this.waker?.wake();
  }

  reject(error: unknown): void {
    this.#outcome = () => {
      throw error;
    };
    this.waker?.wake();
  }
}

/** Is ready at once with a value, or throws it. */
export class Ready<T> extends Future<T> {
  readonly #outcome: () => T;

  constructor(outcome: () => T) {
    super();
    this.#outcome = outcome;
  }

  override poll(): Poll<T> {
    return this.#outcome();
  }
}

/** Makes a future that throws when it is polled. */
export function failing(message: string): Future<never> {
  return new Ready(() => {
    throw new Error(message);
  });
}

/** Lets everything that is ready in microtasks and macrotasks run. */
export async function turns(count = 3): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
