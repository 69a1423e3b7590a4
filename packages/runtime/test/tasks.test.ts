// Tasks by name: how they are defined, and how a thread that has only URL and name finds them.

import { InvalidArgumentError } from '@concurrency-lab/atomics';
import { describe, expect, it } from 'vitest';
import { NestedRuntimeError, TaskTableFullError, UnknownTaskError } from '../src/tasks/errors.ts';
import { loadTask, serveTasks } from '../src/tasks/load-task.ts';
import { TaskTable } from '../src/tasks/task-table.ts';
import { isTask, task } from '../src/tasks/task.ts';
import { markRuntimeWorker, isRuntimeWorker, requireNoRuntimeWorker } from '../src/tasks/thread-role.ts';
import * as arithmetic from './modules/arithmetic.ts';

const nothing = (): number => 1;

let modules = 0;
/** Makes what `import.meta` is to a module of its own. */
function someMeta(): { url: string } {
  return { url: `file:///some/module-${++modules}.js` };
}

describe('a task', () => {
  it('is the function, called here, and knows where it is defined', () => {
    const { add } = arithmetic;
    expect(add(2, 40)).toBe(42);
    expect([add.taskName, add.name, add.kind]).toEqual(['add', 'add', 'sync']);
    expect(add.url).toBe(new URL('modules/arithmetic.ts', import.meta.url).href);
    expect(isTask(add)).toBe(true);
    expect([isTask(add.body), isTask({}), isTask(undefined)]).toEqual([false, false, false]);
  });

  it('tells sync, async and coroutine apart', async () => {
    expect([arithmetic.add.kind, arithmetic.later.kind, arithmetic.stepwise.kind]).toEqual([
      'sync',
      'async',
      'coroutine',
    ]);
    await expect(arithmetic.later(1)).resolves.toBe(2);
    expect(arithmetic.stepwise(1).next()).toEqual({ done: true, value: 2 });
  });

  it.each([
    [undefined, 'name', nothing, 'must be import.meta, with the module'],
    [{}, 'name', nothing, 'not an object of class Object'],
    [{ url: 'a:b' }, '', nothing, 'a task\'s name must be a string of 1 to 256 units on one line, not ""'],
    [{ url: 'a:b' }, 'x'.repeat(257), nothing, 'must be a string of 1 to 256 units'],
    [{ url: 'a:b' }, 'two\nlines', nothing, 'on one line'],
    [{ url: 'a:b' }, 7, nothing, 'not 7'],
    [{ url: 'a:b' }, 'name', 'code', 'the task "name" must be a function, not "code"'],
    [{ url: 'a:b' }, 'name', async function* () {}, 'the task "name" is an async generator'],
  ])('is refused as task(%o, %o, %o)', (meta, name, fn, message) => {
    const define = (): unknown => task(meta as never, name as never, fn as never);
    expect(define).toThrow(InvalidArgumentError);
    expect(define).toThrow(message);
  });

  it('has its name alone in its module, which may be evaluated again', () => {
    const meta = someMeta();
    task(meta, 'twice', () => 1);
    expect(() => task(meta, 'twice', () => 2)).toThrow('this module defines the task "twice" twice');
    const again = task({ url: meta.url }, 'twice', () => 3); // as a module that was replaced while the program runs
    expect(again()).toBe(3);
  });
});

describe('a thread that has URL and name', () => {
  it('finds what it has defined', async () => {
    const meta = someMeta();
    const here = task(meta, 'here', () => 1);
    await expect(loadTask(meta.url, 'here')).resolves.toBe(here);
  });

  it('imports the module otherwise', async () => {
    const { href } = new URL('modules/imported.ts', import.meta.url);
    const found = await loadTask(href, 'imported');
    expect((found as unknown as () => string)()).toBe('imported');
  });

  it('says what the module has where the name is not there', async () => {
    const wrong = loadTask(arithmetic.add.url, 'substract');
    await expect(wrong).rejects.toThrow(
      `${arithmetic.add.url} exports the tasks "add", "later", "stepwise", and none that is called "substract"`,
    );
    await expect(wrong).rejects.toBeInstanceOf(UnknownTaskError);
  });

  it('says why the module cannot be loaded', async () => {
    const missing = loadTask(new URL('modules/missing.ts', import.meta.url).href, 'task');
    await expect(missing).rejects.toThrow(
      /the module \S+\/modules\/missing\.[jt]s of the task "task" could not be loaded: /,
    );
    const failing = loadTask(new URL('modules/failing.ts', import.meta.url).href, 'task');
    await expect(failing).rejects.toThrow('could not be loaded: this module fails');
    await expect(failing).rejects.toMatchObject({ code: 'ERR_UNKNOWN_TASK', cause: new Error('this module fails') });
  });
});

describe('a table of tasks', () => {
  it('numbers tasks for all threads', async () => {
    const table = TaskTable.create();
    const there = TaskTable.from(structuredClone(table.handle));
    const tasks = [arithmetic.add, arithmetic.later, task(someMeta(), 'größe/ß', () => 1)];
    const numbers = tasks.map((one) => table.numberOf(one));
    expect(new Set(numbers).size).toBe(3);
    expect(tasks.map((one) => table.numberOf(one))).toEqual(numbers);
    expect(tasks.map((one) => there.numberOf(one))).toEqual(numbers);
    const third = TaskTable.from(table.handle);
    expect(numbers.map((number) => third.find(number))).toEqual(tasks);
    await expect(third.load(numbers[1]!)).resolves.toBe(tasks[1]);
  });

  it('knows a task that it has loaded by its number', async () => {
    const { href } = new URL('modules/loaded.ts', import.meta.url);
    const table = TaskTable.create();
    const number = table.numberOf(task({ url: href }, 'elsewhere', () => 0));
    const other = table.numberOf(namedAs(href, 'loaded'));
    expect(table.find(number)).toBeDefined();
    expect(table.find(other)).toBeUndefined();
    const loaded = await table.load(other);
    expect(loaded.taskName).toBe('loaded');
    expect(table.find(other)).toBe(loaded);
    expect(table.numberOf(loaded)).toBe(other);
  });

  it('says when it is full, and works on', () => {
    const table = TaskTable.create(128);
    const first = task(someMeta(), 'first', () => 1);
    const number = table.numberOf(first);
    const second = task(someMeta(), 'x'.repeat(60), () => 1);
    expect(() => table.numberOf(second)).toThrow(TaskTableFullError);
    expect(TaskTable.from(table.handle).numberOf(first)).toBe(number);
  });

  it('refuses what is no task', () => {
    expect(() => TaskTable.create().numberOf(() => 1)).toThrow(
      "only a task can be spawned on another thread, not the function (anonymous): define it with task(import.meta, 'name', fn)",
    );
  });
});

/** Makes what another copy of the package would take for a task of that module; this thread has not loaded it. */
function namedAs(url: string, name: string): object {
  return Object.assign(() => {}, { url, taskName: name, [Symbol.for('@concurrency-lab/runtime.task')]: true });
}

describe('a worker that was given its tasks', () => {
  it('finds them by name, whatever the URL, and imports nothing', async () => {
    expect(() => serveTasks([{ helper() {} }])).toThrow('exports no task, but "helper"');
    serveTasks([arithmetic]);
    serveTasks([{ add: arithmetic.add }]);
    await expect(loadTask('https://example.org/assets/other-bundle.js', 'add')).resolves.toBe(arithmetic.add);
    const unknown = loadTask('https://example.org/assets/other-bundle.js', 'blur');
    await expect(unknown).rejects.toThrow('this worker serves "add", "later", "stepwise", and no task "blur"');
    await expect(unknown).rejects.toBeInstanceOf(UnknownTaskError);
    const namesake = task(someMeta(), 'add', () => 0);
    expect(() => serveTasks([{ namesake }])).toThrow('two tasks given to serve() are called "add"; rename one');
  });
});

describe('a worker', () => {
  it('may not build a runtime of its own', () => {
    expect(isRuntimeWorker()).toBe(false);
    expect(requireNoRuntimeWorker).not.toThrow();
    markRuntimeWorker();
    expect(isRuntimeWorker()).toBe(true);
    expect(requireNoRuntimeWorker).toThrow(NestedRuntimeError);
    expect(requireNoRuntimeWorker).toThrow('build the runtime in another module');
  });
});
