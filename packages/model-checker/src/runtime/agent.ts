// A thread whose function is async: it runs the function, then its event loop, one job or
// task at a time, until the promise of the function is settled. Also the async functions
// themselves, as coroutines over the model's promises.

import { changes, onReturn } from '../engine/execution.ts';
import { onWaitAsync } from '../engine/operations.ts';
import { RESUME, TIMER } from '../engine/kinds.ts';
import { choose } from '../engine/schedule.ts';
import { messageOf } from '../engine/failure.ts';
import { fail, x } from '../engine/state.ts';
import { join, NO_LIST, record } from '../engine/steps.ts';
import { earliest, READY, SLEEPING, type Thread, type Timer } from '../engine/thread.ts';
import { ModelPromise } from './promise.ts';
import { rethrowStop } from './stop.ts';

/** What an async function's generator yields for `await`. */
export class Awaited {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

type Generating = Generator<unknown, unknown, unknown>;

onWaitAsync(() => {
  const promise = new ModelPromise();
  return { promise, settle: (result) => promise.resolve(result) };
});

/** Calls an async function in a model: runs it to its first `await`; the promise is the model's. */
export function* callAsync(generator: Generating): Generator<unknown, ModelPromise, unknown> {
  const promise = new ModelPromise();
  yield* proceed(generator, promise, 'next', undefined);
  return promise;
}

/** Runs an async function from one `await` to the next. */
function* proceed(
  generator: Generating,
  promise: ModelPromise,
  method: 'next' | 'throw',
  value: unknown,
): Generator<unknown, void, unknown> {
  let step: IteratorResult<unknown, unknown>;
  try {
    step = generator[method](value);
    while (step.done !== true) {
      if (step.value instanceof Awaited) {
        ModelPromise.resolve(step.value.value).react({
          agent: x.current!,
          run: (settled) =>
            proceed(generator, promise, settled.state === 'fulfilled' ? 'next' : 'throw', settled.value),
        });
        return;
      }
      yield;
      step = generator.next();
    }
  } catch (error) {
    rethrowStop(error);
    promise.reject(error);
    return;
  }
  promise.resolve(step.value);
}

/** Calls an async function outside of a model, with the engine's promises. */
export async function driveAsync(generator: Generating): Promise<unknown> {
  let step = generator.next();
  while (step.done !== true) {
    if (!(step.value instanceof Awaited)) throw new Error('an async function had to be suspended outside of a model');
    let value: unknown;
    try {
      value = await step.value.value;
    } catch (error) {
      step = generator.throw(error);
      continue;
    }
    step = generator.next(value);
  }
  return step.value;
}

onReturn((value) => {
  if (value instanceof ModelPromise) return runEventLoop(value);
  failOnRejection(x.current!);
  return undefined;
});

/** Fails where a promise was rejected and nobody will ever know: it would end a worker. What has jobs left may still ask. */
function failOnRejection({ rejections, jobs }: Thread): void {
  if (jobs.length > 0) return;
  const rejected = rejections.find(({ isHandled }) => !isHandled);
  if (rejected === undefined) return;
  const { value: error } = rejected;
  fail('error', `a promise was rejected, and nobody handles it: ${messageOf(error)}`, { error });
}

/** Runs a thread's event loop for as long as the promise of its function is pending. */
export function* runEventLoop(result: ModelPromise): Generating {
  result.isHandled = true;
  const thread = x.current!;
  while (result.state === 'pending' || thread.jobs.length > 0) {
    const job = thread.jobs.shift();
    if (job !== undefined) yield* job() ?? [];
    else if (thread.tasks.length > 0) runTask(thread);
    else yield* idle(thread);
  }
  if (result.state === 'rejected') throw result.value;
  return result.value;
}

function runTask(thread: Thread): void {
  const task = thread.tasks.shift()!;
  if (task.dependency !== undefined) join(thread.dependency, task.dependency);
  if (task.happensBefore !== undefined) join(thread.happensBefore, task.happensBefore);
  task.run();
}

/** Waits for a task, or for time to pass. */
function* idle(thread: Thread): Generator<unknown, void, unknown> {
  thread.isIdle = true;
  thread.view = undefined;
  thread.status = SLEEPING;
  thread.kind = RESUME;
  thread.key = 0;
  thread.cells = 0;
  const next =
    x.limits.timeouts === 'any' ? earliest(thread.timers.filter(({ period }) => period === undefined)) : undefined;
  if (next !== undefined) {
    // It may fire at any point from now on, unless a task comes first.
    thread.status = READY;
    thread.kind = TIMER;
    thread.firing = next;
    thread.queueKey ||= x.memory.virtualKey();
    thread.key = thread.queueKey;
    thread.cells = 1;
  }
  if (x.isStarting) yield;
  else {
    x.next = choose();
    if (x.next !== thread.id) yield;
  }
  thread.isIdle = false;
  const { firing } = thread;
  thread.firing = undefined;
  if (thread.kind === TIMER) record(thread, TIMER, thread.queueKey, 1, true, NO_LIST, thread.lifeKey);
  else record(thread, RESUME, 0, 0, false, NO_LIST, thread.lifeKey);
  if (firing !== undefined && thread.tasks.length === 0) fire(thread, firing);
}

function fire(thread: Thread, timer: Timer): void {
  thread.timers.splice(thread.timers.indexOf(timer), 1);
  x.now = Math.max(x.now, timer.deadline);
  if (timer.period !== undefined) {
    thread.timers.push({ ...timer, deadline: x.now + Math.max(1, timer.period), seen: changes() });
  }
  timer.callback();
}
