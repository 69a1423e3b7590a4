// Makes a thread a worker of the runtime that started it.

import { setCurrent } from '../current.ts';
import { NoRuntimeError } from '../errors.ts';
import { RuntimeMemory } from '../scheduler/memory.ts';
import { serveTasks, type TaskModule } from '../tasks/load-task.ts';
import { markRuntimeWorker } from '../tasks/thread-role.ts';
import { Spill } from '../wire/spill.ts';
import { Wire } from '../wire/wire.ts';
import type { FromWorker, Start, ToWorker } from './messages.ts';
import { Worker } from './worker.ts';

interface Port {
  postMessage(message: FromWorker, transfer?: readonly object[]): void;
}

interface Scope extends Port {
  addEventListener(type: 'message', listener: (event: { data: ToWorker }) => void): void;
}

let wire: Wire | undefined;

/**
 * Makes this thread a worker, in the entry that a runtime was told to start its workers from.
 *
 * @param modules - modules of tasks, for a bundled worker; without any, it imports the module of
 * each task by its URL
 * @throws {InvalidArgumentError} on a module without tasks, or two tasks of one name
 * @throws {NoRuntimeError} on the main thread of Node, Bun or Deno
 */
export function serve(...modules: readonly TaskModule[]): void {
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  if (threads?.parentPort === null) {
    throw new NoRuntimeError('serve()', 'is for the entry of the workers that a runtime starts, and this is no worker');
  }
  markRuntimeWorker();
  if (modules.length > 0) serveTasks(modules);
  if (threads !== undefined) {
    const port = threads.parentPort;
    port.on('message', (message: ToWorker) => receive(message, port));
    return;
  }
  const scope = globalThis as unknown as Scope;
  scope.addEventListener('message', ({ data }) => receive(data, scope));
}

function receive(message: ToWorker, port: Port): void {
  if ('wire' in message) wire?.receive(message);
  else begin(message, port);
}

function begin(start: Start, port: Port): void {
  const { lane, seat } = start;
  const { buffer } = RuntimeMemory.from(start.memory);
  const spill = Spill.from(start.spill, lane);
  wire = new Wire({ buffer, spill, lane, seat, send: (message, transfer) => port.postMessage(message, transfer) });
  setCurrent(new Worker(start, wire, (said) => port.postMessage(said)));
  port.postMessage({ type: 'ready' });
}
