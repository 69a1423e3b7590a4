// The stepping of one real thread: `Atomics`, within this worker, does its operation when the
// plan says that it is this thread's turn, and compares the result with the model's. A thread
// keeps its turn until its next operation, so that its plain accesses come where the model
// had them.

import { deserialize, serialize } from 'node:v8';
import type { ModelThread, SpawnOptions } from '../threads.ts';
import { threads } from './facade.ts';
import {
  ALLOCATED,
  AWAITS_TURN,
  ENDED,
  JOINING,
  POSITION,
  RUNNING,
  SLEEPING,
  SPAWNED,
  SPINNING,
  SPINS,
  STARTS,
  STATES,
  type Task,
} from './protocol.ts';

/** The engine's own operations, before they were replaced. */
const { add, load, notify, store, wait } = Atomics;
/** Memory that nobody else knows: a wait on it is a pause. */
const nothing = new Int32Array(new SharedArrayBuffer(4));
type Run = NonNullable<Task['run']>;
type Operation = (view: Int32Array<SharedArrayBuffer>, ...args: unknown[]) => unknown;

const KIND: Readonly<Record<string, string>> = {
  add: 'update',
  and: 'update',
  compareExchange: 'compareExchange',
  exchange: 'update',
  load: 'load',
  notify: 'notify',
  or: 'update',
  store: 'store',
  sub: 'update',
  xor: 'update',
};

/** Steps the thread that this worker stands for. */
export class Stepping {
  readonly #run: Run;
  readonly #differs: (message: string) => void;
  /** The step whose turn this thread holds, or -1. */
  #holds = -1;
  readonly #canBlock: boolean;

  constructor(run: Run, canBlock: boolean, differs: (message: string) => void) {
    this.#run = run;
    this.#canBlock = canBlock;
    this.#differs = differs;
  }

  /** Replaces, in this worker, the operations on the model's memory and what makes memory and threads. */
  install(): void {
    const { buffers, control } = this.#run;
    const isShared = (view: unknown): boolean =>
      ArrayBuffer.isView(view) && buffers.includes(view.buffer as SharedArrayBuffer);
    const target = Atomics as unknown as Record<string, Operation>;
    for (const [name, kind] of Object.entries(KIND)) {
      const operation = target[name]!;
      target[name] = (view, ...args) =>
        isShared(view) ? this.#step(kind, () => operation(view, ...args)) : operation(view, ...args);
    }
    target['wait'] = (view, index, value, timeout) =>
      isShared(view)
        ? this.#wait(view, index as number, value as number)
        : wait(view, index as number, value as number, timeout as number); // CALLER: on memory that is not the model's.
    globalThis.SharedArrayBuffer = new Proxy(SharedArrayBuffer, {
      construct: (Class, [byteLength]: [number]) => {
        // ORDERING(C7): numbers are only to be different; the steps, taken in turn, order the rest.
        const buffer = buffers[add(control, ALLOCATED, 1)];
        if (buffer?.byteLength !== byteLength) this.#stop(`allocates ${byteLength} bytes, which the model did not`);
        return buffer ?? new Class(byteLength);
      },
    });
    threads.spawn = (_, options) => this.#spawn(options);
  }

  /** Notes that the thread has ended, one way or another, and lets the next one go on. */
  end(state: number, result: unknown): void {
    const { results, thread } = this.#run;
    if (state === ENDED && result !== undefined) {
      const bytes = serialize(result);
      const slot = results[thread]!;
      new DataView(slot).setUint32(0, bytes.length); // C6: plain, published by C4.
      new Uint8Array(slot, 4).set(bytes); // C6
    }
    this.#state(state);
    this.#release();
  }

  #state(state: number): void {
    const { control, thread } = this.#run;
    store(control, STATES + thread, state); // C4
    notify(control, STATES + thread); // C4
  }

  #release(): void {
    if (this.#holds < 0) return;
    const { control } = this.#run;
    // ORDERING(C3): passes the turn on, with everything done in it.
    store(control, POSITION, this.#holds + 1);
    notify(control, POSITION); // C3
    this.#holds = -1;
  }

  /** Waits for the thread's turn; -1 once the plan is over, for a thread that the model left spinning. */
  #turn(): number {
    const { control, plan, thread, patience } = this.#run;
    const { steps, ends } = plan;
    this.#release();
    for (;;) {
      const position = load(control, POSITION); // C3
      if (position >= steps.length && ends[thread] === 'spins') {
        add(control, SPINS, 1); // C7
        if (load(control, STATES + thread) !== SPINNING) this.#state(SPINNING); // C4
        return -1;
      }
      if (steps[position]?.thread === thread) {
        this.#state(RUNNING);
        this.#holds = position;
        const before = steps[position - 1];
        if (before?.kind === 'wait' && before.result === 'sleeps') wait(nothing, 0, 0, patience); // C8: a pause, on a word of this thread's own.
        return position;
      }
      this.#state(AWAITS_TURN);
      wait(control, POSITION, position); // C3
    }
  }

  #step(kind: string, operate: () => unknown): unknown {
    const at = this.#turn();
    const result = operate();
    this.#compare(at, kind, result);
    return result;
  }

  #compare(at: number, kind: string, result: unknown): void {
    const step = this.#run.plan.steps[at];
    if (step === undefined || (step.kind === kind && Object.is(step.result, result))) return;
    this.#stop(
      `step ${at + 1} is "${step.text}" in the model, and a ${kind} that gives ${String(result)} on the real thread`,
    );
  }

  /** Reports a difference, and sleeps until the worker is terminated. */
  #stop(message: string): never {
    this.#differs(`${this.#run.plan.threads[this.#run.thread]}: ${message}`);
    for (;;) wait(nothing, 0, 0); // C8
  }

  #wait(view: Int32Array<SharedArrayBuffer>, index: number, value: number): string {
    if (!this.#canBlock) throw new TypeError('Atomics.wait cannot be called in this context');
    const { steps } = this.#run.plan;
    const at = this.#turn();
    const planned = at < 0 ? 'sleeps' : steps[at]!.result;
    // Compares, and does not sleep.
    // CALLER: this access and the next are those of the code under test.
    const outcome = planned === 'timed-out' || load(view, index) !== value ? wait(view, index, value, 0) : 'sleeps';
    this.#compare(at, 'wait', outcome);
    if (outcome !== 'sleeps') return outcome;
    const next = steps.find((step, n) => n > at && step.thread === this.#run.thread);
    this.#state(SLEEPING);
    this.#release();
    // A timeout of the model is one in virtual time: here it comes at once, or never.
    const result = wait(view, index, value, next?.result === 'timed-out' ? 1 : undefined); // CALLER
    this.#compare(this.#turn(), next?.kind ?? 'wakes up', result);
    return result;
  }

  #spawn({ name }: SpawnOptions): ModelThread<unknown> {
    const { control, plan } = this.#run;
    const id = add(control, SPAWNED, 1) + 1; // C7
    if (id >= plan.threads.length) this.#stop('spawns a thread that the model did not');
    store(control, STARTS + id, 1); // C2
    notify(control, STARTS + id); // C2
    // As in the model, a new thread runs to its first operation before its parent goes on.
    for (let state = 0; (state = load(control, STATES + id)) <= RUNNING;) wait(control, STATES + id, state); // C4
    return { name: name ?? plan.threads[id]!, wasTerminated: false, join: () => this.#join(id) };
  }

  #join(id: number): unknown {
    const { control, results } = this.#run;
    this.#state(JOINING);
    this.#release();
    for (let state = 0; (state = load(control, STATES + id)) !== ENDED;) wait(control, STATES + id, state); // C4: observes what the thread did, and C6.
    this.#compare(this.#turn(), 'join', undefined);
    const slot = results[id]!;
    const length = new DataView(slot).getUint32(0); // C6
    return length === 0 ? undefined : deserialize(new Uint8Array(slot, 4, length).slice()); // C6
  }
}
