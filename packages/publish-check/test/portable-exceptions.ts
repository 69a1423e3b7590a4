// The tests that do not pass on some runtime, each with the reason, and with the error that it
// shows there. They are run all the same: one that begins to pass, or fails otherwise, is
// reported, and so is an entry that names no test.

/** Is where the tests are run: a server runtime, or a scope of Chromium. */
export type Place = 'node' | 'bun' | 'deno' | 'page' | 'worker';

/** Names tests of one file that fail, and why. */
export interface Exception {
  /** The file, as `package/name` without `.test.ts`. */
  readonly file: string;
  /** The tests' names: all of these fail. Without it, at least one of the file does, or its loading. */
  readonly test?: RegExp;
  readonly on: readonly Place[];
  readonly because: string;
  /** What the failures show. */
  readonly shows: RegExp;
  /** Is set where they would block for a long time: they are tried only in the deep run. */
  readonly costly?: true;
}

/** Names the published packages that are not for every runtime, and why. */
export const NOT_PORTABLE: Readonly<Record<string, string>> = {
  'model-checker': 'a tool for tests, which runs where Vite and Vitest do: on Node',
};

const EVERYWHERE: readonly Place[] = ['node', 'bun', 'deno', 'page', 'worker'];
const BROWSER: readonly Place[] = ['page', 'worker'];

const LOADER = 'loads the modules again under changed globals, the same on every runtime: vitest does that';
const NODE_FLAGS = 'starts a process with the flags of Node';
const NODE_ONLY = 'uses modules or globals of Node that a browser does not have';
const MAY_NOT_BLOCK = 'a page may not block; the worker runs these tests';
const NESTED = 'a worker of a worker does not start while its parent blocks';

const BLOCKS =
  /would block this thread|ERR_BLOCKING|BlockingForbiddenError|expected (a thrown )?error to be|to throw error including/;

/** Lists all exceptions. */
export const EXCEPTIONS: readonly Exception[] = [
  { file: 'atomics/platform', test: /./, on: EVERYWHERE, because: LOADER, shows: /vi\.resetModules needs vitest/ },
  {
    file: 'atomics/park-async',
    test: /polling > leaves no timer behind/,
    on: ['node', 'bun', 'deno'],
    because: 'counts timers with those of vitest',
    shows: /vi\.useFakeTimers needs vitest/,
  },
  { file: 'atomics/park-async', on: BROWSER, because: NODE_ONLY, shows: /getEventListeners/ },
  { file: 'atomics/handle', on: BROWSER, because: NODE_ONLY, shows: /dynamically imported module/ },
  { file: 'atomics/event-loop', on: BROWSER, because: NODE_ONLY, shows: /dynamically imported module/ },
  { file: 'atomics/event-loop', test: /./, on: ['deno'], because: NODE_FLAGS, shows: /code: 1/ },
  {
    file: 'atomics/event-loop',
    test: /a bare waitAsync lets|with keepAlive: false/,
    on: ['bun'],
    because: 'Bun does not end a process that only waits',
    shows: /stdout: 'woken'|it did not end/,
  },
  {
    file: 'atomics/threads',
    test: /was terminated in its sleep/,
    on: ['deno'],
    because: 'Deno ends a worker that sleeps only when it wakes',
    shows: /it did not end/,
  },
  { file: 'atomics/threads', on: BROWSER, because: NESTED, shows: /timed-out|would block|setImmediate/, costly: true },
  { file: 'atomics/backoff', on: BROWSER, because: NODE_ONLY, shows: /process is not defined/ },
  { file: 'atomics/cancel-token', on: ['page'], because: MAY_NOT_BLOCK, shows: BLOCKS },
  { file: 'atomics/park', on: ['page'], because: MAY_NOT_BLOCK, shows: BLOCKS },

  { file: 'oneshot/oneshot', on: ['page'], because: MAY_NOT_BLOCK, shows: BLOCKS },
  { file: 'oneshot/values.property', on: ['page'], because: MAY_NOT_BLOCK, shows: BLOCKS },
  { file: 'oneshot/threads', on: BROWSER, because: NESTED, shows: BLOCKS, costly: true },

  {
    file: 'spinlock/locks',
    test: /^where a thread may not block/,
    on: EVERYWHERE,
    because: LOADER,
    shows: /vi\.resetModules needs vitest/,
  },
  { file: 'spinlock/locks.threads', on: BROWSER, because: NESTED, shows: BLOCKS, costly: true },
  { file: 'spinlock/sync.threads', on: BROWSER, because: NESTED, shows: BLOCKS, costly: true },
  ...[
    'barrier',
    'condvar',
    'locks',
    'locks.property',
    'mutex',
    'once',
    'rw-lock',
    'semaphore',
    'sync.property',
    'ticket-lock',
  ].map((name): Exception => ({ file: `spinlock/${name}`, on: ['page'], because: MAY_NOT_BLOCK, shows: BLOCKS })),

  {
    file: 'spsc-ring/ring',
    test: /^blocks only where blocking is allowed/,
    on: EVERYWHERE,
    because: LOADER,
    shows: /vi\.resetModules needs vitest/,
  },
  {
    file: 'spsc-ring/realtime-bytes',
    test: /without garbage/,
    on: ['bun'],
    because: 'reads the trace that V8 writes of its collector',
    shows: /expected 0 to be greater than 2/,
  },
  { file: 'spsc-ring/realtime-bytes', on: BROWSER, because: NODE_ONLY, shows: /dynamically imported module/ },
  { file: 'spsc-ring/threads', on: BROWSER, because: NESTED, shows: BLOCKS, costly: true },
  { file: 'spsc-ring/messages-threads', on: BROWSER, because: NESTED, shows: BLOCKS, costly: true },
  ...['audio-ring', 'byte-ring', 'overwriting-ring', 'ring', 'byte-ring.property', 'ring.property'].map(
    (name): Exception => ({ file: `spsc-ring/${name}`, on: ['page'], because: MAY_NOT_BLOCK, shows: BLOCKS }),
  ),

  { file: 'mini-exec/event-loop', test: /./, on: EVERYWHERE, because: LOADER, shows: /vi\.resetModules needs vitest/ },
  {
    file: 'mini-exec/epoll-reactor',
    test: /says what to install where koffi is missing/,
    on: ['node', 'bun', 'deno'],
    because: 'replaces a module, which vitest does',
    shows: /vi\.doMock needs vitest/,
  },
  ...[
    'console-cli',
    'console-server',
    'console-terminal',
    'core-size',
    'epoll',
    'epoll-reactor',
    'epoll-thread',
    'epoll.property',
    'net',
    'panic',
    'promise',
    'time',
    'tracing-channels',
  ].map((name): Exception => ({
    file: `mini-exec/${name}`,
    on: BROWSER,
    because: NODE_ONLY,
    shows: /dynamically imported module|process is not defined/,
  })),
  { file: 'mini-exec/threads', on: BROWSER, because: NESTED, shows: BLOCKS, costly: true },
];
