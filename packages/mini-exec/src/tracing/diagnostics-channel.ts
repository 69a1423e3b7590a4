// Publishes the events on channels of `node:diagnostics_channel`, where tools that know
// nothing of this package's functions listen. A channel does not tell when somebody begins to
// listen; so while nobody does, a gate stands in for the recorder, which looks at each event
// whether that has changed, and does nothing else.

import { UnsupportedPlatformError } from '@concurrency-lab/atomics';
import type { Channel } from 'node:diagnostics_channel';
import type { Context } from '../core/future.ts';
import type { Scheduler, Task } from '../core/task.ts';
import type { TaskEvent } from './events.ts';
import { setStandIn, subscribe, type SubscribeOptions, type Subscription } from './recorder.ts';
import type { TracedTask } from './task-record.ts';
import { type TaskSink, trace } from './trace.ts';

/**
 * Names the channels. Subscribers of the first five get the event, as listeners of `subscribe`
 * do. Those of the last three are the tracing channel `concurrency-lab:task:poll`, and get one
 * {@link PollMessage} for a poll, the same object each time.
 *
 * @example
 * ```ts
 * import { subscribe, unsubscribe } from 'node:diagnostics_channel';
 * import { blockOn, yieldNow } from '@concurrency-lab/mini-exec';
 * import { CHANNELS, enableTracing } from '@concurrency-lab/mini-exec/tracing';
 *
 * CHANNELS.wake; // => 'concurrency-lab:task:wake'
 * using tracing = enableTracing();
 * let wakes = 0;
 * const listener = () => wakes++;
 * subscribe(CHANNELS.wake, listener);
 * blockOn(yieldNow());
 * unsubscribe(CHANNELS.wake, listener);
 * wakes; // => 1
 * ```
 */
export const CHANNELS = {
  spawn: 'concurrency-lab:task:spawn',
  wake: 'concurrency-lab:task:wake',
  complete: 'concurrency-lab:task:complete',
  wakerTake: 'concurrency-lab:waker:take',
  wakerDrop: 'concurrency-lab:waker:drop',
  pollStart: 'tracing:concurrency-lab:task:poll:start',
  pollEnd: 'tracing:concurrency-lab:task:poll:end',
  pollError: 'tracing:concurrency-lab:task:poll:error',
} as const;

/** Is what the channels of polls publish: at the start without what the poll comes to. */
export interface PollMessage {
  readonly task: TracedTask;
  /** Is the time of the start, in milliseconds as of `performance.now()`. */
  readonly time: number;
  /** Is how long the poll took, in milliseconds; from the end on. */
  duration?: number;
  /** Is `'pending'`, or how the task ended; from the end on. */
  result?: string;
  /** Is the `JoinError` of a task that threw; `error` is published before `end` then. */
  error?: unknown;
}

type Channels = Record<keyof typeof CHANNELS, Channel>;

/** Looks whether somebody listens, and publishes for as long as somebody does. */
class Gate implements TaskSink {
  readonly #channels: Channels;
  readonly #options: SubscribeOptions;
  /** Keeps the recorder running. */
  #subscription: Subscription | undefined;
  /** Holds the messages of the polls that have begun: `blockOn` nests. */
  readonly #polls: PollMessage[] = [];

  constructor(channels: Channels, options: SubscribeOptions) {
    this.#channels = channels;
    this.#options = options;
  }

  /** Begins or ends recording if somebody listens now or nobody does any more; tells whether somebody does. */
  #look(): boolean {
    const on = this.#channels;
    // One site for each channel, so that engines inline them: a loop over all takes ten times as long.
    const heard =
      on.spawn.hasSubscribers ||
      on.wake.hasSubscribers ||
      on.complete.hasSubscribers ||
      on.pollStart.hasSubscribers ||
      on.pollEnd.hasSubscribers ||
      on.pollError.hasSubscribers ||
      on.wakerTake.hasSubscribers ||
      on.wakerDrop.hasSubscribers;
    if (heard) this.#subscription ??= subscribe(() => {}, this.#options);
    else if (this.#subscription !== undefined) this.close();
    return heard;
  }

  close(): void {
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
    this.#polls.length = 0;
  }

  spawned(task: Task<unknown>, scheduler: Scheduler): void {
    if (this.#look()) trace.sink!.spawned(task, scheduler);
  }

  woken(task: Task<unknown>): void {
    if (this.#look()) trace.sink!.woken(task);
  }

  polling(task: Task<unknown>): Context {
    return this.#look() ? trace.sink!.polling(task) : task;
  }

  panicked(): void {}

  ran(): void {}

  readonly listener = (event: TaskEvent): void => {
    if (!this.#look()) return;
    const channels = this.#channels;
    switch (event.type) {
      case 'spawn':
        channels.spawn.publish(event);
        break;
      case 'wake':
        channels.wake.publish(event);
        break;
      case 'complete':
        channels.complete.publish(event);
        break;
      case 'waker-take':
        channels.wakerTake.publish(event);
        break;
      case 'waker-drop':
        channels.wakerDrop.publish(event);
        break;
      case 'poll-start': {
        const message = { task: event.task, time: event.time };
        this.#polls.push(message);
        channels.pollStart.publish(message);
        break;
      }
      case 'poll-end': {
        const message = this.#polls.pop();
        if (message === undefined) break; // it began before somebody listened
        message.duration = event.duration;
        message.result = event.result;
        if (event.result === 'panicked') {
          message.error = event.error;
          channels.pollError.publish(message);
        }
        channels.pollEnd.publish(message);
      }
    }
  };
}

/**
 * Publishes the events of this thread's tasks on {@link CHANNELS} from now on, whenever
 * somebody listens there. Calling it again replaces the options.
 *
 * @returns what ends it with `unsubscribe()`, or `using`
 * @throws {UnsupportedPlatformError} where there is no `node:diagnostics_channel`, as in pages: use `subscribe` there
 */
export function enableTracing(options: SubscribeOptions = {}): Subscription {
  const { process } = globalThis as { process?: { getBuiltinModule?: typeof globalThis.process.getBuiltinModule } };
  const module = process?.getBuiltinModule?.('node:diagnostics_channel');
  if (module === undefined) {
    throw new UnsupportedPlatformError('enableTracing() needs node:diagnostics_channel; use subscribe() here');
  }
  const named = Object.entries(CHANNELS).map(([key, name]) => [key, module.channel(name)]);
  const gate = new Gate(Object.fromEntries(named) as Channels, options);
  disable?.();
  setStandIn({ sink: gate, listener: gate.listener });
  const unsubscribe = (): void => {
    if (disable !== unsubscribe) return;
    disable = undefined;
    setStandIn(undefined);
    gate.close();
  };
  disable = unsubscribe;
  return { unsubscribe, [Symbol.dispose]: unsubscribe };
}

let disable: (() => void) | undefined;
