// The run queue against a list: its owner pushes and pops, others pop and steal, and every history of
// every interleaving is one of the list.

import { type Call, checkScenario, type Definition } from '@concurrency-lab/model-checker/linearizability';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NONE, RuntimeMemory } from '../src/scheduler/memory.ts';
import { RunQueue } from '../src/scheduler/run-queue.ts';

const RING = 4;

interface Subject {
  readonly memory: RuntimeMemory;
  readonly queue: RunQueue;
  /** The ring of a thief, into which it moves. */
  readonly own: RunQueue;
}

// Not an interface, which would have no index signature.
// oxlint-disable-next-line typescript/consistent-type-definitions
type Operations = { push: [slot: number]; pop: []; steal: [share: number] };

function attach({ handle }: RuntimeMemory): Subject {
  const memory = RuntimeMemory.from(handle);
  return { memory, queue: new RunQueue(memory, 0), own: new RunQueue(memory, 1) };
}

/** Moves a share, and empties the ring into which it was moved. */
function steal({ queue, own }: Subject, share: number): string {
  const taken: number[] = [];
  for (let slot = queue.moveTo(own, share); slot !== NONE; slot = own.pop()) taken.push(slot);
  return taken.join();
}

const definition: Definition<Subject, readonly number[], Operations> = {
  create: () => attach(RuntimeMemory.create({ lanes: 2, slots: 32, ring: RING })),
  attach: ({ memory }) => attach(memory),
  specification: {
    init: () => [],
    steps: {
      push: (list, slot) =>
        list.length === RING ? { result: false, state: list } : { result: true, state: [...list, slot] },
      pop: (list) => ({ result: list[0] ?? NONE, state: list.slice(1) }),
      // What is pushed meanwhile may count for the share, or not.
      steal: (list, share) =>
        list.length === 0
          ? { result: '', state: list }
          : Array.from({ length: Math.ceil(list.length / share) }, (_, more) => ({
              result: list.slice(0, more + 1).join(),
              state: list.slice(more + 1),
            })),
    },
  },
  operations: {
    push: { run: ({ queue }, slot) => queue.push(slot) },
    pop: { run: ({ queue }) => queue.pop() },
    steal: { run: steal },
  },
};

type Step = Call<Operations>;

const pop = fc.constant<Step>(['pop']);
const theft = fc.constantFrom<Step>(['pop'], ['steal', 1], ['steal', 2]);
const owner = fc
  .array(fc.oneof(fc.constant<Step>(['push', 0]), pop), { minLength: 1, maxLength: 2 })
  .map((calls) => calls.map((call, i): Step => (call[0] === 'push' ? ['push', 20 + i] : call)));

describe('the run queue is linearizable', () => {
  it('to an owner, a thief and one who pops', { timeout: 600_000 }, () => {
    fc.assert(
      fc.property(fc.nat(RING), owner, theft, (there, own, thief) => {
        const before = Array.from({ length: there }, (_, i): Step => ['push', 10 + i]);
        const { isExhaustive } = checkScenario(
          definition,
          { before, threads: { thief: [thief], another: [['pop']], owner: own } },
          { maxSeconds: 600 },
        );
        expect(isExhaustive).toBe(true);
      }),
      { numRuns: 12 },
    );
  });
});
