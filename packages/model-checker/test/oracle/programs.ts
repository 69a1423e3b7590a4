// Small random programs, and how the checker runs them. This file imports the checker, and so
// is instrumented: the functions below are the model.

import { spawn } from '@concurrency-lab/model-checker';
import * as fc from 'fast-check';
import { exploreAll, type Counts } from '../../dist/engine/explore.js';
import { x } from '../../dist/engine/state.js';
import { FINISHED, MAX_THREADS, SLEEPING } from '../../dist/engine/thread.js';
import { generatorOf } from '../../dist/threads.js';
import {
  describeEnding,
  NOT_EQUAL,
  WOKEN,
  type Fate,
  type Operation,
  type Program,
  type Simple,
} from './interpreter.ts';

/** What programs are made of. */
export interface Shape {
  readonly threads: readonly [number, number];
  readonly operations: number;
  readonly words: number;
  readonly kinds: readonly (readonly [weight: number, kind: Simple['op']])[];
}

const VALUES = 3;

/** Makes programs of a shape. */
export function programs({ threads, operations, words, kinds }: Shape): fc.Arbitrary<Program> {
  return fc.integer({ min: 1, max: words }).chain((count) => {
    const word = fc.integer({ min: 0, max: count - 1 });
    const simple = fc.oneof(...kinds.map(([weight, kind]) => ({ weight, arbitrary: operationOf(kind, word) })));
    const conditional = fc.record({ op: fc.constant('if' as const), equals: value(), then: simple });
    const operation: fc.Arbitrary<Operation> = fc.oneof(
      { weight: 6, arbitrary: simple },
      { weight: 1, arbitrary: conditional },
    );
    const thread = fc.array(operation, { minLength: 1, maxLength: operations, size: 'max' });
    return fc.record({
      words: fc.constant(count),
      threads: fc.array(thread, { minLength: threads[0], maxLength: threads[1], size: 'max' }),
    });
  });
}

function value(): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: VALUES - 1 });
}

function operationOf(kind: Simple['op'], word: fc.Arbitrary<number>): fc.Arbitrary<Simple> {
  const op = <K extends Simple['op']>(name: K): fc.Arbitrary<K> => fc.constant(name);
  switch (kind) {
    case 'load':
    case 'read':
      return fc.record({ op: op(kind), word });
    case 'store':
    case 'write':
    case 'exchange':
    case 'wait':
    case 'await':
    case 'awaitOther':
    case 'waitUntil':
      return fc.record({ op: op(kind), word, value: value() });
    case 'add':
    case 'retry':
      return fc.record({ op: op(kind), word, value: fc.integer({ min: 1, max: VALUES - 1 }) });
    case 'snapshot':
      return fc.record({ op: op(kind), word, other: word, value: value() });
    case 'compareExchange':
    case 'acquire':
      return fc.record({ op: op(kind), word, expected: value(), value: value() });
    case 'notify':
      return fc.record({ op: op(kind), word, count: fc.constantFrom(1, Infinity) });
    case 'awaitBoth':
      break;
  }
  return fc.record({ op: op(kind), word, value: value(), other: word, otherValue: value() });
}

/** Does one operation, and logs what it returned. */
function perform(words: Int32Array<SharedArrayBuffer>, operation: Simple, log: number[]): void {
  const { word } = operation;
  switch (operation.op) {
    case 'load':
      log.push(Atomics.load(words, word));
      return;
    case 'read':
      log.push(words[word]!);
      return;
    case 'store':
      Atomics.store(words, word, operation.value);
      return;
    case 'write':
      words[word] = operation.value;
      return;
    case 'add':
      log.push(Atomics.add(words, word, operation.value));
      return;
    case 'exchange':
      log.push(Atomics.exchange(words, word, operation.value));
      return;
    case 'compareExchange':
      log.push(Atomics.compareExchange(words, word, operation.expected, operation.value));
      return;
    case 'wait':
      log.push(Atomics.wait(words, word, operation.value) === 'ok' ? WOKEN : NOT_EQUAL);
      return;
    case 'notify':
      log.push(Atomics.notify(words, word, operation.count));
      return;
    case 'await':
      while (Atomics.load(words, word) !== operation.value);
      return;
    case 'awaitOther': {
      let seen: number;
      while ((seen = Atomics.load(words, word)) === operation.value);
      log.push(seen);
      return;
    }
    case 'acquire':
      while (Atomics.compareExchange(words, word, operation.expected, operation.value) !== operation.expected);
      return;
    case 'awaitBoth':
      while (
        Atomics.load(words, word) !== operation.value ||
        Atomics.load(words, operation.other) !== operation.otherValue
      );
      return;
    case 'snapshot':
      for (;;) {
        const first = Atomics.load(words, word);
        const second = Atomics.load(words, operation.other);
        if (first + second !== operation.value) continue;
        log.push(first, second);
        return;
      }
    case 'retry':
      for (;;) {
        const before = Atomics.load(words, word);
        if (Atomics.compareExchange(words, word, before, before + operation.value) !== before) continue;
        log.push(before);
        return;
      }
    case 'waitUntil':
      for (;;) {
        const before = Atomics.load(words, word);
        if (before === operation.value) return;
        Atomics.wait(words, word, before);
      }
  }
}

/** What the last execution logged, also where it did not end. */
let logs: number[][] = [];
let memory: Int32Array<SharedArrayBuffer> | undefined;

function runProgram(program: Program): readonly number[][] {
  const words = new Int32Array(new SharedArrayBuffer(4 * program.words));
  memory = words;
  logs = program.threads.map(() => []);
  const threads = program.threads.map((operations, id) => {
    const log = logs[id]!;
    return spawn(() => {
      for (const operation of operations) {
        if (operation.op !== 'if') perform(words, operation, log);
        else if ((log.at(-1) ?? 0) === operation.equals) perform(words, operation.then, log);
      }
      return log;
    });
  });
  return threads.map((thread) => thread.join());
}

/** What the checker says of a program. */
export interface Checked {
  readonly outcomes: ReadonlySet<string>;
  readonly stuck: ReadonlySet<string>;
  /** The different kinds of failures. */
  readonly failures: ReadonlySet<string>;
  readonly counts: Counts;
  readonly isExhaustive: boolean;
  /** The executions that ended, or got stuck, each as the order among its dependent steps. */
  readonly traces: ReadonlySet<string>;
}

/** Explores all of a program, and collects how its executions end. */
export function check(program: Program, mostExecutions: number, usesReduction = true): Checked {
  const outcomes = new Set<string>();
  const stuck = new Set<string>();
  const failures = new Set<string>();
  const traces = new Set<string>();
  x.memory.forget();
  const { counts, isExhaustive } = exploreAll(
    () => generatorOf(() => runProgram(program), 'a program'),
    {
      executions: mostExecutions,
      until: Infinity,
      collect(ending) {
        if (ending !== 'complete' && ending !== 'failed') return;
        traces.add(traceOf());
        const { failure } = x;
        if (failure !== undefined) failures.add(failure.kind);
        if (failure === undefined) outcomes.add(endingOf());
        else if (['deadlock', 'lost-wake-up', 'livelock'].includes(failure.kind)) stuck.add(endingOf());
      },
    },
    usesReduction,
  );
  return { outcomes, stuck, failures, counts, isExhaustive, traces };
}

function endingOf(): string {
  const fates = x.threads.slice(1).map(({ status }): Fate => {
    if (status === FINISHED) return 'done';
    return status === SLEEPING ? 'asleep' : 'spins';
  });
  return describeEnding([...memory!], logs, fates);
}

/** Describes the order among dependent steps: executions that differ in no more than that are the same. */
function traceOf(): string {
  const steps: string[] = [];
  for (let n = 0; n < x.depth; n++) {
    const clock = x.stepClock.subarray(n * MAX_THREADS, (n + 1) * MAX_THREADS);
    steps.push(`${x.stepThread[n]}.${x.stepIndex[n]}:${x.stepKind[n]}:${clock.join()}`);
  }
  return steps.toSorted().join(' ');
}
