// The variables of a compiled poll that are not the author's.

import type { NodePath, types } from '@babel/core';

/** Names what a compiled machine consists of. */
export interface Names {
  readonly frame: string;
  /** Where it goes on: the number of a block, or below 0, of a wait. */
  readonly at: string;
  /** What it waits for. */
  readonly wait: string;
  /** What a wait gave, or a catch block caught. */
  readonly sent: string;
  /** Where it is, for exceptions. */
  readonly here: string;
  /** How a block was left: see LEFT. */
  readonly left: string;
  /** With what. */
  readonly value: string;
  readonly attempt: string;
  /** The try statements. */
  readonly regions: string;
  /** How each finally block was entered, if not by the end of what is before. */
  readonly ended: string;
  readonly pending: string;
}

/** How a block was left, but for going on: as regenerator numbers it. */
export const LEFT = { threw: 1, returns: 2, jumps: 3, finishes: 4 } as const;

/** Finds names that nothing else in the file has. */
export function newNames(fn: NodePath<types.FunctionExpression>, pending: string): Names {
  const unique = (base: string): string => fn.scope.generateUid(base);
  return {
    frame: unique('frame'),
    at: unique('at'),
    wait: unique('wait'),
    sent: unique('sent'),
    here: unique('here'),
    left: unique('left'),
    value: unique('value'),
    attempt: unique('attempt'),
    regions: unique('regions'),
    ended: unique('ended'),
    pending,
  };
}
