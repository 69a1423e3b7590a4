// Mutants: the program with one access made weaker. Nothing is compiled again; the access that
// is mutated takes another path here. What a mutation does:
//
//   plain   an atomic access becomes a plain one, an update a plain read and a plain write
//   split   a read-modify-write becomes an atomic load and an atomic store, a wait a load and a sleep
//   drop    a notify does nothing
//   delay   a plain write takes effect after the thread's next atomic operation

import { elementOf, resultOf } from './elements.ts';
import { COMPARE_EXCHANGE, LOAD, NOTIFY, STORE, UPDATE, WAIT, WAIT_ASYNC } from './kinds.ts';
import type { TypedArray } from './memory.ts';
import { x } from './state.ts';

/** Names what is done to an access. */
export type Mutation = 'plain' | 'split' | 'drop' | 'delay';

/** The mutant that runs: one access, made weaker in one way. */
export interface ActiveMutant {
  readonly site: number;
  readonly mutation: Mutation;
  /** Plain writes that wait for their thread's next atomic operation. */
  readonly delayed: { readonly thread: number; readonly write: () => void }[];
}

/** Lists the mutations that make sense for a kind of access. */
export function mutationsOf(kind: number): readonly Mutation[] {
  switch (kind) {
    case LOAD:
    case STORE:
      return ['plain'];
    case UPDATE:
    case COMPARE_EXCHANGE:
      return ['plain', 'split'];
    case WAIT:
    case WAIT_ASYNC:
      return ['split'];
    case NOTIFY:
      return ['drop'];
    case PLAIN_WRITE:
      return ['delay'];
    default:
      return [];
  }
}

/** The kind of a plain write, beside those of the operations. */
export const PLAIN_WRITE = 100;

/** Notes that an access was made, while the accesses of a model are being collected. */
export function noteAccess(site: number, kind: number): void {
  x.accesses?.set(site, kind);
}

/** Computes what an update or a successful compareExchange writes; undefined where it writes nothing. */
export function replacement(
  kind: number,
  view: TypedArray,
  before: number | bigint,
  operand: unknown,
  operand2: unknown,
): number | bigint | undefined {
  if (kind === COMPARE_EXCHANGE && elementOf(view, operand) !== before) return undefined;
  return resultOf(kind, view, before, operand, operand2);
}

/** Lets the delayed writes of a thread take effect. */
export function releaseDelayed(thread: number): void {
  const delayed = x.mutant?.delayed;
  if (delayed === undefined) return;
  for (const entry of delayed.splice(0)) {
    if (entry.thread === thread) entry.write();
    else delayed.push(entry);
  }
}
