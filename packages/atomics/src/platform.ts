// The one seam to the platform. What differs between Node, Bun, Deno, a page's main
// thread, a worker and an AudioWorklet is decided here, by asking for the feature at the
// time of the call: importing this module touches no global, and patches none.

import { BlockingForbiddenError, UnsupportedPlatformError } from './errors.ts';

let blockingAllowed: boolean | undefined;

/**
 * Tells whether this thread may block: true in workers and on the main thread of Node,
 * Bun and Deno; false on a page's main thread, in a service worker and in an AudioWorklet.
 *
 * Asks the engine itself, once, with a wait that cannot sleep.
 *
 * @example
 * ```ts
 * import { canBlock } from '@concurrency-lab/atomics';
 *
 * canBlock(); // => true
 * ```
 */
export function canBlock(): boolean {
  blockingAllowed ??= probeBlocking();
  return blockingAllowed;
}

function probeBlocking(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  try {
    // ORDERING(P1): synchronises with nothing. The word is private and holds 0, the wait expects 1:
    // it returns at once, unless the engine refuses waits on this thread, which it checks first.
    return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0) === 'not-equal';
  } catch {
    return false;
  }
}

/**
 * Throws unless this thread may block; the message names the form that may be used here.
 *
 * @throws {BlockingForbiddenError} where {@link canBlock} is false.
 *
 * @example
 * ```ts
 * import { requireBlocking } from '@concurrency-lab/atomics';
 *
 * requireBlocking('Mutex.lock()', 'Mutex.lockAsync()'); // => undefined
 * ```
 */
export function requireBlocking(operation: string, instead: string): void {
  if (!canBlock()) throw new BlockingForbiddenError(operation, instead);
}

/**
 * Allocates shared memory.
 *
 * @param byteLength - how many bytes, zeroed
 * @throws {UnsupportedPlatformError} where the page is not cross-origin isolated, which
 * is when browsers hide `SharedArrayBuffer`.
 */
export function allocateShared(byteLength: number): SharedArrayBuffer {
  if (typeof SharedArrayBuffer === 'undefined') {
    throw new UnsupportedPlatformError(
      'SharedArrayBuffer is not available: serve the page cross-origin isolated, with the headers ' +
        '"Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp"',
    );
  }
  return new SharedArrayBuffer(byteLength);
}

/** Tells whether the value is a `SharedArrayBuffer`, of this realm or another. */
export function isSharedArrayBuffer(value: unknown): value is SharedArrayBuffer {
  // By its tag, not by instanceof: a buffer may come from another realm (an iframe, a vm context).
  return Object.prototype.toString.call(value) === '[object SharedArrayBuffer]';
}

// A busy loop of about the length of `Atomics.pause` (30 ns) where the engine lacks it.
const PAUSE_ITERATIONS = 40;

/** Tells the processor that this thread spins; about 30 ns. */
export function pause(): void {
  if (typeof Atomics.pause === 'function') Atomics.pause();
  else for (let i = 0; i < PAUSE_ITERATIONS; i++);
}

let holds = 0;
let heartbeat: ReturnType<typeof setInterval> | undefined;

// The longest period every timer implementation accepts without clamping: 24.8 days.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Keeps this thread's event loop alive until {@link releaseEventLoop} is called as often.
 *
 * A pending `Atomics.waitAsync` does not keep a process or a worker alive on Node, Bun or
 * Deno: a program that awaits one exits silently with code 0. A timer does.
 */
export function holdEventLoop(): void {
  if (holds++ > 0) return;
  if (typeof heartbeat === 'object') heartbeat.ref();
  else if (typeof setInterval === 'function') heartbeat = setInterval(() => {}, LONGEST_TIMER_MS);
}

/** Ends one {@link holdEventLoop}. */
export function releaseEventLoop(): void {
  if (--holds > 0) return;
  if (typeof heartbeat === 'object') heartbeat.unref(); // takes a tenth of the time of a new one
  else if (heartbeat !== undefined) clearInterval(heartbeat);
}

/** Lets the process end although the timer has not fired, where timers keep it alive. */
export function unrefTimer(timer: ReturnType<typeof setTimeout>): void {
  if (typeof timer === 'object') timer.unref();
}

let channel: InstanceType<typeof MessageChannel> | undefined;
const posted: (() => void)[] = [];

/**
 * Runs `callback` in a later turn of the event loop, after pending I/O and timers had theirs.
 *
 * Uses `setImmediate`, or a message to itself in browsers, where a timer would wait 4 ms.
 */
export function scheduleMacrotask(callback: () => void): void {
  if (typeof setImmediate === 'function') {
    setImmediate(callback);
    return;
  }
  if (channel === undefined) {
    channel = new MessageChannel();
    channel.port1.addEventListener('message', () => posted.shift()?.());
    channel.port1.start();
  }
  posted.push(callback);
  channel.port2.postMessage(undefined);
}
