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
  /** Is set where chance decides, such as the order of finalizers: they may pass as well. */
  readonly sometimes?: true;
}

/** Names a file that is not for some places. */
export interface NotPortable {
  /** The file, as exceptions name it. */
  readonly file: string;
  readonly on: readonly Place[];
  readonly because: string;
}

/** Names files that are run at some places only in the deep run. */
export interface Seldom {
  /** The file, as exceptions name it. */
  readonly file: string;
  /** The places, by their names: `this Node`, `node24`, `bun`, `deno`, `page`, `worker`. */
  readonly on: readonly string[];
  readonly because: string;
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
const ENDS_LATE = 'on Deno a worker may go on for a while after terminate() has resolved';
const NESTED =
  'a worker of a worker does not start while its parent blocks; browser-threads.test.ts has threads of a page';

const BLOCKS =
  /Property failed|slots of this arena|would block this thread|ERR_BLOCKING|BlockingForbiddenError|expected (a thrown )?error to be|to throw error including/;

/** Lists the files of other packages that are not for every place either; they are not tried there. */
export const FILES_NOT_PORTABLE: readonly NotPortable[] = [
  ...['', '-builds', '-frames', '-jumps', '-programs', '.property'].map((kind) => ({
    file: `runtime/compiler${kind}`,
    on: EVERYWHERE,
    because: 'a tool for builds, with Babel, which runs where bundlers do: on Node',
  })),
  ...[
    'atomics/threads',
    'mini-exec/threads',
    'oneshot/threads',
    'spinlock/locks.threads',
    'spinlock/sync.threads',
    'spsc-ring/messages-threads',
    'spsc-ring/threads',
  ].map((file) => ({ file, on: BROWSER, because: NESTED })),
];

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
  {
    file: 'atomics/event-loop',
    test: /^(?!Atomics.*a bare waitAsync)/,
    on: ['deno'],
    because: NODE_FLAGS,
    shows: /code: 1/,
  },
  {
    file: 'atomics/backoff',
    test: /spins longer in each round/,
    on: ['deno'],
    because: 'times spins that are shorter than a look at the clock is on Deno',
    shows: /to be greater than/,
    sometimes: true,
  },
  {
    file: 'atomics/event-loop',
    test: /^ > a bare waitAsync lets|with keepAlive: false/,
    on: ['bun'],
    because: 'Bun does not end a process that only waits',
    shows: /stdout: 'woken'|it did not end/,
  },
  {
    file: 'atomics/threads',
    test: /was terminated in its sleep/,
    on: ['deno'],
    because: ENDS_LATE,
    shows: /it did not end/,
  },
  { file: 'atomics/backoff', on: BROWSER, because: NODE_ONLY, shows: /process is not defined/ },
  { file: 'atomics/cancel-token', on: ['page'], because: MAY_NOT_BLOCK, shows: BLOCKS },
  { file: 'atomics/park', on: ['page'], because: MAY_NOT_BLOCK, shows: BLOCKS },

  { file: 'oneshot/oneshot', on: ['page'], because: MAY_NOT_BLOCK, shows: BLOCKS },
  { file: 'oneshot/values.property', on: ['page'], because: MAY_NOT_BLOCK, shows: BLOCKS },

  {
    file: 'spinlock/locks',
    test: /^where a thread may not block/,
    on: EVERYWHERE,
    because: LOADER,
    shows: /vi\.resetModules needs vitest/,
  },
  {
    file: 'spinlock/locks.threads',
    test: /while it waits does not keep the mutex/,
    on: ['deno'],
    because: ENDS_LATE,
    shows: /expected true to be false/,
    sometimes: true,
  },
  ...['barrier', 'condvar', 'locks', 'locks.property', 'mutex', 'once', 'rw-lock', 'semaphore', 'ticket-lock'].map(
    (name): Exception => ({ file: `spinlock/${name}`, on: ['page'], because: MAY_NOT_BLOCK, shows: BLOCKS }),
  ),

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
  {
    file: 'spsc-ring/byte-ring',
    test: /a Buffer is a Uint8Array/,
    on: BROWSER,
    because: NODE_ONLY,
    shows: /Buffer is not defined/,
  },
  {
    file: 'spsc-ring/threads',
    test: /when a producer is terminated/,
    on: ['deno'],
    because: ENDS_LATE,
    shows: /Object\.is equality|to be undefined|timed out/,
    sometimes: true,
  },
  {
    file: 'spsc-ring/threads',
    test: /of two workers with the handle of one side/,
    on: ['deno'],
    because: 'Deno passes on the error of a worker without its code',
    shows: /timed out|code/,
  },
  ...['audio-ring', 'byte-ring', 'overwriting-ring', 'ring'].map((name): Exception => ({
    file: `spsc-ring/${name}`,
    on: ['page'],
    because: MAY_NOT_BLOCK,
    shows: BLOCKS,
  })),

  { file: 'mini-exec/event-loop', test: /./, on: EVERYWHERE, because: LOADER, shows: /vi\.resetModules needs vitest/ },
  {
    file: 'mini-exec/epoll-reactor',
    test: /says what to install where koffi is missing/,
    on: ['node', 'bun', 'deno'],
    because: 'replaces a module, which vitest does',
    shows: /vi\.doMock needs vitest/,
  },
  {
    file: 'mini-exec/console-server',
    test: /answers with the tasks of its thread/,
    on: ['bun', 'deno'],
    because: 'expects the name of Node where the console tells that of the runtime',
    shows: /runtime/,
  },
  {
    file: 'mini-exec/console-cli',
    test: /is in the table of the command|is in its JSON/,
    on: ['bun', 'deno'],
    because: 'expects the name of Node where the console tells that of the runtime',
    shows: /node/,
  },
  {
    file: 'mini-exec/console-cli',
    test: /serves each of its threads/,
    on: ['bun'],
    because: 'starts a process with the flags of Node',
    shows: /nobody serves/,
  },
  {
    file: 'mini-exec/console-cli',
    test: /^a program > (serves|runs without)/,
    on: ['deno'],
    because: NODE_FLAGS,
    shows: /nobody serves|MINI_EXEC_CONSOLE=/,
  },
  {
    file: 'mini-exec/epoll.property',
    test: /of version 6 comes back/,
    on: ['bun'],
    because: 'compares with the URL of the runtime, which on Bun keeps some addresses as they are written',
    shows: /Property failed/,
    sometimes: true,
  },
  {
    file: 'mini-exec/epoll-thread',
    test: /refuses connections for which it has no descriptors/,
    on: ['deno'],
    because: 'starts a process with too few descriptors for Deno itself',
    shows: /Received NaN/,
  },
  {
    file: 'mini-exec/executor',
    test: /reports a cleanup that throws/,
    on: ['bun'],
    because: 'expects an error in the words of V8',
    shows: /JSON Parse/,
  },
  {
    file: 'mini-exec/panic',
    test: /^a process > ends with a report/,
    on: ['bun'],
    because: 'Bun ends with its own exit code after an uncaught error',
    shows: /code: 1, stdout: 'cleaned up/,
  },
  { file: 'mini-exec/panic', test: /^a process > /, on: ['deno'], because: NODE_FLAGS, shows: /code: 1|unseen/ },
  {
    file: 'mini-exec/promise',
    test: /^an error that nobody joins > ends the process/,
    on: ['bun'],
    because: 'Bun reports an uncaught error in another form',
    shows: /to contain 'Error: unseen'/,
  },
  {
    file: 'mini-exec/promise',
    test: /^an error that nobody joins > /,
    on: ['deno'],
    because: NODE_FLAGS,
    shows: /code: 1|unseen|expected 1 to be/,
  },
  {
    file: 'mini-exec/time',
    test: /takes one timer of the host|is ready at once for a time|^timeout > (gives|drops|throws)/,
    on: ['bun'],
    because: 'counts the timers of the process, which Bun does not tell',
    shows: /Object\.is equality/,
    sometimes: true,
  },
  {
    file: 'mini-exec/time',
    test: /keeps the process alive while somebody sleeps/,
    on: ['deno'],
    because: NODE_FLAGS,
    shows: /Command failed/,
  },
  {
    file: 'mini-exec/net',
    test: /lets go of the port when binding is given up/,
    on: ['bun'],
    because: 'the node:net of Bun listens at once, so that binding cannot be given up',
    shows: /instead of rejecting/,
  },
  {
    file: 'mini-exec/net',
    test: /writing to a peer that is gone|refuses connections beyond its backlog|serves many connections at once/,
    on: ['deno'],
    because: 'the node:net of Deno closes with another error, has a backlog of its own, and counts closed sockets',
    shows: /ERR_CLOSED|a length of 2|expected \d+ to be \+0/,
    sometimes: true,
  },
  {
    file: 'mini-exec/tracing-channels',
    test: /where there are no channels/,
    on: ['deno'],
    because: 'replaces a property that Deno defines otherwise',
    shows: /property descriptor/,
  },
  {
    file: 'mini-exec/tracing',
    test: /a waker that was dropped, and a task that was collected/,
    on: ['bun', 'deno'],
    because: 'expects the order in which the collector of Node reports',
    shows: /waker-drop|gc/,
    sometimes: true,
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
    'tracing',
    'tracing-channels',
    'tracing-monitor',
  ].map((name): Exception => ({
    file: `mini-exec/${name}`,
    on: BROWSER,
    because: NODE_ONLY,
    shows: /dynamically imported module|process is not defined/,
  })),
  { file: 'mini-exec/join', on: ['page'], because: MAY_NOT_BLOCK, shows: BLOCKS, sometimes: true },

  {
    file: 'runtime/blocking',
    test: /that ends its thread fails alone/,
    on: BROWSER,
    because: NODE_ONLY,
    shows: /TypeError: Cannot read properties/,
  },
  {
    file: 'runtime/channels',
    test: /^Notify > leaves a notification to others where one gives up/,
    on: ['page'],
    because: MAY_NOT_BLOCK,
    shows: /TimeoutError/,
  },
  {
    file: 'runtime/faults',
    test: /process\.exit/,
    on: BROWSER,
    because: 'a worker of a browser cannot end its own thread so',
    shows: /ReferenceError/,
  },
  {
    file: 'runtime/faults',
    test: /an error beside the task that nobody catches/,
    on: BROWSER,
    because: 'a browser tells only the message of an error of a worker',
    shows: /Uncaught TypeError: besides/,
  },
  { file: 'runtime/fetched', on: BROWSER, because: NODE_ONLY, shows: /EnvironmentData/ },
  { file: 'runtime/graph.property', on: BROWSER, because: NODE_ONLY, shows: /EnvironmentData/ },
  { file: 'runtime/idle', on: BROWSER, because: NODE_ONLY, shows: /dynamically imported module/ },
  { file: 'runtime/inspect', on: BROWSER, because: NODE_ONLY, shows: /dynamically imported module/ },
  {
    file: 'runtime/local',
    test: /keeps its value across the waits of async tasks|is not inherited by what is spawned/,
    on: BROWSER,
    because: 'a value follows promises only where there is AsyncLocalStorage',
    shows: /AsyncLocalStorage|instead of resolving/,
  },
  {
    file: 'runtime/machines',
    test: /it is lost with the worker that polls it|it hears that the|it outlives all workers while it waits/,
    on: BROWSER,
    because: 'a worker of a browser cannot end its own thread so',
    shows: /ReferenceError|exitHere|timed out/,
  },
  {
    file: 'runtime/mpsc',
    test: /may block on a worker, in both directions/,
    on: BROWSER,
    because: 'nothing in a browser says that a worker has ended by itself',
    shows: /timed out/,
  },
  {
    file: 'runtime/mpsc',
    test: /go on when a sender is terminated/,
    on: ['deno', ...BROWSER],
    because: 'on Deno and in a browser a worker may go on for a while after it was terminated',
    shows: /Object\.is equality|timed out/,
    sometimes: true,
  },
  { file: 'runtime/mpsc', on: ['page'], because: MAY_NOT_BLOCK, shows: BLOCKS },
  {
    file: 'runtime/wire.property',
    test: /a port that is not marked is refused by its place/,
    on: ['deno'],
    because: 'Deno moves what is to move also where it refuses the rest',
    shows: /detached/,
  },
  {
    file: 'runtime/wire.property',
    test: /^a payload that nobody reads > closes what was to move/,
    on: ['deno', ...BROWSER],
    because: 'Deno and Chromium tell no port that its other end was closed with the message that it lay in',
    shows: /timed out|it did not end/,
  },
];

const ALL = ['this Node', 'node24', 'bun', 'deno', 'page', 'worker'];
const BY_VITEST = 'vitest has just run it on this Node, with workers that run the built files';
const CHANCE =
  'tries what chance finds in schedules, not in runtimes; the smoke program and runtime.test.ts do the same once';
const PAGES =
  'a worker of a page starts slowly, and this starts many: browser-threads.test.ts and other files start a few';

/** Lists the files of which the deep run alone sees to some places: they take long there. */
export const SELDOM: readonly Seldom[] = [
  { file: 'runtime/graph.property', on: ALL, because: CHANCE },
  { file: 'runtime/idle', on: ALL, because: 'measures the processor for seconds, which other tests use meanwhile' },
  ...['blocking', 'faults', 'machines', 'mpsc', 'wire.property'].map((name) => ({
    file: `runtime/${name}`,
    on: ['this Node'],
    because: BY_VITEST,
  })),
  ...['blocking', 'faults', 'machines'].map((name) => ({ file: `runtime/${name}`, on: BROWSER, because: PAGES })),
];
