// What subscribers are told.

import type { TaskOutcome, TracedTask } from './task-record.ts';

interface Event<Type extends string> {
  readonly type: Type;
  /** Describes the task; it goes on changing after the event. */
  readonly task: TracedTask;
  /** Is the time of the event, in milliseconds as of `performance.now()`. */
  readonly time: number;
}

/** Reports that a task was spawned. */
export interface SpawnEvent extends Event<'spawn'> {}

/** Reports that a task was woken, even if it was scheduled already. */
export interface WakeEvent extends Event<'wake'> {
  /** Tells whether it happened during the task's own poll. */
  readonly isSelfWake: boolean;
  /** Is the task that was being polled meanwhile, and so woke this one. */
  readonly by: TracedTask | undefined;
}

/** Reports that a poll begins. */
export interface PollStartEvent extends Event<'poll-start'> {}

/** Reports that a poll is over. */
export interface PollEndEvent extends Event<'poll-end'> {
  /** Is how long the poll took, in milliseconds. */
  readonly duration: number;
  /** Is what the poll came to. */
  readonly result: 'pending' | TaskOutcome;
  /** Is the `JoinError` of a task that threw. */
  readonly error: unknown;
}

/** Reports that a poll read `cx.waker`; once for each poll. */
export interface WakerTakeEvent extends Event<'waker-take'> {}

/** Reports that the waker taken was collected, some time after the last reference to it went. */
export interface WakerDropEvent extends Event<'waker-drop'> {}

/** Reports that a task has finished. */
export interface CompleteEvent extends Event<'complete'> {
  readonly outcome: TaskOutcome;
  /** Is the `JoinError` of a task that threw. */
  readonly error: unknown;
}

/** Is any of the events, told apart by `type`. */
export type TaskEvent =
  | SpawnEvent
  | WakeEvent
  | PollStartEvent
  | PollEndEvent
  | WakerTakeEvent
  | WakerDropEvent
  | CompleteEvent;

/** Is called for each event, while it happens. */
export type TaskListener = (event: TaskEvent) => void;
