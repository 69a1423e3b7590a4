// The cancellation of a running task: a look at the state of its slot.

import { CancelledError, type Cancellation } from '@concurrency-lab/atomics';
import type { RuntimeMemory } from './scheduler/memory.ts';
import { ABORTING, peek, stateOf } from './scheduler/slot.ts';

const POLL_MS = 8;

/** Tells one task whether somebody has aborted it. */
export class TaskCancellation implements Cancellation {
  readonly #memory: RuntimeMemory;
  readonly #at: number;
  readonly #word: number;
  #controller: AbortController | undefined = undefined;

  constructor(memory: RuntimeMemory, at: number) {
    this.#memory = memory;
    this.#at = at;
    this.#word = peek(memory, at);
  }

  get isCancelled(): boolean {
    const word = peek(this.#memory, this.#at);
    return word !== this.#word || stateOf(word) === ABORTING;
  }

  throwIfCancelled(): void {
    if (this.isCancelled) throw new CancelledError('the task was aborted');
  }

  /** Aborts soon after the task was aborted. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController();
      this.#controller = controller;
      const look = (): void => {
        if (this.isCancelled) controller.abort(new CancelledError('the task was aborted'));
        else setTimeout(look, POLL_MS);
      };
      look();
    }
    return this.#controller.signal;
  }
}
