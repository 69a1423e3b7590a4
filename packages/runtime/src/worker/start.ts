// Starts worker threads: the seam between `node:worker_threads`, which Bun and Deno have too,
// and the workers of browsers.
//
// The entry of the workers is named by a path that leads to it from this folder, and from the one beside it into
// which the build merges this module for Node. Bundlers look for that very expression, so it stands at each use.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import type * as NodeThreads from 'node:worker_threads';
import type { FromWorker, ToWorker } from './messages.ts';

/**
 * Is what Node's workers can be given besides; ignored in browsers. As in `node:worker_threads`, whose types
 * a page's program does not have.
 */
export interface WorkerOptions {
  /** What is appended to `process.argv`. */
  readonly argv?: unknown[] | undefined;
  /** The environment; `SHARE_ENV` of `node:worker_threads` shares this thread's. */
  readonly env?: Record<string, string | undefined> | symbol | undefined;
  /** Flags of Node; this thread's where not given. */
  readonly execArgv?: string[] | undefined;
  /** Limits of memory, in MB; who exceeds them is lost, and replaced. */
  readonly resourceLimits?:
    | {
        readonly maxYoungGenerationSizeMb?: number | undefined;
        readonly maxOldGenerationSizeMb?: number | undefined;
        readonly codeRangeSizeMb?: number | undefined;
        readonly stackSizeMb?: number | undefined;
      }
    | undefined;
  /** Tells whether file descriptors that were opened by number are closed with the worker; true where not given. */
  readonly trackUnmanagedFds?: boolean | undefined;
}

/** Is a worker thread, as the thread that started it sees it. */
export interface WorkerHost {
  post(message: ToWorker, transfer?: readonly object[]): void;
  /** Ends the thread wherever it is, and resolves when it has ended. */
  terminate(): Promise<unknown>;
}

/** Is told what happens to a worker thread. */
export interface WorkerEvents {
  message(message: FromWorker): void;
  /** The thread is about to end because of an error that nobody caught. */
  error(error: unknown): void;
  /** The thread has ended; with which code, where the platform knows codes. Called once. */
  exit(code?: number): void;
}

/** Is a worker that was started by the caller: of `node:worker_threads`, or of a browser. */
export interface GivenWorker {
  postMessage(message: never): void;
  terminate(): unknown;
}

/** Starts a thread: by the caller's function, or of this package's own entry. */
export function startWorker(
  name: string,
  options: WorkerOptions,
  factory: (() => GivenWorker) | undefined,
  events: WorkerEvents,
): WorkerHost {
  const given = factory === undefined ? undefined : requireWorker(factory());
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  if (threads === undefined || (given !== undefined && !('on' in given))) {
    return hostWebWorker((given as WebWorker | undefined) ?? newWebWorker(name), events);
  }
  const worker =
    (given as NodeThreads.Worker | undefined) ??
    new threads.Worker(new URL('../worker/main.js', import.meta.url), {
      ...(options as NodeThreads.WorkerOptions),
      name,
    });
  worker.on('message', (message: FromWorker) => events.message(message));
  worker.on('error', (error) => events.error(error));
  worker.on('exit', (code) => events.exit(code));
  worker.unref();
  return {
    post: (message, transfer) => worker.postMessage(message, transfer as never),
    terminate: () => worker.terminate(),
  };
}

interface WebWorker {
  postMessage(message: unknown, transfer?: readonly object[]): void;
  terminate(): void;
  addEventListener(
    type: 'message' | 'error',
    listener: (event: { data?: FromWorker; error?: unknown; message?: string; preventDefault(): void }) => void,
  ): void;
}

function requireWorker(value: unknown): object {
  const { postMessage, terminate } = (value as Partial<GivenWorker> | null | undefined) ?? {};
  if (typeof postMessage === 'function' && typeof terminate === 'function') return value as object;
  throw new InvalidArgumentError(`the function given to worker() must return a new Worker, not ${describe(value)}`);
}

function newWebWorker(name: string): WebWorker {
  const { Worker } = globalThis as unknown as { Worker: new (url: URL, options: object) => WebWorker };
  return new Worker(new URL('../worker/main.js', import.meta.url), { type: 'module', name });
}

function hostWebWorker(worker: WebWorker, events: WorkerEvents): WorkerHost {
  let hasEnded = false;
  const end = (): void => {
    if (hasEnded) return;
    hasEnded = true;
    worker.terminate();
    events.exit();
  };
  worker.addEventListener('message', ({ data }) => events.message(data!));
  worker.addEventListener('error', (event) => {
    event.preventDefault(); // it is the task's error, and not one of the page, or of the worker that built the runtime
    events.error(event.error ?? new Error(event.message ?? 'the module of the worker could not be loaded'));
    end(); // a worker of a browser goes on after an error, in a state that nobody knows
  });
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    terminate: () => Promise.resolve(end()),
  };
}
