// Every interleaving of the threads that poll, wake, abort and join machines, and of the same
// with one access weaker.

import { mutate, verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import * as all from './models/machines.ts';

const PATIENT = { maxSeconds: 600 }; // bounded by executions, not by the time of a loaded machine
const { childOrParentVanishes: _, ...models } = all;

describe('every interleaving', () => {
  it.each(Object.entries<() => unknown>(models))('%s', (_name, model) => {
    expect(verify(model, PATIENT)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });
});

describe('what can happen does', () => {
  it.each<[keyof typeof models, string[]]>([
    ['abortAgainstWake', ['aborted', 'result']],
    ['abortAgainstRest', ['asked', 'idle', 'in time']],
    ['pollerVanishes', ['ended', 'lost', 'result']],
    ['childAgainstEnd', ['the child', 'the parent: gone', 'the parent: had one']],
    ['childVanishes', ['delivered', 'lost', 'waits']],
    ['parentVanishes', ['delivered', 'lost']],
  ])('%s', (name, expected) => {
    const seen = new Set<string>();
    verify(() => void seen.add(String(models[name]())), PATIENT);
    expect([...seen].toSorted((a, b) => (a < b ? -1 : 1))).toEqual(expected);
  });
});

describe('needs every access as strong as it is:', () => {
  it('machines', () => {
    const { survivors, mutants, table } = mutate(models, {
      ...PATIENT,
      files: /^src\/scheduler\/machine-slot/,
      maxPreemptions: -1,
    });
    expect(survivors, table).toEqual([]);
    expect(mutants.length, table).toBeGreaterThan(10);
  }, 600_000);
});
