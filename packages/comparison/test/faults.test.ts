// The table of faults: each fault can be tried in each pool, and the table shows what is kept.

import { describe, expect, it } from 'vitest';
import { findRuntime } from '../../bench-gate/src/runtimes.mjs';
import { type Faults, type Outcome, readFaults, writeFaults } from '../src/harness/faults.mjs';
import { fill } from '../src/harness/render.mjs';
import { FAULTS, readTold } from '../src/runtime/fault.mjs';
import { tryFault } from '../src/runtime/faults.mjs';
import { pools } from '../src/runtime/pools.mjs';

const faults: Faults = {
  runtime: 'node24',
  limit: 5,
  date: '2026-11-21',
  command: 'node faults.mjs',
  versions: ['b@2.0.0', 'a@1.0.0'],
  outcomes: {
    a: {
      exit: { task: 'rejects with Error', next: 'ok' },
      loop: { task: 'hangs', next: 'hangs', stray: 'uncaughtException' },
    },
    b: { exit: 'does not load', loop: 'no abort' },
  },
};

it('a table has a row for each peer, and says how it came to be', () => {
  expect(writeFaults(faults)).toBe(`|      |                   exit |                             loop |
| ---- | ---------------------: | -------------------------------: |
| a    | rejects with Error; ok | hangs + uncaughtException; hangs |
| b    |          does not load |                         no abort |

What becomes of the task; of the next one. One worker; what has not settled after 5 s hangs. 2026-11-21, node24, a@1.0.0, b@2.0.0. Try again: \`node faults.mjs\`.`);
});

it('a document shows what is kept', () => {
  const { text, problems } = fill('<!-- comparison:runtime/faults -->\n<!-- /comparison -->\n', undefined);
  expect(problems).toEqual([]);
  expect(text).toContain(writeFaults(readFaults('runtime')));
});

it('every fault of every pool is kept', () => {
  const { outcomes } = readFaults('runtime');
  expect(Object.keys(outcomes)).toEqual(Object.keys(pools));
  for (const ofPeer of Object.values(outcomes)) expect(Object.keys(ofPeer)).toEqual(Object.keys(FAULTS));
});

it('what a process has told is read line by line, and a torn line is not', () => {
  const line = (what: string, text: string): string => `@@fault ${JSON.stringify({ what, text })}`;
  expect(readTold(`noise\n${line('task', 'hangs')}\nmore\n@@fault {"what":"next`)).toEqual({ task: 'hangs' });
});

// What hangs hangs as long as the limit says: here only faults that settle, one pool that is known to.
describe('a fault', () => {
  it.each(['returns a function', 'throws undefined'])('%s: piscina rejects, and goes on', async (fault) => {
    const outcome = await tryFault(findRuntime(), 'piscina', fault, 25);
    expect(outcome).toMatchObject({ next: 'ok' });
    expect((outcome as Outcome).task).toMatch(/^rejects with /);
  });

  it('that needs an abort is not tried where there is none', async () => {
    expect(await tryFault(findRuntime(), 'postMessage', 'endless loop, aborted', 25)).toBe('no abort');
  });
});
