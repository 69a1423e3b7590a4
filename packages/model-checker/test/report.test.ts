import {
  explore,
  formatHtml,
  InvalidModelError,
  type ModelFailure,
  replay,
  trace,
} from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import { livelock, lostUpdate, lostWakeUp } from './subjects/certify-models.ts';
import {
  atomicRace,
  handOver,
  markup,
  onlyNotify,
  plainRace,
  reasons,
  sevenThreads,
  threeThreads,
} from './subjects/certify-report.ts';

function failureOf(model: () => void): ModelFailure {
  const { failure } = explore(model);
  expect(failure).toBeDefined();
  return failure!;
}

/** The rows of a table without its places: `> 4 | sender | text`. */
function rowsOf(report: string): string[] {
  const lines = report.split('\n');
  const head = lines.findIndex((line) => line.trimStart().startsWith('#'));
  return lines.slice(head, lines.indexOf('', head)).map((line) => line.trim().replace(/\s+/g, ' '));
}

describe('the table', () => {
  it('shows a lost wake-up in the words of the code', () => {
    const { report, schedule } = failureOf(lostWakeUp);
    expect(schedule).toBe('1.2x2.1');
    expect(report).toBe(
      [
        'lost-wake-up: receiver sleeps, and the wake-up that it waits for came before it slept',
        '',
        '    #  sender                                     | receiver',
        '    1  value = 42 (plain)    certify-channel.ts:8 |',
        '    2  notify state: woke 0  certify-channel.ts:9 |',
        '    3  (preempted)                                | state => 0               certify-channel.ts:15',
        '  > 4                                             | wait state == 0: sleeps  certify-channel.ts:15',
        '    5  cas state 0->1: ok   certify-channel.ts:10 | (sleeps)',
        '',
        '  receiver sleeps in Atomics.wait(state) at test/subjects/certify-channel.ts:15: nobody is left to notify it',
        '      while (Atomics.load(words, 0) === EMPTY) Atomics.wait(words, 0, EMPTY);',
        '  main waits for receiver to end',
        '',
        '  replay: 1.2x2.1',
      ].join('\n'),
    );
  });

  it('marks both accesses of a data race, the one that fails included', () => {
    const { report } = failureOf(plainRace);
    expect(rowsOf(report)).toEqual([
      '# writer | other',
      expect.stringMatching(/^> 1 value = 42 \(plain\) \S+:16 \|$/),
      expect.stringMatching(/^2 \| ready => 0/),
      expect.stringMatching(/^> 3 \| value = 7 \(plain\)/),
    ]);
    expect(report).toMatch(/writer at test\/subjects\/certify-report\.ts:16\n\s+shared\[1\] = 42;/);
    expect(report).toMatch(/other at test\/subjects\/certify-report\.ts:23\n/);
  });

  it('shows the atomic operation that races', () => {
    expect(rowsOf(failureOf(atomicRace).report)).toEqual([
      '# T1 | T2',
      expect.stringMatching(/^> 1 count = 5 \(plain\)/),
      expect.stringMatching(/^2 \| add other 2: was 0/),
      expect.stringMatching(/^> 3 \| add count 2: was 5/),
    ]);
  });

  it('shows spins of a livelock, and what they wait for', () => {
    const { report } = failureOf(livelock);
    expect(rowsOf(report)).toContainEqual(
      expect.stringMatching(/^> \d \| spins while second is 0|^> \d spins while first is 0/),
    );
    expect(report).toMatch(/T1 spins at \S+certify-models\.ts:37: first is 0, which nobody is left to change/);
    expect(report).toMatch(/T2 spins at \S+certify-models\.ts:37: second is 0/);
    expect(report).toContain("replay: '' (no choices)");
  });

  it('shows what threw, and which write a late read saw', () => {
    const { report } = failureOf(lostUpdate);
    const rows = rowsOf(report);
    expect(rows.at(-1)).toMatch(/^> 6 throws Error/);
    expect(rows.at(-2)).toMatch(/^5 count => 1 .*\(ended\)/);
    expect(report.split('\n')[0]).toBe('error: Error: count is 1; the threads saw 0 and 0');
    expect(trace(handOver, '1x2.2x2')).toContain('value => 42 (plain) (of 1)');
  });

  it('gives the reason of every switch', () => {
    const given = (report: string): (string | undefined)[] =>
      [...report.matchAll(/\((preempted|sleeps|spins|ended|waits for \w+)\)/g)].map(([, reason]) => reason);
    expect(given(trace(reasons))).toEqual(['waits for spinner', 'spins', 'ended', 'ended']);
    expect(given(trace(handOver, '1x2.2x2'))).toEqual(['sleeps', 'ended']);
    expect(given(trace(onlyNotify))).toEqual(['sleeps']);
    expect(given(failureOf(lostUpdate).report)).toEqual(['preempted', 'ended', 'ended']);
  });

  it.each([
    [threeThreads, / \| cas …fAVeryLongField 1->2: ok +:\d+ \|$/m],
    [
      sevenThreads,
      /^ +3  worker number 2  cas theNameOfAVeryLongField 1->2: ok  certify-report\.ts:\d+  \(worker number 1 ended\)$/m,
    ],
  ])('fits 120 columns', (model, row) => {
    const report = trace(model);
    expect(Math.max(...report.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(120);
    expect(report).toMatch(row);
  });
});

describe('the trace', () => {
  it('knows what happens before what', () => {
    const shown = replay(handOver, '1x2.2x2').trace;
    const named = shown.edges.map(({ from, to, kind }) => [kind, shown.rows[from]!.text, shown.rows[to]!.text]);
    expect(named).toContainEqual(['spawns', 'spawns receiver', 'ready => 0']);
    expect(named).toContainEqual(['spawns', 'spawns sender', 'value = 42 (plain)']);
    expect(named).toContainEqual(['wakes', 'notify ready: woke 1', 'wakes up']);
    expect(named).toContainEqual(['reads-from', 'ready = 1', 'ready => 1']);
    expect(named).toContainEqual(['joins', 'notify ready: woke 1', 'joins sender']);
    // The plain read of a plain write orders nothing.
    expect(named.filter(([kind]) => kind === 'reads-from')).toHaveLength(1);
  });
});

/** The elements of a page by tag, after checking that each is closed where it must be. */
function elementsOf(html: string): Map<string, number> {
  const open: string[] = [];
  const counts = new Map<string, number>();
  const body = html.replace('<!doctype html>', '').replace(/<style>[^<]*<\/style>/, '');
  expect(body.replace(/<\/?[a-z][a-z0-9]*(?: [a-zA-Z-]+="[^"<>]*")*\/?>/g, '')).not.toMatch(/[<>]/);
  for (const [tag, slash, name, self] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
    if (slash === '/') expect(open.pop(), tag).toBe(name);
    else {
      counts.set(name!, (counts.get(name!) ?? 0) + 1);
      if (self !== '/' && name !== 'meta') open.push(name!);
    }
  }
  expect(open).toEqual([]);
  return counts;
}

describe('the page', () => {
  it('is well-formed, and has a lane for each thread, a row for each step and an arrow for each edge', () => {
    const { html, trace: shown } = replay(handOver, '1x2.2x2');
    const counts = elementsOf(html);
    expect(html.match(/class="lane"/g)).toHaveLength(3);
    expect(counts.get('h2')).toBe(3);
    expect(counts.get('li')).toBe(shown.rows.length);
    expect(html.match(/class="arrow/g)).toHaveLength(shown.edges.length);
    expect(html).toMatch(/class="arrow wakes" marker-end="url\(#wakes\)" d="M[\d. ]+C/);
    expect(html).toContain('class="plain"');
    expect(html).toContain('<code>1x2.2x2.1</code>');
  });

  it('needs nothing from elsewhere, and follows the reader’s light or dark', () => {
    const { html } = replay(lostWakeUp, '1.2x2.1');
    expect(html).not.toMatch(/https?:|src=|href=|@import|<script/);
    expect(html).toContain('prefers-color-scheme:dark');
  });

  it('marks what fails, and tells where the threads stand', () => {
    const { failure } = explore(lostWakeUp);
    const html = formatHtml(failure!, explore(lostWakeUp));
    elementsOf(html);
    expect(html.match(/<li class="[^"]*failing/g)).toHaveLength(1);
    expect(html).toMatch(/<li class="step failing"[^>]*>.*wait state == 0: sleeps/);
    expect(html).toMatch(/<b>receiver<\/b> sleeps in Atomics\.wait\(state\)/);
    expect(html).toContain('found by the search with few preemptions');
    expect(html).toContain('Atomics.wait(words, 0, EMPTY)');
  });

  it('marks spins, and both accesses of a race', () => {
    expect(formatHtml(failureOf(livelock))).toMatch(/<li class="spin failing"/);
    expect(formatHtml(failureOf(plainRace)).match(/<li class="plain failing"/g)).toHaveLength(2);
  });

  it('escapes what models say', () => {
    const html = formatHtml(failureOf(markup));
    elementsOf(html);
    expect(html).not.toContain('<script');
    expect(html).toContain('&#60;script&#62;alert(&#34;1 &#38; 2&#34;)');
  });

  it('is the same for a failure and for its trace', () => {
    const failure = failureOf(plainRace);
    expect(formatHtml(failure)).toBe(formatHtml(failure.trace));
  });
});

describe('replay', () => {
  it.each([lostWakeUp, lostUpdate, livelock, plainRace, atomicRace, markup])(
    'runs the execution of a report again',
    (model) => {
      const failure = failureOf(model);
      const again = replay(model, failure.schedule);
      expect(again.failure?.kind).toBe(failure.kind);
      expect(again.failure?.message).toBe(failure.message);
      expect(rowsOf(again.report)).toEqual(rowsOf(failure.report));
      // The string of a replay is complete: it replays too.
      expect(replay(model, again.trace.schedule).report).toBe(again.report);
    },
  );

  it('gives what was thrown', () => {
    expect(replay(markup, '').failure?.error).toBeInstanceOf(RangeError);
  });

  it('shows an execution that passes', () => {
    expect(replay(handOver, '').failure).toBeUndefined();
    expect(trace(handOver)).toMatch(/^an execution that does not fail\n/);
    expect(trace(handOver)).toMatch(/replay: 1\S+$/);
  });

  it.each([
    ['1.2.x', /"1\.2\.x" is no schedule/],
    ['1x99999999999', /"1x99999999999" is no schedule/],
    ['hello', /"hello" is no schedule/],
    ['7.7', /"7\.7" does not fit this model: its choice 1 is thread 7/],
    ['1x400', /"1x400" does not fit this model: its choice \d+ is receiver/],
    ['1x2.2x2.1x2.0', /does not fit this model/],
  ])('refuses %s', (schedule, message) => {
    expect(() => replay(handOver, schedule)).toThrow(InvalidModelError);
    expect(() => replay(handOver, schedule)).toThrow(message);
  });

  it('refuses a body that is not instrumented', () => {
    expect(() => replay(Math.random, '')).toThrow(/is not instrumented/);
  });

  it('leaves the checker ready for the next exploration', () => {
    expect(() => replay(handOver, 'oops')).toThrow('is no schedule');
    expect(explore(handOver).failure).toBeUndefined();
    expect(explore(handOver).isExhaustive).toBe(true);
  });
});
