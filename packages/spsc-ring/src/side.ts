// How a side is named to another thread.

import { describe, type Handle, InvalidHandleError } from '@concurrency-lab/atomics';
import type { RingKind } from './elements.ts';
import { type Memory, open } from './memory.ts';

/** Names one side of a ring to another thread; a plain object that `postMessage` carries. */
export interface SideHandle<Side extends 'producer' | 'consumer', Kind extends RingKind> extends Handle<'spsc-ring'> {
  readonly side: Side;
  /** The kind of the ring's elements. */
  readonly element: Kind;
}

/** Holds the options of opening a side. */
export interface OpenOptions {
  /**
   * Opens a side that is open already, because the thread that had it has ended without the ring
   * being closed. While it still runs, two would write to one ring, and corrupt it.
   */
  readonly takeOver?: boolean | undefined;
}

/** Opens the ring of a side's handle. */
export function openSide<Side extends 'producer' | 'consumer', Kind extends RingKind>(
  side: Side,
  handle: SideHandle<Side, Kind>,
): Memory<Kind> {
  const memory = open<Kind>(handle);
  if (handle.side !== side) {
    throw new InvalidHandleError(`expected the handle of a ring's ${side}, not of its ${describe(handle.side)}`);
  }
  if (handle.element !== memory.kind) {
    throw new InvalidHandleError(`this ring holds ${memory.kind}, not ${describe(handle.element)}`);
  }
  return memory;
}
