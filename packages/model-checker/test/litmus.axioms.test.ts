// Racy memory against the axioms: for random small programs that mix plain accesses and atomics
// of the same words, the checker finds every outcome that the memory model allows, and no other.

import { spawn } from '@concurrency-lab/model-checker';
import { array, constantFrom, integer, oneof, record, type Arbitrary } from 'fast-check';
import { expect } from 'vitest';
import { test } from '../../../vitest.prop.ts';
import { racy } from '../dist/memory-api.js';
import { outcomesByAxioms, valueOf, type Operation, type Program } from './litmus/axioms.ts';
import { outcomesOf } from './litmus/outcomes.ts';

const WORDS = 2;

function run(program: Program): number[] {
  const w = new Int32Array(new SharedArrayBuffer(WORDS * 4));
  racy(w);
  const threads = program.map((operations, thread) =>
    spawn(() => {
      const read: number[] = [];
      for (const [index, { op, word }] of operations.entries()) {
        const value = valueOf(thread, index);
        if (op === 'read') read.push(w[word]!);
        else if (op === 'write') w[word] = value;
        else if (op === 'load') read.push(Atomics.load(w, word));
        else if (op === 'store') Atomics.store(w, word, value);
        else read.push(Atomics.exchange(w, word, value));
      }
      return read;
    }),
  );
  const read = threads.flatMap((thread) => thread.join());
  for (let word = 0; word < WORDS; word++) read.push(w[word]!);
  return read;
}

const operation: Arbitrary<Operation> = record({
  op: constantFrom('read', 'write', 'load', 'store', 'exchange'),
  word: integer({ min: 0, max: WORDS - 1 }),
});
const threads = (count: number, length: number): Arbitrary<Program> =>
  array(array(operation, { minLength: 1, maxLength: length }), { minLength: count, maxLength: count });

test.prop([oneof(threads(2, 3), threads(3, 2))])('racy memory is as the axioms say', (program) => {
  const { outcomes, failures, isExhaustive } = outcomesOf(() => run(program));
  expect(failures).toEqual([]);
  expect(isExhaustive).toBe(true);
  expect(outcomes).toEqual(outcomesByAxioms(program, WORDS));
});
