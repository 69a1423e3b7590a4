// How long one call is willing to wait, over as many sleeps as that takes: the deadline, which
// must not start again with each sleep, and the signal. A wait that is given up throws, so that
// the caller undoes what it did in order to wait at one place, and nothing is left behind.

import {
  type Cancellation,
  Deadline,
  park,
  parkAsync,
  type ParkResult,
  throwIfAborted,
  TimeoutError,
  type WaitOptions,
} from '@concurrency-lab/atomics';

/** Holds what is left of the patience of one call. */
export class Patience {
  readonly #operation: string;
  readonly #timeout: number | undefined;
  readonly #signal: AbortSignal | Cancellation | undefined;
  readonly #deadline: Deadline;

  /** Checks the options, before anything shared is touched; throws where the signal is aborted already. */
  constructor(operation: string, { timeout, signal }: WaitOptions) {
    this.#operation = operation;
    this.#timeout = timeout;
    this.#signal = signal;
    this.#deadline = Deadline.after(timeout);
    throwIfAborted(signal);
  }

  /** Sleeps while the word holds `expected`; throws once the patience has ended. */
  park(words: Int32Array<SharedArrayBuffer>, index: number, expected: number): ParkResult {
    return this.#check(park(words, index, expected, this.#left()));
  }

  /** Sleeps as {@link Patience.park}, without blocking. */
  async parkAsync(words: Int32Array<SharedArrayBuffer>, index: number, expected: number): Promise<ParkResult> {
    return this.#check(await parkAsync(words, index, expected, this.#left()));
  }

  #left(): WaitOptions {
    return { timeout: this.#deadline.left, signal: this.#signal };
  }

  #check(result: ParkResult): ParkResult {
    if (result === 'timed-out') throw new TimeoutError(this.#operation, this.#timeout!);
    return result;
  }
}

/** How many rounds a blocking wait spins before it sleeps, where not told: about 2 µs. */
export const DEFAULT_SPINS = 6;
