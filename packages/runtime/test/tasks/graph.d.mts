import type { JoinHandle, Task } from '../../src/index.ts';

/** Is what a task is to do. */
export type Plan = {
  /** Is one of a kind, and the word that counts how often the task has begun. */
  id: number;
  kind: 'sync' | 'async' | 'coroutine';
  steps: Step[];
  throws: boolean;
};

/** Is one step of a plan; tasks are named by the order in which they were spawned. */
export type Step = { spawn: Plan } | { join: number } | { abort: number } | { pause: true };

/** Is how a task has ended: by a value that names it and what it joined, the same thrown, or as cancelled. */
export type Ended = Value | { thrown: Value } | 'cancelled';
export type Value = { id: number; joined: Ended[] };

export type Spawn = (plan: Plan) => JoinHandle<Ended>;

export const COUNTS: string;
export function follow(plan: Plan, spawn: Spawn): Promise<Ended>;
export function taskOf(plan: Plan): Task<[plan: Plan], Ended>;
