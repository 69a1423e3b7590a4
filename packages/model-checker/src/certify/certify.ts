// A schedule of the checker on real threads: one worker for each thread of the model, the
// same operations in the same order, and a comparison of what each of them returned. It shows
// that a failure is the engine's and not the checker's. For models without promises and
// without terminated threads; a data race is certified as the order of operations that leads
// to it, since no engine shows a race otherwise.

import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FailureKind } from '../engine/failure.ts';
import { InvalidModelError } from '../errors.ts';
import { bundleModel } from './bundle.ts';
import {
  CONTROL_WORDS,
  NOT_STARTED,
  POSITION,
  RESULT_BYTES,
  SPINS,
  STATES,
  stateName,
  type Loading,
  type Plan,
  type Report,
  type Task,
} from './protocol.ts';

/** Holds the options of {@link certify}. */
export interface CertifyOptions {
  /** The module that exports the model: a path or a file URL. Not a test file: the workers import it. */
  readonly module: string | URL;
  /** The name under which the module exports the model's function. */
  readonly model: string;
  /** The replay string of the failure. */
  readonly schedule: string;
  /** Names the modules under test, as for the plugin; the model's own is always included. */
  readonly include?: string | RegExp | readonly (string | RegExp)[] | undefined;
  /** As the exploration that found the schedule was told. */
  readonly timeouts?: 'stuck' | 'any' | undefined;
  /** How long the real run may take, loading included; 30 seconds where not given. */
  readonly timeoutSeconds?: number | undefined;
}

/** What the real threads did. */
export interface Certificate {
  /** True where every operation returned what it did in the model, and the end was the same. */
  readonly certified: boolean;
  /** The failure in the model. */
  readonly failure: { readonly kind: FailureKind; readonly message: string } | undefined;
  /** How many operations were compared. */
  readonly operations: number;
  /** How the real threads ended, by name: `ended`, `threw Error: …`, `sleeps`, `spins`, `joins`. */
  readonly threads: Readonly<Record<string, string>>;
  /** The first difference between the model and the real run. */
  readonly difference: string | undefined;
}

const PATIENCE = [10, 100, 500];
const SETTLED_MILLISECONDS = 150;
const POLL_MILLISECONDS = 20;
/** Rounds after which a loop that the model gave up is taken for one that goes on. */
const SPINS_SEEN = 1000;
const STATES_OF_REST = new Set(['sleeps', 'joins', 'ready', 'ended', 'threw', 'not started']);

/**
 * Replays a schedule on real worker threads, and tells whether they did what the model did.
 *
 * Each thread of the model is a worker that does its operations on real shared memory with the
 * engine's own `Atomics`, in the order of the schedule. Needs Vite, as the plugin does.
 *
 * @throws {InvalidModelError} on a schedule that the model cannot follow, a model that is not
 * found, and one with promises, timers or terminated threads
 */
export async function certify(options: CertifyOptions): Promise<Certificate> {
  const { module, model, schedule, include = [], timeouts = 'stuck', timeoutSeconds = 30 } = options;
  const path = module instanceof URL || module.startsWith('file:') ? fileURLToPath(module) : module;
  const file = isAbsolute(path) ? path : resolve(path);
  const loading: Loading = {
    module: file,
    code: await bundleModel(file, [include].flat()),
    model,
    schedule,
    timeouts,
  };
  const until = performance.now() + timeoutSeconds * 1000;
  const plan = await planOf(loading, timeoutSeconds);
  let certificate: Certificate | undefined;
  const sleeps = plan.steps.some(({ kind, result }) => kind === 'wait' && result === 'sleeps');
  for (const patience of PATIENCE) {
    // A thread that was slow to fall asleep is given more time.
    certificate = await runPlan(loading, plan, patience, until);
    if (certificate.certified || !sleeps || performance.now() > until) break;
  }
  return certificate!;
}

function startWorker(task: Task): Worker {
  return new Worker(new URL('worker.js', import.meta.url), { workerData: task, execArgv: [] });
}

async function planOf(loading: Loading, timeoutSeconds: number): Promise<Plan> {
  const worker = startWorker({ loading });
  try {
    const report = await new Promise<Report>((done, failed) => {
      worker.once('message', done).once('error', failed);
      setTimeout(
        () => failed(new InvalidModelError(`the model did not load within ${timeoutSeconds} seconds`)),
        timeoutSeconds * 1000,
      ).unref();
    });
    if (report.type === 'plan') return report.plan;
    throw new InvalidModelError(report.type === 'invalid' ? report.message : 'the model could not be planned');
  } finally {
    await worker.terminate();
  }
}

async function runPlan(loading: Loading, plan: Plan, patience: number, until: number): Promise<Certificate> {
  const control = new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * 4));
  const buffers = plan.buffers.map((byteLength) => new SharedArrayBuffer(byteLength));
  const results = plan.threads.map(() => new SharedArrayBuffer(RESULT_BYTES));
  const threw = new Map<number, string>();
  let difference: string | undefined;
  const workers = plan.threads.map((_, thread) => {
    const worker = startWorker({ loading, run: { plan, thread, control, buffers, results, patience } });
    worker.on('message', (report: Report) => {
      if (report.type === 'threw') threw.set(report.thread, report.message);
      else if (report.type !== 'plan') difference ??= report.message;
    });
    worker.on('error', (error: Error) => (difference ??= `${plan.threads[thread]}: ${error.message}`));
    return worker;
  });
  // ORDERING(C4): observes how far the threads are; nothing else is read before they are at rest.
  const states = (): string[] => plan.threads.map((_, thread) => stateName(Atomics.load(control, STATES + thread)));
  const isAtRest = (): boolean =>
    Atomics.load(control, STATES) !== NOT_STARTED && // C4
    states().every(
      (state, thread) =>
        (STATES_OF_REST.has(state) && plan.ends[thread] !== 'spins') ||
        (state === 'spins' && Atomics.load(control, SPINS) > SPINS_SEEN), // C7
    );
  let settled = 0;
  while (difference === undefined && settled < SETTLED_MILLISECONDS) {
    await new Promise((done) => setTimeout(done, POLL_MILLISECONDS));
    settled = isAtRest() ? settled + POLL_MILLISECONDS : 0;
    if (performance.now() > until) difference = 'the real threads did not come to rest in time';
  }
  const ends = states();
  const operations = Math.min(Atomics.load(control, POSITION), plan.steps.length); // C3
  await Promise.all(workers.map((worker) => worker.terminate()));
  difference ??= differenceOf(plan, ends, threw, operations);
  return {
    certified: difference === undefined,
    failure: plan.failure === undefined ? undefined : { kind: plan.failure.kind, message: plan.failure.message },
    operations,
    threads: Object.fromEntries(
      ends.map((end, thread) => [plan.threads[thread]!, end === 'threw' ? `threw ${threw.get(thread)}` : end]),
    ),
    difference,
  };
}

/** Compares how the threads ended, once they did nothing any more. */
function differenceOf(
  { steps, threads, failure, ends }: Plan,
  real: readonly string[],
  threw: ReadonlyMap<number, string>,
  done: number,
): string | undefined {
  const thrower = failure?.kind === 'error' ? failure.thread : -1;
  for (const [thread, message] of threw) {
    if (thread !== thrower) return `${threads[thread]} threw, which the model did not: ${message}`;
    if (message !== failure!.message) return `${threads[thread]} threw ${message}, in the model ${failure!.message}`;
  }
  // The last step is over once its thread has come to rest.
  if (done < steps.length - 1)
    return `the real threads stopped at step ${done + 1} of ${steps.length}: ${steps[done]!.text}`;
  if (thrower >= 0) return threw.has(thrower) ? undefined : `${threads[thrower]} did not throw: ${failure!.message}`;
  const isCompared = failure === undefined || ['deadlock', 'lost-wake-up', 'livelock'].includes(failure.kind);
  const odd = isCompared ? real.findIndex((state, thread) => state !== ends[thread]) : -1;
  return odd < 0 ? undefined : `${threads[odd]} ${real[odd]}, in the model ${ends[odd]}`;
}
