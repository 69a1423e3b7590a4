// What a poll says that has nothing to say yet; its own file, since futures and what awaits them need each other.

/**
 * Stands for "not yet" as the result of a poll. Registered by name, so that copies of this
 * package, and packages that implement `Future` without importing it, agree.
 */
export const Pending: unique symbol = Symbol.for('@concurrency-lab/mini-exec.Pending');
