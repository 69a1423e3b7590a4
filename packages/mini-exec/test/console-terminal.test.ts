// The live console on a terminal that is not there: what is drawn, what keys do, how it ends.

import { PassThrough } from 'node:stream';
import { ClosedError, TimeoutError } from '@concurrency-lab/atomics';
import { describe, expect, it, vi } from 'vitest';
import { fc, test } from '../../../vitest.prop.ts';
import type { ConsoleClient, SnapshotAnswer } from '../src/console/index.ts';
import { COLUMNS, formatDuration, printable, sortTasks } from '../src/console/columns.ts';
import {
  FIRST_VIEW,
  plain,
  pressKey,
  renderDetails,
  renderHead,
  renderScreen,
  renderTable,
} from '../src/console/screen.ts';
import { renderRuntime } from '../src/console/runtimes.ts';
import { runTerminal } from '../src/console/terminal.ts';
import type { RuntimeSnapshot, TaskSnapshot } from '../src/tracing/index.ts';

function task(id: number, values: Partial<TaskSnapshot> = {}): TaskSnapshot {
  return {
    id,
    name: `task-${id}`,
    executor: 1,
    parent: undefined,
    location: `/app/src/main.js:${id}:1`,
    state: 'idle',
    outcome: undefined,
    age: id * 1000,
    polls: id,
    longestPoll: 1,
    busy: id,
    scheduled: 0,
    idle: 0,
    wakes: id,
    selfWakes: 0,
    wakers: 1,
    wakerTakes: id,
    warnings: [],
    ...values,
  };
}

const LOST = { kind: 'lost-waker', message: 'nothing can wake it' } as const;

function answer(tasks: TaskSnapshot[], omitted = 0): SnapshotAnswer {
  const totals = { spawned: tasks.length, live: tasks.length, value: 0, panicked: 1, cancelled: 0, collected: 0 };
  const program = { pid: 7, thread: 0, title: 'main.js', runtime: 'node 20' };
  return { program, snapshot: { time: 0, totals, tasks, omitted } };
}

describe('durations', () => {
  it.each([
    [0, '0µs'],
    [0.0421, '42µs'],
    [1, '1.0ms'],
    [99.94, '99.9ms'],
    [123.4, '123ms'],
    [1000, '1.0s'],
    [61_000, '1m01s'],
    [3_661_000, '1h01m'],
    [90_000_000, '1d01h'],
  ])('of %d ms are written as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  test.prop([fc.double({ min: 0, max: 8e11, noNaN: true })])('fit into a column', (milliseconds) => {
    expect(formatDuration(milliseconds).length).toBeLessThanOrEqual(8);
  });
});

describe('tasks', () => {
  test.prop([fc.constantFrom(...COLUMNS), fc.boolean(), fc.array(fc.tuple(fc.nat(5), fc.nat(5)))])(
    'are sorted by each column, and none is lost',
    (column, inverted, pairs) => {
      const tasks = pairs.map(([value, other], id) =>
        task(id, { name: `n${value}`, age: value, polls: other, warnings: value > 3 ? [LOST] : [] }),
      );
      const sorted = sortTasks(tasks, column, inverted);
      expect(new Set(sorted)).toEqual(new Set(tasks));
      const values = sorted.map((each) => column.value(each));
      const rising = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      const fromLeast = (typeof values[0] === 'string' || column.key === 'id') !== inverted;
      expect(values).toEqual(fromLeast ? rising : rising.toReversed());
    },
  );

  it('with warnings come first, to begin with', () => {
    const [, first] = renderTable(sortTasks([task(1), task(2, { warnings: [LOST] })], COLUMNS[0]!, false), FIRST_VIEW);
    expect(first).toMatch(/^lost-waker +2 {2}task-2 {2}idle/);
  });

  it('cannot send commands to the terminal', () => {
    const name = '\u001B[2J\u001B]0;title\u0007\n\u202E';
    const evil = task(1, { name, location: `${name}.js:1:1`, warnings: [{ ...LOST, message: name }] });
    const lines = [...renderTable([evil], FIRST_VIEW), ...renderDetails(evil), renderHead(answer([evil]))];
    expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(printable('plain äöü 任务')).toBe('plain äöü 任务');
  });
});

describe('the screen', () => {
  const sizes = fc.record({ rows: fc.integer({ min: 1, max: 60 }), columns: fc.integer({ min: 1, max: 200 }) });

  test.prop([sizes, fc.nat(50), fc.nat(60), fc.string()])(
    'never has more lines or columns than the terminal',
    (size, count, selected, name) => {
      const tasks = Array.from({ length: count }, (_, i) => task(i, { name, warnings: i % 7 === 0 ? [LOST] : [] }));
      const lines = renderScreen(answer(tasks), { ...FIRST_VIEW, selected }, size);
      expect(lines.length).toBeLessThanOrEqual(size.rows);
      for (const line of lines) expect(plain(line).length).toBeLessThanOrEqual(size.columns);
    },
  );

  it('keeps the selected task in sight, and shows its details', () => {
    const tasks = Array.from({ length: 50 }, (_, i) => task(i + 1));
    tasks[39] = task(40, { warnings: [LOST], parent: 3 });
    const view = { ...FIRST_VIEW, sort: 'id', selected: 39 };
    const lines = renderScreen(answer(tasks), view, { rows: 20, columns: 200 }).map(plain);
    expect(lines.filter((line) => /task-40 /.test(line)).length).toBe(1);
    expect(lines).toContain(
      'task 40 "task-40": spawned by task 3 at /app/src/main.js:40:1; took its waker in 40 of 40 polls',
    );
    expect(lines).toContain('  lost-waker: nothing can wake it');
  });

  it('counts what is living, what has ended, and what it does not show', () => {
    expect(renderHead(answer([task(1)], 5))).toBe('7 main.js (node 20): 1 living, 1 panicked, 5 not shown');
    const inThread = { ...answer([]), program: { ...answer([]).program, thread: 3 } };
    expect(renderHead(inThread)).toBe('7 thread 3 main.js (node 20): 0 living, 1 panicked');
  });
});

describe('keys', () => {
  it('move the selection within the list, and the sorting within the columns', () => {
    expect(pressKey(FIRST_VIEW, 'up', 3).selected).toBe(0);
    expect(pressKey(FIRST_VIEW, 'down', 3).selected).toBe(1);
    expect(pressKey({ ...FIRST_VIEW, selected: 2 }, 'down', 3).selected).toBe(2);
    expect(pressKey({ ...FIRST_VIEW, selected: 9 }, 'up', 3).selected).toBe(1);
    expect(pressKey(FIRST_VIEW, 'down', 0).selected).toBe(0);
    expect(pressKey(FIRST_VIEW, 'left', 3).sort).toBe('warnings');
    expect(pressKey(FIRST_VIEW, 'right', 3).sort).toBe('id');
    expect(pressKey({ ...FIRST_VIEW, sort: 'location' }, 'right', 3).sort).toBe('location');
  });

  it('switch what they name, and back', () => {
    for (const [key, field] of [
      ['i', 'inverted'],
      ['f', 'hidesFinished'],
      ['space', 'isPaused'],
    ] as const) {
      const pressed = pressKey(FIRST_VIEW, key, 1);
      expect(pressed).toEqual({ ...FIRST_VIEW, [field]: true });
      expect(pressKey(pressed, key, 1)).toEqual(FIRST_VIEW);
    }
    expect(pressKey(FIRST_VIEW, 'x', 1)).toBe(FIRST_VIEW);
  });
});

/** Is a client whose answers the test gives, and a terminal that keeps what is drawn. */
class Stage {
  readonly input = new PassThrough();
  readonly screens: string[] = [];
  readonly modes: boolean[] = [];
  readonly handlers = new Map<string, () => void>();
  asked = 0;
  collected = 0;
  canCollect = true;
  next: () => Promise<SnapshotAnswer> = async () => Promise.resolve(answer([task(1), task(2, { state: 'finished' })]));
  #close: (error: Error) => void = () => {};
  readonly #closed = new Promise<never>((_, reject) => (this.#close = reject));
  readonly output = {
    rows: 24,
    columns: 120,
    write: (text: string) => {
      this.screens.push(text);
      return true;
    },
    on: (event: string, handler: () => void) => void this.handlers.set(event, handler),
    off: (event: string) => void this.handlers.delete(event),
  };
  readonly client: ConsoleClient = {
    snapshot: async () => {
      this.asked++;
      return Promise.race([this.next(), this.#closed]);
    },
    collectGarbage: async () => {
      this.collected++;
      return Promise.resolve(this.canCollect);
    },
    close: () => this.#close(new ClosedError('the program closed the connection')),
    [Symbol.dispose]: () => {},
  };

  async run(interval = 1): Promise<string | undefined> {
    this.#closed.catch(() => {});
    const input = Object.assign(this.input, { setRawMode: (on: boolean) => void this.modes.push(on) });
    const terminal = { input, output: this.output } as never;
    return runTerminal(this.client, terminal, { interval, limit: 100, sort: 'warnings' });
  }

  get last(): string {
    return plain(this.screens.findLast((screen) => screen.includes('\u001B[H')) ?? '');
  }

  async shows(text: string): Promise<void> {
    await until(() => expect(this.last).toContain(text));
  }
}

/** Waits until nothing throws any more; a busy machine may take its time. */
async function until(check: () => unknown): Promise<void> {
  await vi.waitFor(check, { timeout: 60_000, interval: 5 });
}

describe('the live console', () => {
  it('draws until the user quits, and leaves the terminal as it was', async () => {
    const stage = new Stage();
    const ran = stage.run();
    await stage.shows('task-1');
    await until(() => expect(stage.asked).toBeGreaterThan(2));
    stage.input.write('q');
    expect(await ran).toBeUndefined();
    expect(stage.modes).toEqual([true, false]);
    expect(stage.screens[0]).toBe('\u001B[?1049h\u001B[?25l');
    expect(stage.screens.at(-1)).toBe('\u001B[?25h\u001B[?1049l');
    expect(stage.handlers.size).toBe(0);
    expect(stage.input.listenerCount('keypress')).toBe(0);
  });

  it('leaves at once on control-c, though the program does not answer', async () => {
    const stage = new Stage();
    stage.next = async () => new Promise(() => {});
    const ran = stage.run();
    await until(() => expect(stage.asked).toBe(1));
    stage.input.write('\u0003');
    expect(await ran).toBeUndefined();
    expect(stage.screens.at(-1)).toBe('\u001B[?25h\u001B[?1049l');
  });

  it('says when the program has ended', async () => {
    const stage = new Stage();
    const ran = stage.run();
    await stage.shows('task-1');
    stage.next = async () => Promise.reject(new ClosedError('the program closed the connection'));
    expect(await ran).toBe('the program closed the connection');
    expect(stage.modes.at(-1)).toBe(false);
  });

  it('says when the program does not answer, and goes on when it does again', async () => {
    const stage = new Stage();
    const ran = stage.run();
    await stage.shows('task-1');
    const { next } = stage;
    stage.next = async () => Promise.reject(new TimeoutError('the request', 1));
    await stage.shows('no answer: the thread is busy with one poll, or blocked');
    expect(stage.last).toContain('task-1'); // as it was
    stage.next = next;
    await stage.shows('q quit');
    stage.input.write('q');
    await ran;
  });

  it('passes other errors on, and gives the terminal back', async () => {
    const stage = new Stage();
    stage.next = async () => Promise.reject(new SyntaxError('no JSON'));
    await expect(stage.run()).rejects.toThrow('no JSON');
    expect(stage.modes).toEqual([true, false]);
    expect(stage.screens.at(-1)).toBe('\u001B[?25h\u001B[?1049l');
  });

  it('does what keys say', async () => {
    const stage = new Stage();
    const ran = stage.run();
    await stage.shows('task-2');
    stage.input.write('f');
    await until(() => expect(stage.last).not.toContain('task-2'));
    stage.input.write('\u001B[C'); // right
    await stage.shows('id▾');
    stage.input.write('i');
    await stage.shows('id▴');
    stage.input.write('g');
    await until(() => expect(stage.collected).toBe(1));
    stage.canCollect = false;
    stage.input.write('g');
    await stage.shows('this runtime cannot collect garbage on demand');
    stage.input.write(' ');
    await until(async () => {
      const { asked } = stage;
      await new Promise((resolve) => setTimeout(resolve, 10));
      expect(stage.asked).toBe(asked);
    });
    stage.input.write('q');
    await ran;
  });

  it('draws anew when the terminal changes its size', async () => {
    const stage = new Stage();
    const ran = stage.run(60_000);
    await stage.shows('task-1');
    const drawn = stage.screens.length;
    Object.assign(stage.output, { columns: 20 });
    stage.handlers.get('resize')!();
    expect(stage.screens.length).toBe(drawn + 1);
    for (const line of stage.last.split('\r\n')) expect(line.length).toBeLessThanOrEqual(20);
    stage.input.write('q');
    await ran;
  });
});

describe('runtimes', () => {
  const worker = { state: 'parked', polls: 7, steals: 1, parks: 3, overflows: 0, queueDepth: 2, liveTasks: 4 };
  const runtime: RuntimeSnapshot = {
    name: 'main\x1b[2J',
    workers: [
      { ...worker, busyTime: 1500 },
      { ...worker, state: 'running', busyTime: 0.5 },
    ],
    blocking: { threads: 2, idleThreads: 1, queueDepth: 5 },
    injectionQueueDepth: 6,
    waitingTasks: 8,
    states: { running: 1, queued: 9 },
    tasks: [
      { id: 12, name: 'parse', state: 'running', worker: '2', age: 2000 },
      { id: 3, name: 'compress', state: 'queued', worker: undefined, age: 10 },
    ],
    omitted: 8,
  };

  it('are shown with their workers and tasks', () => {
    expect(renderRuntime(runtime, 1)).toEqual([
      'runtime main\u{fffd}[2J: 2 workers, 2 blocking threads (1 idle, 5 tasks queued), 6 in the queue of all, ' +
        '8 without room, tasks: 1 running, 9 queued',
      '  worker    state   busy  polls  steals  parks  queue  live  overflows',
      '  1        parked   1.5s      7       1      3      2     4          0',
      '  2       running  500µs      7       1      3      2     4          0',
      '  task   id    state  worker   age',
      '  parse  12  running       2  2.0s',
      '  9 tasks not shown',
    ]);
  });

  it('stand above the tasks of the thread, and leave room for those', () => {
    const lines = renderScreen({ ...answer([task(1)]), runtimes: [runtime] }, FIRST_VIEW, { rows: 12, columns: 60 });
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(plain(lines[1]!)).toMatch(/^runtime main.*…$/);
    expect(lines.map((line) => plain(line)).join('\n')).toContain('task-1');
  });
});
