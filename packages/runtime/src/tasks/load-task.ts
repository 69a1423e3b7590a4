// How a worker comes to the function of a task: it is defined here already, or the worker's entry
// was given it (a bundled worker), or its module is imported.

import { describe, InvalidArgumentError } from '@concurrency-lab/atomics';
import { mappedUrl, pieceTask } from '../parallel/map-piece.ts';
import { UnknownTaskError } from './errors.ts';
import { definedTask, isTask, type Task } from './task.ts';

/** Is what `import * as module` gives. */
export type TaskModule = Readonly<Record<string, unknown>>;

/** The tasks that this worker's entry was given, by name; none where it imports them. */
let served: Map<string, Task> | undefined;

/**
 * Gives this thread the modules whose tasks it runs. It imports no others then: for bundled
 * workers, in which the URL of a module elsewhere means nothing.
 *
 * @throws {InvalidArgumentError} where two different tasks have one name, or a module has none
 */
export function serveTasks(modules: readonly TaskModule[]): void {
  const tasks = served ?? new Map<string, Task>();
  for (const module of modules) {
    const found = Object.values(module).filter((value) => isTask(value));
    if (found.length === 0) {
      throw new InvalidArgumentError(
        `a module given to serve() exports no task, but ${listed(Object.keys(module))}; ` +
          `give it the namespace: import * as tasks from './tasks.js'`,
      );
    }
    for (const task of found) {
      const other = tasks.get(task.taskName);
      if (other !== undefined && other !== task) {
        throw new InvalidArgumentError(`two tasks given to serve() are called ${describe(task.taskName)}; rename one`);
      }
      tasks.set(task.taskName, task);
    }
  }
  served = tasks;
}

/** Gives the task if this thread has it already. */
export function knownTask(url: string, name: string): Task | undefined {
  const mapped = mappedUrl(url);
  if (mapped === undefined) return definedTask(url, name) ?? served?.get(name);
  const task = knownTask(mapped, name);
  return task && pieceTask(task);
}

/**
 * Finds a task by its module and name; imports the module where it has to.
 *
 * @throws {UnknownTaskError} where the module cannot be loaded, or defines no such task
 */
export async function loadTask(url: string, name: string): Promise<Task> {
  const known = knownTask(url, name);
  if (known !== undefined) return known;
  const mapped = mappedUrl(url);
  if (mapped !== undefined) return pieceTask(await loadTask(mapped, name));
  if (served !== undefined) {
    throw new UnknownTaskError(
      `this worker serves ${listed([...served.keys()])}, and no task ${describe(name)}: ` +
        'give the module that defines it to serve() in the entry of the worker',
    );
  }
  const module = await load(url, name);
  const exported = module[name];
  const task = definedTask(url, name) ?? (isTask(exported) ? exported : undefined);
  if (task !== undefined) return task;
  const others = Object.values(module).flatMap((value) => (isTask(value) ? [value.taskName] : []));
  throw new UnknownTaskError(`${url} exports the tasks ${listed(others)}, and none that is called ${describe(name)}`);
}

async function load(url: string, name: string): Promise<TaskModule> {
  try {
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ url)) as TaskModule;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UnknownTaskError(`the module ${url} of the task ${describe(name)} could not be loaded: ${why}`, {
      cause,
    });
  }
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.map((name) => JSON.stringify(name)).join(', ');
}
