// The whole of it: a thread that spawns and joins, and workers as they are shipped.

import { canBlock } from '@concurrency-lab/atomics';
import type { JoinError } from '@concurrency-lab/mini-exec';
import { type ModelThread, spawn } from '@concurrency-lab/model-checker';
import { setCurrent, spawn as spawnHere } from '../../src/current.ts';
import type { SpawnedTask } from '../../src/join-handle.ts';
import { wakeOne } from '../../src/scheduler/finder.ts';
import { IdleSet } from '../../src/scheduler/idle.ts';
import { ABORTS, type Lane, lanesOf, LOSSES } from '../../src/scheduler/lanes.ts';
import { RuntimeMemory } from '../../src/scheduler/memory.ts';
import * as slots from '../../src/scheduler/slot.ts';
import { Spawner } from '../../src/spawner.ts';
import { TaskTable } from '../../src/tasks/task-table.ts';
import { task } from '../../src/tasks/task.ts';
import { Spill } from '../../src/wire/spill.ts';
import { Wire } from '../../src/wire/wire.ts';
import type { FromWorker, Start } from '../../src/worker/messages.ts';
import { Worker } from '../../src/worker/worker.ts';

canBlock(); // asks the engine, once: not within the first execution only

const HERE = { url: 'model:' };
const double = task(HERE, 'double', (n: number) => n * 2);
const twice = task(HERE, 'twice', (text: string) => text + text);
const fail = task(HERE, 'fail', (text: string): void => {
  throw new RangeError(text);
});
const endless = task(HERE, 'endless', async () => new Promise<void>(() => {}));
const quadruple = task(HERE, 'quadruple', async (n: number) => spawnHere(double, await spawnHere(double, n)));
const nothing = task(HERE, 'nothing', () => {});

const BLOCKS = [{ count: 1, bytes: 1024 }];

type Handle = SpawnedTask<unknown>;

/** Is a runtime whose thread blocks while it waits, and is its own supervisor. */
class Whole {
  readonly memory: RuntimeMemory;
  readonly #tasks = TaskTable.create(256);
  readonly #spill = Spill.create(BLOCKS);
  readonly lanes: readonly Lane[];
  readonly idle: IdleSet;
  readonly spawner: Spawner;
  readonly #main: Lane;
  #seats = 1;

  constructor(workers: number) {
    this.memory = RuntimeMemory.create({ lanes: workers + 1, slots: 32, ring: 4 });
    this.lanes = lanesOf(this.memory);
    this.#main = this.lanes[0]!;
    this.idle = new IdleSet(this.memory);
    this.#main.seat = 1;
    const { buffer } = this.memory;
    const wire = new Wire({ buffer, spill: this.#spill, lane: 0, seat: 1, send: refuse });
    this.spawner = new Spawner(this.memory, this.lanes, 0, wire, {
      askedToEnd: (_, seat) => {
        for (const lane of this.lanes) if (lane.seat === seat) lane.call(ABORTS);
      },
      joinedLate: () => {},
      queue: (slot) => this.#enqueue(slot),
      panicked: () => {},
    });
  }

  spawn(what: unknown, ...args: readonly unknown[]): Handle {
    const handle = this.spawner.newTask<unknown>('task');
    const slot = this.spawner.publish(handle, this.#tasks.numberOf(what), args);
    this.#enqueue(slot);
    return handle;
  }

  #enqueue(slot: number): void {
    if (!this.#main.queue.push(slot)) throw new Error('the queue is full');
    wakeOne(this.idle, this.lanes);
  }

  /** Waits until tasks have ended; gives what each came to. */
  join(...handles: readonly Handle[]): string[] {
    const { bell, inbox } = this.#main;
    for (;;) {
      this.spawner.drain();
      if (handles.every((handle) => handle.isFinished)) return handles.map((handle) => outcomeOf(handle));
      bell.arm();
      if (inbox.isEmpty) bell.sleep(Infinity);
      bell.disarm();
    }
  }

  close(): void {
    this.memory.close();
    for (const lane of this.lanes) lane.call(LOSSES);
  }

  /** Does what the supervisor does after a worker is gone; but for starting another. */
  lose(lane: number): void {
    this.lanes[lane]!.seat = 0;
    this.idle.clear(lane - 1);
    for (let slot = 0; slot < this.memory.slots; slot++) {
      const state = slots.stateOf(slots.peek(this.memory, this.memory.slotAt(slot)));
      if (state === slots.QUEUED || state === slots.CANCELLED) this.#enqueue(slot);
    }
    this.spawner.endLost(undefined);
  }

  /** Starts a worker, which runs until it leaves. */
  start(lane: number, follows = false, mayBeTerminated = false): ModelThread<unknown> {
    const seat = ++this.#seats;
    this.lanes[lane]!.seat = seat;
    return spawn(async () => this.#work(lane, seat, follows), { mayBeTerminated });
  }

  #work(lane: number, seat: number, follows: boolean): Promise<void> {
    const memory = RuntimeMemory.from(this.memory.handle);
    const spill = Spill.from(this.#spill.handle, lane, BLOCKS);
    const wire = new Wire({ buffer: memory.buffer, spill, lane, seat, send: refuse });
    const start: Start = {
      type: 'start',
      memory: this.memory.handle,
      tasks: this.#tasks.handle,
      spill: this.#spill.handle,
      lane,
      seat,
      follows,
      spinTime: 0,
    };
    return new Promise((resolve) => {
      const post = (message: FromWorker): void => {
        if ('type' in message && message.type === 'left') resolve();
      };
      setCurrent(new Worker(start, wire, post));
    });
  }
}

function refuse(): void {
  throw new Error('nothing here needs a parcel');
}

/** Says what a task came to. */
function outcomeOf(handle: Handle): string {
  try {
    return JSON.stringify(handle.poll({ waker: { wake: () => {} } })) ?? 'nothing';
  } catch (error) {
    const { isCancelled, cause } = error as JoinError;
    return isCancelled ? 'cancelled' : String(cause).replace(/:.*/, '');
  }
}

function expectEqual(actual: readonly string[], ...accepted: readonly string[]): void {
  if (!accepted.includes(actual.join())) throw new Error(`${actual.join()}, not ${accepted.join(' or ')}`);
}

/** Payloads of every kind that need no parcel cross to a worker and back. */
export function everyPayload(): void {
  const rt = new Whole(1);
  const worker = rt.start(1);
  const handles = [rt.spawn(double, 21), rt.spawn(twice, 'ab'), rt.spawn(twice, 'x'.repeat(60)), rt.spawn(nothing)];
  expectEqual(rt.join(...handles), `42,"abab","${'x'.repeat(120)}",nothing`);
  expectEqual(rt.join(rt.spawn(fail, 'no')), 'RangeError');
  rt.close();
  worker.join();
}

/** A task is aborted while a worker takes it; another one is there all the same. */
export function abortAtOnce(): void {
  const rt = new Whole(1);
  const worker = rt.start(1);
  const handles = [rt.spawn(twice, 'x'.repeat(150)), rt.spawn(double, 2)];
  handles[0]!.abort();
  expectEqual(rt.join(...handles), `"${'x'.repeat(300)}",4`, 'cancelled,4');
  rt.close();
  worker.join();
}

/** A task that never ends is aborted where it waits. */
export function abortSuspended(): void {
  const rt = new Whole(1);
  const worker = rt.start(1);
  const handle = rt.spawn(endless);
  handle.abort();
  expectEqual(rt.join(handle), 'cancelled');
  expectEqual(rt.join(rt.spawn(double, 1)), '2');
  rt.close();
  worker.join();
}

/** A task spawns others and waits for them. */
export function spawnWithin(): void {
  const rt = new Whole(1);
  const worker = rt.start(1);
  expectEqual(rt.join(rt.spawn(quadruple, 3)), '12');
  rt.close();
  worker.join();
}

/** The runtime closes while a worker starts, parks, or takes a task: that runs, or is cancelled. */
export function closeAgainstSpawn(): void {
  const rt = new Whole(1);
  const worker = rt.start(1);
  const handle = rt.spawn(double, 4);
  rt.close();
  worker.join();
  rt.spawner.drain();
  const isThere = handle.isFinished;
  rt.spawner.cancelAll();
  expectEqual([outcomeOf(handle)], isThere ? '8' : 'cancelled');
}

/** A worker is terminated at any step: of two tasks, none is lost without its handle being told, or runs twice. */
export function workerVanishes(): string {
  const rt = new Whole(1);
  const victim = rt.start(1, false, true);
  const handles = [rt.spawn(double, 5), rt.spawn(twice, 'x'.repeat(60))];
  victim.join();
  rt.lose(1);
  const heir = rt.start(1, true);
  const [one, other] = rt.join(...handles).map((outcome) => (outcome === 'WorkerLostError' ? 'lost' : outcome));
  expectEqual([one!], '10', 'lost');
  expectEqual([other!], `"${'x'.repeat(120)}"`, 'lost');
  rt.close();
  heir.join();
  return `${one},${other === 'lost' ? other : 'there'}`;
}
