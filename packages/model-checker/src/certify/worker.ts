// One real thread of a certificate. It loads the model as the checker would, runs it in the
// checker up to the spawn of the thread that it stands for, and so has that thread's function
// with all that it closes over, on the same memory as the others. Then it runs this function
// for real. A worker without a plan makes the plan.

import { parentPort, workerData } from 'node:worker_threads';
import { decodeSchedule, replay } from '../engine/replay.ts';
import { fail, x } from '../engine/state.ts';
import { FINISHED } from '../engine/thread.ts';
import { InvalidModelError } from '../errors.ts';
import { run as replayModel } from '../replaying.ts';
import { generatorOf, type SpawnOptions } from '../threads.ts';
import { importBundle } from './bundle.ts';
import * as facade from './facade.ts';
import { CAPTURED, ENDED, RUNNING, STARTS, STATES, THREW, type Plan, type Report, type Task } from './protocol.ts';
import { Stepping } from './stepping.ts';

const { loading, run } = workerData as Task;
const post = (report: Report): void => parentPort!.postMessage(report);
type Model = () => unknown;

/** Loads the model, over this thread's own instance of the checker. */
async function loadModel(): Promise<Model> {
  const module = await importBundle(loading.code);
  const model = module[loading.model];
  if (typeof model === 'function') return model as Model;
  throw new InvalidModelError(
    `${loading.module} exports no function ${loading.model}; it exports ${Object.keys(module).join(', ') || 'nothing'}`,
  );
}

const NOT_SUPPORTED: ReadonlySet<string> = new Set([
  'waitAsync',
  'timer',
  'settled',
  'terminates',
  'terminated',
  'invokes',
  'returns',
]);

function makePlan(model: Model): Plan {
  const buffers: number[] = [];
  const allocate = x.memory.allocate.bind(x.memory);
  const begin = x.memory.begin.bind(x.memory);
  x.memory.begin = () => {
    buffers.length = 0;
    begin();
  };
  x.memory.allocate = (byteLength) => {
    buffers.push(byteLength);
    return allocate(byteLength);
  };
  const { replayed, failure } = replayModel(model, loading.schedule, { timeouts: loading.timeouts });
  const odd = replayed.trace.find(({ kind }) => NOT_SUPPORTED.has(kind));
  if (odd !== undefined)
    throw new InvalidModelError(`no certificate for a model with this step: ${odd.text || odd.kind}`);
  const states = new Map(replayed.standings.map(({ thread, state }) => [thread, state]));
  return {
    steps: replayed.trace
      .filter(({ step }) => step >= 0)
      .map(({ thread, kind, text, value }) => ({ thread, kind, text, result: value })),
    threads: replayed.threadNames,
    buffers,
    failure:
      failure === undefined ? undefined : { kind: failure.kind, message: failure.message, thread: failure.thread },
    ends: x.threads.map(({ id, status }) => (status === FINISHED ? 'ended' : (states.get(id) ?? 'ready'))),
  };
}

/** Runs the model in the checker up to a spawn; gives the function that would be spawned. */
function capture(
  model: Model,
  thread: number,
  buffers: readonly SharedArrayBuffer[],
): { fn: Model; canBlock: boolean } {
  let captured: { fn: Model; canBlock: boolean } | undefined;
  let allocated = 0;
  const begin = x.memory.begin.bind(x.memory);
  x.memory.begin = () => {
    allocated = 0;
    begin();
  };
  x.memory.allocate = () => {
    const buffer = buffers[allocated++]!;
    new Uint8Array(buffer).fill(0); // C5: plain, within the turn that C1 passes on.
    return buffer;
  };
  facade.threads.spawn = (fn: Model, options: SpawnOptions) => {
    if (x.threads.length !== thread) return undefined;
    captured = { fn, canBlock: options.canBlock ?? true };
    return fail('unsupported', 'the checker has come far enough');
  };
  x.limits = { ...x.limits, timeouts: loading.timeouts };
  replay(() => generatorOf(model, 'the body of a model'), decodeSchedule(loading.schedule)!);
  if (captured === undefined)
    throw new InvalidModelError(`the model did not spawn thread ${thread} again: it is not deterministic`);
  return captured;
}

function runThread(model: Model, { control, thread, buffers, plan, ...rest }: NonNullable<Task['run']>): void {
  // One after the other: they all use the memory that the real run will use.
  // ORDERING(C1): observes the turn that the worker before has passed on, and the memory as it left it.
  for (let at = 0; (at = Atomics.load(control, CAPTURED)) !== thread;) Atomics.wait(control, CAPTURED, at); // C1
  const { fn, canBlock } = thread === 0 ? { fn: model, canBlock: true } : capture(model, thread, buffers);
  Atomics.add(control, CAPTURED, 1); // C1
  Atomics.notify(control, CAPTURED); // C1
  // ORDERING(C2): sleeps until the real spawn, and observes what its parent did before.
  if (thread > 0) Atomics.wait(control, STARTS + thread, 0);
  else {
    for (let at = 0; (at = Atomics.load(control, CAPTURED)) < plan.threads.length;) Atomics.wait(control, CAPTURED, at); // C1
    for (const buffer of buffers) new Uint8Array(buffer).fill(0); // C5
  }
  // ORDERING(C4): publishes how far the thread is to whoever waits for it, and to the observer.
  Atomics.store(control, STATES + thread, RUNNING);
  const stepping = new Stepping({ control, thread, buffers, plan, ...rest }, canBlock, (message) =>
    post({ type: 'differs', message }),
  );
  stepping.install();
  try {
    stepping.end(ENDED, fn());
  } catch (error) {
    post({
      type: 'threw',
      thread,
      message: error instanceof Error ? `${error.name}: ${error.message}` : `threw ${String(error)}`,
    });
    stepping.end(THREW, undefined);
  }
}

try {
  const model = await loadModel();
  if (run === undefined) post({ type: 'plan', plan: makePlan(model) });
  else runThread(model, run);
} catch (error) {
  post({ type: 'invalid', message: error instanceof Error ? error.message : String(error) });
}
