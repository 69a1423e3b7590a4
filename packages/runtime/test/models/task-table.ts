// The models of the table of tasks: threads that add names at once, and one that dies in between.

import { spawn } from '@concurrency-lab/model-checker';
import { TaskTable } from '../../src/tasks/task-table.ts';
import { task } from '../../src/tasks/task.ts';

const first = task({ url: 'a:' }, '1', () => 1);
const second = task({ url: 'a:' }, '2', () => 2);

function expectFound(table: TaskTable, number: number, expected: unknown): void {
  if (table.find(number) !== expected) throw new Error(`number ${number} is another task`);
}

/** Two threads add different names; a third one finds both. */
export function addTwo(): string {
  const table = TaskTable.create(256);
  const other = spawn(() => TaskTable.from(table.handle).numberOf(first));
  const mine = table.numberOf(second);
  const theirs = other.join();
  const third = TaskTable.from(table.handle);
  expectFound(third, mine, second);
  expectFound(third, theirs, first);
  return `${mine}-${theirs}`;
}

/** Two threads add one name: one number, or two that mean the same. */
export function addSame(): number {
  const table = TaskTable.create(256);
  const other = spawn(() => TaskTable.from(table.handle).numberOf(first));
  const mine = table.numberOf(first);
  const theirs = other.join();
  const third = TaskTable.from(table.handle);
  expectFound(third, mine, first);
  expectFound(third, theirs, first);
  return Math.abs(mine - theirs);
}

/** A number that is published is enough: who reads it need not look the name up. */
export function publish(): void {
  const table = TaskTable.create(256);
  const slot = new Int32Array(new SharedArrayBuffer(4));
  const other = spawn(() => {
    Atomics.store(slot, 0, TaskTable.from(table.handle).numberOf(first));
  });
  const number = Atomics.load(slot, 0);
  if (number !== 0) expectFound(table, number, first);
  other.join();
}

/** A thread that is terminated while it adds leaves a table in which others add. */
export function dieAdding(): number {
  const table = TaskTable.create(256);
  const victim = spawn(() => TaskTable.from(table.handle).numberOf(first), { mayBeTerminated: true });
  victim.join();
  const number = table.numberOf(first);
  expectFound(TaskTable.from(table.handle), number, first);
  return number;
}
