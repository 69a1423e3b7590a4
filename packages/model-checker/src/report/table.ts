// A failing execution for people: a column for each thread, a row for each step with the
// values it saw and the line it stands on, and what the failure means.

import type { Body, Found } from '../engine/explore.ts';
import type { Failure } from '../engine/failure.ts';
import { encodeSchedule, replay, type Replayed } from '../engine/replay.ts';
import { siteOf } from '../runtime/sites.ts';

const LARGEST_COLUMN = 60;

/** Formats a failure with the trace of the execution that shows it. */
export function formatFailure(body: Body, found: Found): string {
  const replayed = replay(body, found.schedule);
  const failure = replayed.failure ?? found.failure;
  return [
    `${failure.kind}: ${failure.message}`,
    '',
    ...tableOf(replayed),
    '',
    ...explanation(failure, replayed),
    `  replay: ${encodeSchedule(found.schedule)}`,
  ].join('\n');
}

function place(site: number): string {
  const found = siteOf(site);
  return found === undefined ? '' : `${found.file.split('/').at(-1)}:${found.line}`;
}

function tableOf({ trace, threadNames }: Replayed): string[] {
  const columns = threadNames.flatMap((name, thread) =>
    trace.some((step) => step.thread === thread) ? [{ name, thread }] : [],
  );
  const cells = trace.map((step) => ({ ...step, at: place(step.site) }));
  const widths = columns.map(({ name, thread }) =>
    Math.max(name.length, ...cells.filter((cell) => cell.thread === thread).map(({ text, at }) => text.length + at.length + 2)),
  );
  const row = (number: string, texts: readonly string[]): string =>
    `${number.padStart(4)}  ${texts.map((text, i) => text.padEnd(widths[i]!)).join(' | ')}`.trimEnd();
  return [
    row('#', columns.map(({ name }) => name)),
    ...cells.map(({ thread, text, at }, i) =>
      row(
        String(i + 1),
        columns.map((column, c) => (column.thread === thread ? text.padEnd(widths[c]! - at.length) + at : '')),
      ),
    ),
  ];
}

function explanation(failure: Failure, { threadNames }: Replayed): string[] {
  const lines: string[] = [];
  const line = (thread: number, site: number): void => {
    const found = siteOf(site);
    if (found === undefined) return;
    lines.push(`  ${threadNames[thread] ?? 'main'} at ${found.file}:${found.line}`, `      ${found.text.slice(0, LARGEST_COLUMN * 2)}`);
  };
  if (failure.thread >= 0) line(failure.thread, failure.site);
  if (failure.other !== undefined) {
    line(failure.other.thread, failure.other.site);
    lines.push('  Nothing orders the two: no atomic read of an atomic write, no wake-up, no spawn or join.');
  }
  if (lines.length > 0) lines.push('');
  return lines;
}
