// The executor against a model of it: an array for the queue, and tasks that follow scripts.
// Each poll of a task does what the next step of its script says, and the order of all polls
// and all outcomes must be the model's.

import { expect } from 'vitest';
import { fc, test } from '../../../vitest.prop.ts';
import { Inbox } from '../src/inbox/inbox.ts';
import {
  type Context,
  Executor,
  Future,
  JoinError,
  type JoinHandle,
  Pending,
  type Poll,
  SharedWaker,
} from '../src/index.ts';

/** What a task, or the test itself, does to other tasks by their number. */
interface Action {
  readonly kind: 'wake' | 'call' | 'abort' | 'spawn';
  readonly target: number;
}

/** What one poll does, and how it ends. */
interface Step {
  readonly actions: readonly Action[];
  readonly end: 'pending' | 'value' | 'throw';
}

/** What the test does between polls. */
type Command = { readonly kind: 'tick' } | { readonly kind: 'take' } | Action;

type Script = readonly Step[];

/** The least that an executor must do, as plainly as possible. */
class Model {
  readonly log: string[] = [];
  readonly #queue: number[] = [];
  /** Tasks that were called as other threads call them. */
  readonly #called = new Set<number>();
  readonly #polled: number[] = [];
  readonly #tasks: { script: Script; poll: number; queued: boolean; aborted: boolean; finished: boolean }[] = [];
  readonly #scripts: readonly Script[];

  constructor(scripts: readonly Script[]) {
    this.#scripts = scripts;
  }

  get live(): number {
    return this.#tasks.filter((task) => !task.finished).length;
  }

  do(action: Action): void {
    const task = this.#tasks[action.target];
    if (action.kind === 'spawn') {
      const script = this.#scripts[this.#tasks.length];
      if (script === undefined) return;
      this.#tasks.push({ script, poll: 0, queued: false, aborted: false, finished: false });
      this.#enqueue(this.#tasks.length - 1);
    } else if (task !== undefined) {
      // Only a task that was polled has a waker that others can know.
      if ((action.kind === 'wake' || action.kind === 'call') && task.poll === 0) return;
      if (action.kind === 'call') {
        if (!task.finished) this.#called.add(action.target);
        return;
      }
      if (action.kind === 'abort') task.aborted = true;
      this.#enqueue(action.target);
    }
  }

  #enqueue(id: number): void {
    const task = this.#tasks[id]!;
    if (task.queued || task.finished) return;
    task.queued = true;
    this.#queue.push(id);
  }

  /** Wakes the tasks that were called, in the order in which they were first polled. */
  take(): void {
    for (const id of this.#polled.filter((one) => this.#called.has(one))) this.#enqueue(id);
    this.#called.clear();
  }

  tick(): boolean {
    const id = this.#queue.shift();
    if (id === undefined) return false;
    const task = this.#tasks[id]!;
    task.queued = false;
    if (task.finished) return true;
    if (task.aborted) {
      this.log.push(`${id} dropped`);
      task.finished = true;
      return true;
    }
    if (task.poll === 0) this.#polled.push(id);
    const step = task.script[task.poll++];
    this.log.push(`${id} polled`);
    for (const action of step?.actions ?? []) this.do(action);
    if (step === undefined || step.end === 'value') this.log.push(`${id} value`);
    if (step?.end === 'throw') this.log.push(`${id} panic`);
    task.finished = step === undefined || step.end !== 'pending';
    return true;
  }
}

/** The same scripts on the real executor. */
class Subject {
  readonly log: string[] = [];
  readonly executor = new Executor({ unhandledPanic: 'ignore' });
  readonly handles: JoinHandle<void>[] = [];
  readonly inbox = new Inbox();
  readonly #wakers: Context['waker'][] = [];
  readonly #shared: SharedWaker[] = [];
  readonly #scripts: readonly Script[];

  constructor(scripts: readonly Script[]) {
    this.#scripts = scripts;
  }

  do(action: Action): void {
    if (action.kind === 'wake') this.#wakers[action.target]?.wake();
    if (action.kind === 'call') this.#shared[action.target]?.wake();
    if (action.kind === 'abort') this.handles[action.target]?.abort();
    if (action.kind !== 'spawn') return;
    const id = this.handles.length;
    const script = this.#scripts[id];
    if (script === undefined) return;
    const handle = this.executor.spawn(new Scripted(this, id, script));
    this.handles.push(handle);
    handle.then(undefined, (error: unknown) => expect(error).toBeInstanceOf(JoinError));
  }

  learn(id: number, waker: Context['waker']): void {
    if (this.#wakers[id] === undefined) {
      const slot = this.inbox.add(waker);
      this.#shared[id] = SharedWaker.from({ ...this.inbox.region.handle, ...slot });
    }
    this.#wakers[id] = waker;
  }
}

class Scripted extends Future<void> {
  readonly #subject: Subject;
  readonly #id: number;
  readonly #script: Script;
  #poll = 0;

  constructor(subject: Subject, id: number, script: Script) {
    super();
    this.#subject = subject;
    this.#id = id;
    this.#script = script;
  }

  override poll(cx: Context): Poll<void> {
    const step = this.#script[this.#poll++];
    this.#subject.learn(this.#id, cx.waker);
    this.#subject.log.push(`${this.#id} polled`);
    for (const action of step?.actions ?? []) this.#subject.do(action);
    if (step?.end === 'pending') return Pending;
    this.#subject.log.push(`${this.#id} ${step?.end === 'throw' ? 'panic' : 'value'}`);
    if (step?.end === 'throw') throw new Error('scripted');
    return undefined;
  }

  override drop(): void {
    this.#subject.log.push(`${this.#id} dropped`);
  }
}

const action: fc.Arbitrary<Action> = fc.record({
  kind: fc.constantFrom('wake', 'wake', 'call', 'spawn', 'abort'),
  target: fc.nat({ max: 5 }),
});
const step: fc.Arbitrary<Step> = fc.record({
  actions: fc.array(action, { maxLength: 4 }),
  end: fc.constantFrom('pending', 'pending', 'pending', 'value', 'throw'),
});
const scripts = fc.array(fc.array(step, { maxLength: 6 }), { minLength: 1, maxLength: 6 });
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Command>({ kind: 'tick' }) },
  { weight: 1, arbitrary: fc.constant<Command>({ kind: 'take' }) },
  { weight: 1, arbitrary: action },
);

test.prop([scripts, fc.array(command, { maxLength: 60 })])(
  'polls the same tasks in the same order as the model',
  (given, commands) => {
    const model = new Model(given);
    const subject = new Subject(given);
    for (const one of [{ kind: 'spawn', target: 0 } as const, ...commands]) {
      if (one.kind === 'tick') {
        expect(subject.executor.tryTick()).toBe(model.tick());
      } else if (one.kind === 'take') {
        model.take();
        subject.inbox.take();
      } else {
        model.do(one);
        subject.do(one);
      }
      expect(subject.log).toEqual(model.log);
      expect(subject.executor.liveTasks).toBe(model.live);
    }
    for (const handle of subject.handles) handle.abort();
    while (subject.executor.tryTick());
    expect(subject.executor.liveTasks).toBe(0);
    expect(subject.handles.every(({ isFinished }) => isFinished)).toBe(true);
  },
);
