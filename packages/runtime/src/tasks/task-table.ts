// The names of the tasks of one runtime, in shared memory, so that a task's number in a slot says
// to every thread which module and name are meant. Names are added, never removed.
//
// The table is a row of entries of different length, one after the other:
//
//   word 0   0 nobody's | −n claimed, n words | +n written, n words
//   word 1   bytes of the text
//   word 2…  the text: URL, a line feed, name
//
// Who adds a name walks from the beginning, in case it is there, and claims the first place that
// is nobody's, length and all, in one step. A thread that dies before it has written leaves an
// entry that others step over. Two threads that add one name at a time may both succeed: two
// numbers for one task do no harm.

import { defineLayout, defineStructure, type Handle, HEADER_FIELDS, type Region } from '@concurrency-lab/atomics';
import { TaskTableFullError } from './errors.ts';
import { knownTask, loadTask } from './load-task.ts';
import { requireTask, type Task } from './task.ts';

const BYTES = 1 << 20;
const LAYOUT = defineLayout({ ...HEADER_FIELDS });
const FIRST = LAYOUT.byteLength >> 2;
const TABLE = defineStructure({ kind: 'task-table', version: 1, ...LAYOUT });

/** Names a table of tasks to another thread. */
export type TaskTableHandle = Handle<'task-table'>;

/** Numbers tasks for all threads of a runtime; each thread opens it once. */
export class TaskTable {
  readonly handle: TaskTableHandle;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #bytes: Uint8Array<SharedArrayBuffer>;
  readonly #numbers = new Map<unknown, number>();
  /** The tasks that this thread has, by their numbers. */
  readonly #tasks = new Map<number, Task>();

  private constructor({ handle, words, buffer, byteOffset, byteLength }: Region<'task-table'>) {
    this.handle = handle;
    this.#words = words;
    this.#bytes = new Uint8Array(buffer, byteOffset, byteLength);
  }

  /** Creates a table with room for some thousands of names; memory is used as they come. */
  static create(byteLength: number = BYTES): TaskTable {
    return new TaskTable(TABLE.create(byteLength));
  }

  /** Opens the table that a handle names. */
  static from(handle: TaskTableHandle): TaskTable {
    return new TaskTable(TABLE.from(handle));
  }

  /**
   * Gives the number of a task, to be published to other threads by whoever publishes the slot.
   *
   * @throws {TaskTableFullError} where the table has no room for another name
   * @throws {InvalidArgumentError} on anything but a task
   */
  numberOf(task: unknown): number {
    const known = this.#numbers.get(task);
    if (known !== undefined) return known;
    const { url, taskName } = requireTask(task);
    const number = this.#add(new TextEncoder().encode(`${url}\n${taskName}`));
    this.#numbers.set(task, number);
    return number;
  }

  /** Gives the task of a number that was published to this thread, if the thread has it already. */
  find(number: number): Task | undefined {
    const known = this.#tasks.get(number);
    if (known !== undefined) return known;
    const [url, name] = this.#read(number);
    return this.#remember(number, knownTask(url, name));
  }

  /**
   * Finds the task of a number, importing its module where the thread does not have it.
   *
   * @throws {UnknownTaskError} where the module cannot be loaded, or defines no such task
   */
  async load(number: number): Promise<Task> {
    const [url, name] = this.#read(number);
    return this.#remember(number, await loadTask(url, name));
  }

  /** Gives the name of the task of a number. */
  nameOf(number: number): string {
    return this.#read(number)[1];
  }

  #remember<T extends Task | undefined>(number: number, task: T): T {
    if (task !== undefined) {
      this.#tasks.set(number, task);
      this.#numbers.set(task, number);
    }
    return task;
  }

  #add(text: Uint8Array): number {
    const words = this.#words;
    const size = 2 + Math.ceil(text.length / 4);
    let at = FIRST;
    while (at + size <= words.length) {
      // ORDERING(N1): observes the text (N3) of an entry that is written, or the length of one that is claimed.
      const seen = Atomics.load(words, at);
      if (seen > 0 && this.#holds(at, text)) return at;
      // ORDERING(N2): admits one to the place; its length is there for others to step over before the text is.
      if (seen === 0 && Atomics.compareExchange(words, at, 0, -size) === 0) {
        words[at + 1] = text.length; // N3: plain, within the claim; published by N4.
        this.#bytes.set(text, (at + 2) << 2); // ORDERING(N3): plain, published by N4.
        // ORDERING(N4): publishes N3 to N1, for those who look for the name; to those who are given the
        // number, whoever published that publishes N3.
        Atomics.store(words, at, size);
        return at;
      }
      if (seen !== 0) at += Math.abs(seen);
    }
    throw new TaskTableFullError(words.length << 2);
  }

  #holds(at: number, text: Uint8Array): boolean {
    if (this.#words[at + 1] !== text.length) return false; // N3: plain, after N1.
    const from = (at + 2) << 2;
    for (let i = 0; i < text.length; i++) if (this.#bytes[from + i] !== text[i]) return false; // N3
    return true;
  }

  #read(at: number): [url: string, name: string] {
    const from = (at + 2) << 2;
    const length = this.#words[at + 1]!; // N3: plain, ordered by the publication of the number.
    const text = new TextDecoder().decode(this.#bytes.slice(from, from + length)); // N3
    const end = text.lastIndexOf('\n');
    return [text.slice(0, end), text.slice(end + 1)];
  }
}
