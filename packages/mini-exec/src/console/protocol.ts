// What the console and the program say to each other: one JSON object a line. The console
// asks, the program answers, in order, and says nothing unasked.

import { threadId } from 'node:worker_threads';
import type { Snapshot } from '../tracing/monitor.ts';
import type { RuntimeSnapshot } from '../tracing/runtimes.ts';

/** So many bytes can a request have; more cannot be one. */
export const LONGEST_REQUEST = 1024;
/** So many tasks can be asked for. */
export const MOST_TASKS = 10_000;

/** Asks for the tasks, or for a garbage collection, after which lost wakers show. */
export type Request = { readonly request: 'snapshot'; readonly limit: number } | { readonly request: 'gc' };

/** Describes the program that answers. */
export interface ProgramInfo {
  readonly pid: number;
  /** Is 0 for the main thread. */
  readonly thread: number;
  /** Is the script that was started. */
  readonly title: string;
  readonly runtime: string;
}

/** Is what the program answers to a request for the tasks. */
export interface SnapshotAnswer {
  readonly program: ProgramInfo;
  readonly snapshot: Snapshot;
  /** Describes the runtimes of worker threads that were built on this thread; programs with an older console name none. */
  readonly runtimes?: readonly RuntimeSnapshot[] | undefined;
}

/** Tells whether garbage could be, and was, collected. */
export interface GcAnswer {
  readonly collected: boolean;
}

/** Is what the program answers to a request that it does not know. */
export interface ErrorAnswer {
  readonly error: string;
}

/** Reads a line; undefined if it is not even JSON, and an error if it asks for nothing known. */
export function parseRequest(line: string): Request | ErrorAnswer | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { request, limit = 1000 } = value as Record<string, unknown>;
  if (request === 'gc') return { request };
  if (request !== 'snapshot') return { error: 'request must be "snapshot" or "gc"' };
  if (!Number.isInteger(limit) || (limit as number) < 0 || (limit as number) > MOST_TASKS) {
    return { error: `limit must be an integer from 0 to ${MOST_TASKS}` };
  }
  return { request, limit: limit as number };
}

/** Describes this program. */
export function programInfo(): ProgramInfo {
  const { bun, deno, node } = process.versions;
  const runtime = bun === undefined ? (deno === undefined ? `node ${node}` : `deno ${deno}`) : `bun ${bun}`;
  return { pid: process.pid, thread: threadId, title: process.argv[1] ?? process.title, runtime };
}
