export { type Coroutine, coroutine, type IntoFuture } from './core/coroutine.ts';
export { blockOn, Executor } from './core/executor.ts';
export { type Context, Future, Pending, type Poll, type Waker } from './core/future.ts';
export { fromPromise, toPromise } from './core/promise.ts';
export type { JoinHandle } from './core/task.ts';
export { DeadlockError, JoinError } from './errors.ts';
export { yieldNow } from './yield-now.ts';
