// The live console: asks the program again and again, draws, and takes keys, until the user
// leaves or the program ends. It uses the terminal's other screen, so that what was there
// before comes back.

import { ClosedError, TimeoutError } from '@concurrency-lab/atomics';
import { emitKeypressEvents } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import type { ConsoleClient } from './client.ts';
import type { SnapshotAnswer } from './protocol.ts';
import { FIRST_VIEW, pressKey, renderScreen, type View, visibleTasks } from './screen.ts';

const ENTER = '\u001B[?1049h\u001B[?25l';
const LEAVE = '\u001B[?25h\u001B[?1049l';
const HOME = '\u001B[H';
const END_OF_LINE = '\u001B[K';
const BELOW = '\u001B[J';

/** Is the part of a terminal that is used. */
export interface Terminal {
  readonly input: Pick<ReadStream, 'on' | 'off' | 'pause' | 'resume'> & Partial<Pick<ReadStream, 'setRawMode'>>;
  readonly output: Pick<WriteStream, 'write' | 'on' | 'off'> & { readonly rows?: number; readonly columns?: number };
}

interface Key {
  readonly name?: string;
  readonly ctrl?: boolean;
}

/** Shows the tasks until the user quits (returns nothing) or the program ends (returns a message). */
export async function runTerminal(
  client: ConsoleClient,
  { input, output }: Terminal,
  { interval, limit, sort }: { readonly interval: number; readonly limit: number; readonly sort: string },
): Promise<string | undefined> {
  let view: View = { ...FIRST_VIEW, sort };
  let answer: SnapshotAnswer | undefined;
  let notice = '';
  let hint = '';
  let wantsGc = false;
  const left = new AbortController();
  const draw = (): void => {
    const { rows = 24, columns = 80 } = output;
    const lines = answer === undefined ? [notice] : renderScreen(answer, view, { rows, columns }, notice);
    output.write(HOME + lines.map((line) => line + END_OF_LINE).join('\r\n') + BELOW);
  };
  const onKey = (character: string | undefined, key: Key): void => {
    if (key.name === 'q' || (key.ctrl === true && key.name === 'c')) {
      left.abort();
      client.close(); // whatever it waits for
      return;
    }
    if (key.name === 'g') wantsGc = true;
    view = pressKey(view, key.name ?? character ?? '', answer === undefined ? 0 : visibleTasks(answer, view).length);
    draw();
  };
  emitKeypressEvents(input as ReadStream);
  input.setRawMode?.(true);
  input.on('keypress', onKey);
  input.resume();
  output.on('resize', draw);
  output.write(ENTER);
  try {
    while (!left.signal.aborted) {
      try {
        if (wantsGc) {
          wantsGc = false;
          notice = 'collecting garbage…';
          draw();
          if (!(await client.collectGarbage())) hint = 'this runtime cannot collect garbage on demand';
        }
        if (view.isPaused) notice = hint;
        else {
          answer = await client.snapshot(limit);
          notice = hint;
        }
      } catch (error) {
        if (left.signal.aborted) return undefined;
        if (error instanceof ClosedError) return error.message;
        if (!(error instanceof TimeoutError)) throw error;
        notice = 'no answer: the thread is busy with one poll, or blocked';
      }
      if (!left.signal.aborted) draw();
      await pause(interval, left.signal);
    }
    return undefined;
  } finally {
    output.off('resize', draw);
    input.off('keypress', onKey);
    input.setRawMode?.(false);
    input.pause();
    output.write(LEAVE);
  }
}

/** Waits for a time, or until the signal is aborted. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, signal.aborted ? 0 : milliseconds);
    signal.addEventListener('abort', end);
  });
}
