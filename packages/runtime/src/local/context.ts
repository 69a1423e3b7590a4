// What task-locals hold, for whatever runs: a context, which never changes once it is made.
//
// Where the platform has AsyncLocalStorage (Node, Bun, Deno), a context follows promises: an async
// function goes on in the one that it began in. Elsewhere it is there while a function is on the
// stack, and for a coroutine while it is polled; a promise's reactions run in none, so that nobody
// finds a wrong value there.
//
// Nothing is kept, and tasks are run without any of this, until a thread defines a task-local.

import { type Context as PollContext, Future, type Poll } from '@concurrency-lab/mini-exec';

/** Holds the values of task-locals, by the task-local. */
export type LocalContext = ReadonlyMap<object, unknown>;

/** Is the context of a task that begins: it inherits nothing. */
export const NO_LOCALS: LocalContext = new Map();

/** Runs functions within contexts. */
export interface LocalStorage {
  run<Args extends readonly unknown[], R>(context: LocalContext, fn: (...args: Args) => R, ...args: Args): R;
  getStore(): LocalContext | undefined;
}

/** Keeps a context while a function is on the stack. */
export class StackStorage implements LocalStorage {
  #present: LocalContext | undefined = undefined;

  run<Args extends readonly unknown[], R>(context: LocalContext, fn: (...args: Args) => R, ...args: Args): R {
    const outer = this.#present;
    this.#present = context;
    try {
      return fn(...args);
    } finally {
      this.#present = outer;
    }
  }

  getStore(): LocalContext | undefined {
    return this.#present;
  }
}

let ofThread: LocalStorage | undefined;

/** Gives the storage of this thread, which is used from now on. */
export function threadStorage(): LocalStorage {
  if (ofThread === undefined) {
    const hooks = globalThis.process?.getBuiltinModule?.('node:async_hooks');
    ofThread = hooks === undefined ? new StackStorage() : new hooks.AsyncLocalStorage<LocalContext>();
  }
  return ofThread;
}

/** Calls a function as a task begins: without the locals of whoever happens to be on the stack, or to have caused the call. */
export function callFresh<Args extends readonly unknown[], R>(fn: (...args: Args) => R, args: Args): R {
  return ofThread === undefined ? fn(...args) : ofThread.run(NO_LOCALS, fn, ...args);
}

/** Has a future polled, and dropped, as {@link callFresh} calls a function. */
export function pollFresh<T>(future: Future<T>): Future<T> {
  return ofThread === undefined ? future : new Within(ofThread, NO_LOCALS, future);
}

/** Is a future that is polled, and dropped, within a context. */
export class Within<T> extends Future<T> {
  readonly #storage: LocalStorage;
  readonly #context: LocalContext;
  readonly #future: Future<T>;

  constructor(storage: LocalStorage, context: LocalContext, future: Future<T>) {
    super();
    this.#storage = storage;
    this.#context = context;
    this.#future = future;
  }

  override poll(cx: PollContext): Poll<T> {
    return this.#storage.run(this.#context, () => this.#future.poll(cx));
  }

  override drop(): void {
    this.#storage.run(this.#context, () => this.#future.drop());
  }
}
