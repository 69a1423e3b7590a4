// What looks wrong about a task: the questions that one asks of a future which never comes to
// a value. Is its waker called? Does somebody still have it? Does it stay pending?
//
// Source: the warnings of tokio-console.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import type { TracedTask } from './task-record.ts';

/** Names a kind of warning. */
export type WarningKind = 'lost-waker' | 'never-woken' | 'long-poll' | 'self-wakes';

/** Says what looks wrong about a task. */
export interface TaskWarning {
  readonly kind: WarningKind;
  readonly message: string;
}

/** Says from when on something looks wrong. */
export interface WarningThresholds {
  /** Milliseconds for which a task may wait for its first wake-up; 5000 where not given. */
  readonly neverWokenAfter?: number | undefined;
  /** Milliseconds that a poll may take; 50 where not given. */
  readonly longPoll?: number | undefined;
  /** A task with so many wake-ups of its own, and more than half of all, loops; 100 where not given. */
  readonly selfWakes?: number | undefined;
}

/** Are the thresholds with all defaults filled in. */
export type Limits = { readonly [Name in keyof WarningThresholds]-?: number };

/** Fills in what is left open; throws on anything but numbers from 0. */
export function requireThresholds(thresholds: WarningThresholds): Limits {
  const { neverWokenAfter = 5000, longPoll = 50, selfWakes = 100 } = thresholds;
  for (const [name, value] of Object.entries({ neverWokenAfter, longPoll, selfWakes })) {
    if (typeof value !== 'number' || !(value >= 0)) {
      throw new InvalidArgumentError(`${name} must be a number from 0, not ${describe(value)}`);
    }
  }
  return { neverWokenAfter, longPoll, selfWakes };
}

/** Lists what looks wrong about a task, the worst first. */
export function warningsOf(task: TracedTask, limits: Limits, now: number): TaskWarning[] {
  const warnings: TaskWarning[] = [];
  const lost = lostWaker(task);
  if (lost !== undefined) warnings.push({ kind: 'lost-waker', message: lost });
  else if (isNeverWoken(task, limits, now)) {
    const seconds = (task.timeInState(now) / 1000).toFixed(1);
    warnings.push({ kind: 'never-woken', message: `somebody has its waker, but has not called it for ${seconds} s` });
  }
  if (task.longestPoll > limits.longPoll) {
    const message = `a poll took ${task.longestPoll.toFixed(0)} ms, and nothing else ran meanwhile`;
    warnings.push({ kind: 'long-poll', message });
  }
  if (task.selfWakes >= limits.selfWakes && task.selfWakes > task.wakes / 2) {
    const percent = Math.floor((task.selfWakes / task.wakes) * 100);
    warnings.push({ kind: 'self-wakes', message: `it wakes itself: ${percent} % of ${task.wakes} wake-ups` });
  }
  return warnings;
}

/** Says how a waker was lost. Of a task that was there before, one may be around that is not tracked. */
function lostWaker(task: TracedTask): string | undefined {
  if (task.outcome === 'collected') return 'it was pending when it was collected together with its executor';
  if (task.state !== 'idle' || !task.isWhole || task.wakers > 0) return undefined;
  return task.wakerTakes === 0
    ? 'it is pending, and no poll has ever taken cx.waker: nothing can wake it'
    : 'it is pending, and its waker was dropped: nothing can wake it any more';
}

function isNeverWoken(task: TracedTask, limits: Limits, now: number): boolean {
  return task.state === 'idle' && task.isWhole && task.wakes === 0 && task.timeInState(now) >= limits.neverWokenAfter;
}
