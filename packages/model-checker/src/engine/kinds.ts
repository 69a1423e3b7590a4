// The kinds of steps. A step is what the scheduler orders: everything a thread does from one
// step to the next happens at once.

/** An atomic load. */
export const LOAD = 1;
/** An atomic store. */
export const STORE = 2;
/** An atomic read-modify-write: add, and, exchange, or, sub, xor. */
export const UPDATE = 3;
/** A compareExchange; a read where it fails. */
export const COMPARE_EXCHANGE = 4;
/** The start of a wait: compares, and goes to sleep or does not. */
export const WAIT = 5;
/** A waitAsync: as WAIT, but only a promise waits. */
export const WAIT_ASYNC = 6;
/** A notify. */
export const NOTIFY = 7;
/** The return of a thread that was woken; independent of every step. */
export const RESUME = 8;
/** The return of a join; independent of every step. */
export const JOIN = 9;
/** The invocation of an operation whose history is checked. */
export const INVOKE = 10;
/** The response of such an operation. */
export const RESPOND = 11;
/** The callback of a timer. */
export const TIMER = 12;
/** A wait that gives up because its time is over. */
export const TIMEOUT = 13;
/** Terminates another thread. */
export const TERMINATE = 14;

/** The names of the kinds, as reports show them. */
export const KIND_NAMES: readonly string[] = [
  '',
  'load',
  'store',
  'update',
  'compareExchange',
  'wait',
  'waitAsync',
  'notify',
  'wakes up',
  'joins',
  'invokes',
  'returns',
  'timer',
  'times out',
  'terminates',
];
