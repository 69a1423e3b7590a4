// What a console shows of a runtime (mini-exec/console): its workers, and its tasks by their states.
// Nothing is noted for it beforehand: it looks at all slots when it is asked.

import type { RuntimeSnapshot, RuntimeSource, RuntimeTaskSnapshot } from '@concurrency-lab/mini-exec/tracing';
import type { RuntimeMetrics } from './metrics.ts';
import type { Lane } from './scheduler/lanes.ts';
import { type RuntimeMemory, SLOT } from './scheduler/memory.ts';
import {
  ABORTING,
  BLOCKING,
  CANCELLED,
  ENDED,
  FREE,
  IDLE,
  NOTIFIED,
  peek,
  POLLING,
  QUEUED,
  READY,
  RUNNING,
  seatOf,
  stateOf,
} from './scheduler/slot.ts';
import type { TaskTable } from './tasks/task-table.ts';

/** Finds the runtimes of a thread, for copies of these packages alike. */
const RUNTIMES: unique symbol = Symbol.for('@concurrency-lab/runtimes') as never;

const NAMES = new Map([
  [QUEUED, 'queued'],
  [BLOCKING, 'queued for the blocking pool'],
  [CANCELLED, 'cancelled'],
  [RUNNING, 'running'],
  [ABORTING, 'aborting'],
  [POLLING, 'running'],
  [NOTIFIED, 'running'],
  [IDLE, 'waiting'],
  [READY, 'queued'],
  [ENDED, 'ended'],
]);

/** Tells a console how a runtime is doing. */
export class Inspector implements RuntimeSource {
  readonly #name: string;
  readonly #memory: RuntimeMemory;
  readonly #lanes: readonly Lane[];
  readonly #tasks: TaskTable;
  readonly #metrics: () => RuntimeMetrics;
  /** When each task was first seen that was there at the last look, by its thread and number. */
  #seen = new Map<string, number>();

  constructor(
    name: string,
    memory: RuntimeMemory,
    lanes: readonly Lane[],
    tasks: TaskTable,
    metrics: () => RuntimeMetrics,
  ) {
    this.#name = name;
    this.#memory = memory;
    this.#lanes = lanes;
    this.#tasks = tasks;
    this.#metrics = metrics;
    const scope = globalThis as { [RUNTIMES]?: Set<RuntimeSource> };
    (scope[RUNTIMES] ??= new Set()).add(this);
  }

  /** Is not to be shown any more. */
  close(): void {
    (globalThis as { [RUNTIMES]?: Set<RuntimeSource> })[RUNTIMES]!.delete(this);
  }

  snapshot(limit: number): RuntimeSnapshot {
    const { workers, blocking, injectionQueueDepth, waitingTasks } = this.#metrics();
    const states: Record<string, number> = {};
    const tasks: RuntimeTaskSnapshot[] = [];
    const seen = new Map<string, number>();
    const seats = new Map(this.#lanes.map(({ seat, number }) => [seat, this.#nameOf(number)]));
    const now = performance.now();
    for (let slot = 0; slot < this.#memory.slots; slot++) {
      const at = this.#memory.slotAt(slot);
      const word = peek(this.#memory, at);
      if (stateOf(word) === FREE) continue;
      const state = NAMES.get(stateOf(word)) ?? 'unknown';
      states[state] = (states[state] ?? 0) + 1;
      // ORDERING(S11): plain, and in a race with the next life of the slot: then the display shows what was, or mixes the two.
      const [what, owner, id] = [SLOT.task, SLOT.owner, SLOT.id].map((field) => this.#memory.words[at + field]!); // S11
      const key = `${owner}-${id}`;
      const first = this.#seen.get(key) ?? now;
      seen.set(key, first);
      const worker = seats.get(seatOf(word));
      const begun = seatOf(word) === 0 ? undefined : (worker ?? 'lost');
      tasks.push({ id: id!, name: this.#tasks.nameOf(what!), state, worker: begun, age: now - first });
    }
    this.#seen = seen;
    tasks.sort((a, b) => Number(a.worker === undefined) - Number(b.worker === undefined) || b.age - a.age);
    return {
      name: this.#name,
      workers,
      blocking,
      injectionQueueDepth,
      waitingTasks,
      states,
      tasks: tasks.slice(0, limit),
      omitted: Math.max(0, tasks.length - limit),
    };
  }

  #nameOf(lane: number): string {
    return lane < this.#memory.lanes ? String(lane) : `blocking ${lane - this.#memory.lanes + 1}`;
  }
}
