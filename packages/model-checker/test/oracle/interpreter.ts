// The other opinion: enumerates every interleaving of a small program, one operation at a time,
// with no reduction of any kind. It shares no code with the checker, and knows a program only
// as data. States that were seen before are not entered again; that is all its cleverness.
//
// Happens-before follows the memory model of ECMA-262, with one deliberate difference that the
// checker shares: a notify that finds nobody, and a wait that does not sleep, publish nothing.

/** One operation of a thread. Words and values are small numbers. */
export type Operation =
  | { readonly op: 'load' | 'read'; readonly word: number }
  | { readonly op: 'store' | 'write' | 'add' | 'exchange' | 'wait'; readonly word: number; readonly value: number }
  | { readonly op: 'compareExchange'; readonly word: number; readonly expected: number; readonly value: number }
  | { readonly op: 'notify'; readonly word: number; readonly count: number }
  /** `while (load(word) !== value);` */
  | { readonly op: 'await'; readonly word: number; readonly value: number }
  /** `while (load(word) === value);` */
  | { readonly op: 'awaitOther'; readonly word: number; readonly value: number }
  /** `while (compareExchange(word, expected, value) !== expected);` */
  | { readonly op: 'acquire'; readonly word: number; readonly expected: number; readonly value: number }
  /** `while (load(word) !== value || load(other) !== otherValue);` */
  | {
      readonly op: 'awaitBoth';
      readonly word: number;
      readonly value: number;
      readonly other: number;
      readonly otherValue: number;
    }
  /** Reads both words in every round, until their sum is `value`. */
  | { readonly op: 'snapshot'; readonly word: number; readonly other: number; readonly value: number }
  /** Loads, and exchanges what was loaded for that plus `value`, until that succeeds. */
  | { readonly op: 'retry'; readonly word: number; readonly value: number }
  /** Loads, and waits for what was loaded to change, until it is `value`. */
  | { readonly op: 'waitUntil'; readonly word: number; readonly value: number }
  /** Does an operation if the last thing that the thread logged is `equals`. */
  | { readonly op: 'if'; readonly equals: number; readonly then: Simple };

/** An operation without a condition. */
export type Simple = Exclude<Operation, { readonly op: 'if' }>;

/** A program: what each thread does, over a few words that begin as 0. */
export interface Program {
  readonly words: number;
  readonly threads: readonly (readonly Operation[])[];
}

/** What a thread logs where a wait slept, and where it did not. */
export const WOKEN = 1;
export const NOT_EQUAL = 0;

/** What can become of a program. */
export interface Verdict {
  /** Memory and logs at the end of the executions in which every thread ends. */
  readonly outcomes: ReadonlySet<string>;
  /** The same for those that get stuck, with what became of each thread: done, asleep, or spinning. */
  readonly stuck: ReadonlySet<string>;
  readonly hasRace: boolean;
  /** False where there were too many states: the sets hold only some. */
  readonly isComplete: boolean;
}

/** What became of a thread that goes no further. */
export type Fate = 'done' | 'asleep' | 'spins';

/** Writes down an ending, so that two that are the same compare equal. */
export function describeEnding(
  memory: readonly number[],
  logs: readonly (readonly number[])[],
  fates: readonly Fate[],
): string {
  return `${memory.join(' ')} | ${logs.map((log) => log.join(' ')).join(' ; ')} | ${fates.join(' ')}`;
}

/** Tells whether any execution of a program has a plain access, which alone can race. */
export function hasPlainAccess(program: Program): boolean {
  return program.threads.some((operations) =>
    operations.some((operation) => {
      const { op } = operation.op === 'if' ? operation.then : operation;
      return op === 'read' || op === 'write';
    }),
  );
}

interface ThreadState {
  /** The operation that comes next. */
  at: number;
  /** How far within it. */
  phase: number;
  /** What it has loaded, for its next phase. */
  held: number;
  log: number[];
  isAsleep: boolean;
  /** How much of each thread happens before what comes next; its own entry counts what it published. */
  past: number[];
}

interface WordState {
  value: number;
  /** What happens before whoever reads the value from an atomic write. */
  published: number[] | undefined;
  /** What happens before whoever enters the critical section of the list of waiters. */
  publishedByList: number[] | undefined;
  waiters: number[];
  /** When each thread last accessed it, by `kindOfAccess`; 0 for never. */
  accesses: number[][];
}

interface State {
  readonly threads: ThreadState[];
  readonly words: WordState[];
}

class Race extends Error {}

const PLAIN_READ = 0;
const PLAIN_WRITE = 1;
const ATOMIC_READ = 2;
const ATOMIC_WRITE = 3;

function initial(program: Program): State {
  const zeros = (): number[] => program.threads.map(() => 0);
  const threads = program.threads.map((_, id): ThreadState => {
    const past = zeros();
    past[id] = 1;
    return { at: 0, phase: 0, held: 0, log: [], isAsleep: false, past };
  });
  const words = Array.from({ length: program.words }, (): WordState => {
    const accesses = [zeros(), zeros(), zeros(), zeros()];
    return { value: 0, published: undefined, publishedByList: undefined, waiters: [], accesses };
  });
  const state = { threads, words };
  threads.forEach((_, id) => skipConditions(program, state, id));
  return state;
}

function copy({ threads, words }: State): State {
  return {
    threads: threads.map((thread) => ({ ...thread, log: [...thread.log], past: [...thread.past] })),
    words: words.map((word) => ({
      ...word,
      waiters: [...word.waiters],
      accesses: word.accesses.map((times) => [...times]),
    })),
  };
}

function keyOf({ threads, words }: State, tracksRaces: boolean): string {
  let key = '';
  for (const { at, phase, held, isAsleep, log, past } of threads) {
    key += `${at},${phase},${held},${isAsleep},${log.join()}`;
    key += tracksRaces ? `,${past.join()};` : ';';
  }
  for (const { value, waiters, published, publishedByList, accesses } of words) {
    key += `${value}:${waiters.join()}`;
    key += tracksRaces ? `:${published?.join()}:${publishedByList?.join()}:${accesses.join()};` : ';';
  }
  return key;
}

/** Gives what a thread does next; undefined where it has ended. */
function operationOf(program: Program, state: State, id: number): Simple | undefined {
  const operation = program.threads[id]![state.threads[id]!.at];
  return operation?.op === 'if' ? operation.then : operation;
}

function skipConditions(program: Program, state: State, id: number): void {
  const thread = state.threads[id]!;
  for (;;) {
    const operation = program.threads[id]![thread.at];
    if (operation?.op !== 'if' || (thread.log.at(-1) ?? 0) === operation.equals) return;
    thread.at++;
  }
}

/** Ends a thread's operation, and logs what it returned. */
function finish(program: Program, state: State, id: number, ...logged: number[]): void {
  const thread = state.threads[id]!;
  thread.log.push(...logged);
  thread.at++;
  thread.phase = 0;
  thread.held = 0;
  skipConditions(program, state, id);
}

function learn(past: number[], published: readonly number[] | undefined): void {
  published?.forEach((time, t) => (past[t] = Math.max(past[t]!, time)));
}

/** Notes an access, and throws where it races with one before. */
function access(state: State, id: number, word: WordState, kind: number): void {
  const { past } = state.threads[id]!;
  const writes = kind === PLAIN_WRITE || kind === ATOMIC_WRITE;
  const isPlain = kind === PLAIN_READ || kind === PLAIN_WRITE;
  word.accesses.forEach((times, other) => {
    const otherWrites = other === PLAIN_WRITE || other === ATOMIC_WRITE;
    const otherIsPlain = other === PLAIN_READ || other === PLAIN_WRITE;
    if ((!writes && !otherWrites) || (!isPlain && !otherIsPlain)) return;
    times.forEach((time, t) => {
      if (t !== id && time > past[t]!) throw new Race();
    });
  });
  word.accesses[kind]![id] = past[id]!;
}

function load(state: State, id: number, at: number): number {
  const word = state.words[at]!;
  access(state, id, word, ATOMIC_READ);
  learn(state.threads[id]!.past, word.published);
  return word.value;
}

function store(state: State, id: number, at: number, value: number): void {
  const word = state.words[at]!;
  const { past } = state.threads[id]!;
  access(state, id, word, ATOMIC_WRITE);
  word.value = value;
  word.published = [...past];
  past[id]!++;
}

function compareExchange(state: State, id: number, at: number, expected: number, value: number): number {
  const before = load(state, id, at);
  if (before === expected) store(state, id, at, value);
  return before;
}

/** Goes to sleep if the word holds a value. */
function wait(state: State, id: number, at: number, value: number): boolean {
  const thread = state.threads[id]!;
  const word = state.words[at]!;
  if (load(state, id, at) !== value) return false;
  learn(thread.past, word.publishedByList);
  word.publishedByList = [...thread.past];
  thread.past[id]!++;
  word.waiters.push(id);
  thread.isAsleep = true;
  return true;
}

function notify(program: Program, state: State, id: number, at: number, count: number): number {
  const { past } = state.threads[id]!;
  const word = state.words[at]!;
  learn(past, word.publishedByList);
  const woken = word.waiters.splice(0, count);
  for (const sleeper of woken) {
    const thread = state.threads[sleeper]!;
    thread.isAsleep = false;
    learn(thread.past, past);
    if (operationOf(program, state, sleeper)!.op === 'wait') finish(program, state, sleeper, WOKEN);
    else thread.phase = 0;
  }
  if (woken.length > 0) {
    word.publishedByList = [...past];
    past[id]!++;
  }
  return woken.length;
}

/** Takes a thread's next step. */
function step(program: Program, state: State, id: number): void {
  const operation = operationOf(program, state, id)!;
  const thread = state.threads[id]!;
  const word = state.words[operation.word]!;
  const end = (...logged: number[]): void => finish(program, state, id, ...logged);
  /** Holds a value for the next phase. */
  const hold = (value: number): void => {
    thread.held = value;
    thread.phase = 1;
  };
  const startOver = (): void => {
    thread.held = 0;
    thread.phase = 0;
  };
  switch (operation.op) {
    case 'read':
      access(state, id, word, PLAIN_READ);
      return end(word.value);
    case 'write':
      access(state, id, word, PLAIN_WRITE);
      word.value = operation.value;
      word.published = undefined;
      return end();
    case 'load':
      return end(load(state, id, operation.word));
    case 'store':
      store(state, id, operation.word, operation.value);
      return end();
    case 'add':
    case 'exchange': {
      const before = load(state, id, operation.word);
      store(state, id, operation.word, operation.op === 'add' ? before + operation.value : operation.value);
      return end(before);
    }
    case 'compareExchange':
      return end(compareExchange(state, id, operation.word, operation.expected, operation.value));
    case 'notify':
      return end(notify(program, state, id, operation.word, operation.count));
    case 'wait':
      return wait(state, id, operation.word, operation.value) ? undefined : end(NOT_EQUAL);
    case 'await':
      return load(state, id, operation.word) === operation.value ? end() : undefined;
    case 'awaitOther': {
      const value = load(state, id, operation.word);
      return value === operation.value ? undefined : end(value);
    }
    case 'acquire': {
      const { expected } = operation;
      return compareExchange(state, id, operation.word, expected, operation.value) === expected ? end() : undefined;
    }
    case 'awaitBoth':
      if (thread.phase === 0) return load(state, id, operation.word) === operation.value ? hold(0) : undefined;
      return load(state, id, operation.other) === operation.otherValue ? end() : startOver();
    case 'snapshot': {
      if (thread.phase === 0) return hold(load(state, id, operation.word));
      const second = load(state, id, operation.other);
      return thread.held + second === operation.value ? end(thread.held, second) : startOver();
    }
    case 'retry': {
      if (thread.phase === 0) return hold(load(state, id, operation.word));
      const { held } = thread;
      return compareExchange(state, id, operation.word, held, held + operation.value) === held
        ? end(held)
        : startOver();
    }
    case 'waitUntil': {
      if (thread.phase === 0) {
        const value = load(state, id, operation.word);
        return value === operation.value ? end() : hold(value);
      }
      const { held } = thread;
      thread.held = 0;
      if (!wait(state, id, operation.word, held)) thread.phase = 0;
      return undefined;
    }
  }
}

/** The most steps that a round of a spin has, and some. */
const ENOUGH = 8;

/** Tells whether a thread goes round for ever while nobody else does anything. */
function spins(program: Program, state: State, id: number): boolean {
  const alone = copy(state);
  const thread = alone.threads[id]!;
  const before = thread.at;
  for (let n = 0; n < ENOUGH; n++) {
    step(program, alone, id);
    if (thread.at !== before || thread.isAsleep) return false;
  }
  return true;
}

/** Enumerates what can become of a program; ends at the first race. */
export function enumerate(program: Program, mostStates: number): Verdict {
  const tracksRaces = hasPlainAccess(program);
  const outcomes = new Set<string>();
  const stuck = new Set<string>();
  const seen = new Set<string>();
  const open = [initial(program)];
  const ids = program.threads.map((_, id) => id);
  seen.add(keyOf(open[0]!, tracksRaces));
  try {
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      const from = state;
      if (seen.size > mostStates) return { outcomes, stuck, hasRace: false, isComplete: false };
      let goesOn = false;
      const fates = ids.map((id): Fate | undefined => {
        if (operationOf(program, from, id) === undefined) return 'done';
        if (from.threads[id]!.isAsleep) return 'asleep';
        const next = copy(from);
        step(program, next, id);
        const key = keyOf(next, tracksRaces);
        if (!seen.has(key)) {
          seen.add(key);
          open.push(next);
        }
        if (!goesOn && spins(program, from, id)) return 'spins';
        goesOn = true;
        return undefined;
      });
      if (goesOn) continue;
      const ended = fates.every((fate) => fate === 'done');
      const memory = from.words.map(({ value }) => value);
      const logs = from.threads.map(({ log }) => log);
      (ended ? outcomes : stuck).add(describeEnding(memory, logs, fates as Fate[]));
    }
  } catch (error) {
    if (!(error instanceof Race)) throw error;
    return { outcomes, stuck, hasRace: true, isComplete: true };
  }
  return { outcomes, stuck, hasRace: false, isComplete: true };
}
