// Tasks that have not ended when their function returns: it gave a promise or a coroutine.

import { type Coroutine, coroutine, type Executor, Pending } from '@concurrency-lab/mini-exec';
import { pollFresh } from '../local/context.ts';
import type { Task } from '../tasks/task.ts';

/** Is a task that waits on its worker. */
export interface Suspended {
  /** Ends it as aborted. A coroutine is dropped with its cleanup; what a promise does can only be ignored from now on. */
  abort(): void;
  /** Is called once. */
  ended?: (how: 'value' | 'error' | 'aborted', value: unknown) => void;
}

/** Gives the suspended task for what a task's function returned; undefined if that is its value. */
export function suspend(task: Task, value: object, executor: Executor): Suspended | undefined {
  if ('then' in value && typeof value.then === 'function') return awaitPromise(value as PromiseLike<unknown>);
  return task.kind === 'coroutine' ? runCoroutine(value as Coroutine<unknown>, executor) : undefined;
}

function awaitPromise(promise: PromiseLike<unknown>): Suspended {
  let isOver = false;
  const end = (how: 'value' | 'error' | 'aborted', value?: unknown): void => {
    if (isOver) return;
    isOver = true;
    suspended.ended!(how, value);
  };
  const suspended: Suspended = { abort: () => end('aborted') };
  // Through a promise of the engine's own: it calls back once, and later.
  Promise.resolve(promise).then(
    (value) => end('value', value),
    (error: unknown) => end('error', error),
  );
  return suspended;
}

function runCoroutine(body: Coroutine<unknown>, executor: Executor): Suspended {
  const handle = executor.spawn(pollFresh(coroutine(body)));
  const waker = {
    wake(): void {
      try {
        const polled = handle.poll({ waker });
        if (polled !== Pending) suspended.ended!('value', polled);
      } catch (error) {
        const { isCancelled, cause } = error as { isCancelled: boolean; cause: unknown };
        suspended.ended!(isCancelled ? 'aborted' : 'error', cause);
      }
    },
  };
  const suspended: Suspended = { abort: () => handle.abort() };
  handle.poll({ waker });
  return suspended;
}
