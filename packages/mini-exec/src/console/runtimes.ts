// How the console shows the runtimes of a program: a line for each, a table of its workers, and one
// of its tasks.

import type { RuntimeSnapshot } from '../tracing/runtimes.ts';
import { formatDuration, printable } from './columns.ts';

/** Writes a table, the titles first; all columns but the first stand to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')}`.trimEnd(),
  );
}

const WORKER_TITLES = ['worker', 'state', 'busy', 'polls', 'steals', 'parks', 'queue', 'live', 'overflows'];
const TASK_TITLES = ['task', 'id', 'state', 'worker', 'age'];

/** Writes what a runtime does, in a line for each of its workers, and for at most so many of its tasks. */
export function renderRuntime(runtime: RuntimeSnapshot, mostTasks: number): string[] {
  const { blocking, workers, states, tasks, omitted, injectionQueueDepth, waitingTasks } = runtime;
  const counted = Object.entries(states).map(([state, count]) => `${count} ${state}`);
  const head = [
    `runtime ${printable(runtime.name)}: ${workers.length} workers`,
    `${blocking.threads} blocking threads (${blocking.idleThreads} idle, ${blocking.queueDepth} tasks queued)`,
    `${injectionQueueDepth} in the queue of all`,
    `${waitingTasks} without room`,
    `tasks: ${counted.length === 0 ? 'none' : counted.join(', ')}`,
  ].join(', ');
  const rows = workers.map((worker, i) => [
    String(i + 1),
    printable(worker.state),
    formatDuration(worker.busyTime),
    ...[worker.polls, worker.steals, worker.parks, worker.queueDepth, worker.liveTasks, worker.overflows].map(String),
  ]);
  const shown = tasks.slice(0, mostTasks);
  const left = omitted + tasks.length - shown.length;
  return [
    head,
    ...table([WORKER_TITLES, ...rows]),
    ...(shown.length === 0
      ? []
      : table([
          TASK_TITLES,
          ...shown.map(({ name, id, state, worker, age }) => [
            printable(name),
            String(id),
            printable(state),
            worker ?? '',
            formatDuration(age),
          ]),
        ])),
    ...(left > 0 ? [`  ${left} tasks not shown`] : []),
  ];
}
