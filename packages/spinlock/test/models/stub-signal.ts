// An AbortSignal that models can abort: the engine's own calls its listeners from native code,
// where a thread of a model cannot be suspended. The name of the package that follows has this
// module instrumented: '@concurrency-lab/model-checker'.

/** Aborts as an AbortController does, and is its own signal, as far as waits use one. */
export class StubSignal {
  aborted = false;
  reason: unknown;
  readonly #listeners = new Set<() => void>();

  /** Gives this object as what it stands for. */
  get signal(): AbortSignal {
    return this as unknown as AbortSignal;
  }

  abort(reason: unknown = new Error('aborted')): void {
    this.aborted = true;
    this.reason = reason;
    for (const listener of this.#listeners) listener();
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }
}
