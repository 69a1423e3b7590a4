// A stretch of a ring's slots, as one view, or two where it runs past the last slot. A side
// has one span, which each reserve or read sets anew; views are kept for the next lap where
// that can be told in advance, so that blocks of a constant size are allocated once.

import type { ArrayOf, RingKind } from './elements.ts';

/** Keeps the views of a constant length that begin at multiples of it. */
export class Views<Kind extends RingKind> {
  readonly #slots: ArrayOf<Kind>;
  #length = 0;
  #views: (ArrayOf<Kind> | undefined)[] = [];

  constructor(slots: ArrayOf<Kind>) {
    this.#slots = slots;
  }

  /** Gives the view of `length` slots from `start`, which do not run past the end. */
  view(start: number, length: number): ArrayOf<Kind> {
    if (length !== this.#length) {
      this.#length = length;
      this.#views = [];
    }
    const place = start / length;
    if (!Number.isInteger(place)) return this.#slots.subarray(start, start + length) as ArrayOf<Kind>;
    const known = this.#views[place];
    if (known !== undefined) return known;
    const made = this.#slots.subarray(start, start + length) as ArrayOf<Kind>;
    this.#views[place] = made;
    return made;
  }
}

/** Holds a stretch of slots; valid until the next call of its side that moves or sets it. */
export class Span<Kind extends RingKind> {
  readonly #slots: ArrayOf<Kind>;
  readonly #views: Views<Kind>;
  readonly #none: ArrayOf<Kind>;
  #first: ArrayOf<Kind>;
  #second: ArrayOf<Kind>;

  constructor(slots: ArrayOf<Kind>, views: Views<Kind>) {
    this.#slots = slots;
    this.#views = views;
    this.#none = slots.subarray(0, 0) as ArrayOf<Kind>;
    this.#first = this.#none;
    this.#second = this.#none;
  }

  /** Gives the view of the slots, up to the last one of the ring. */
  get first(): ArrayOf<Kind> {
    return this.#first;
  }

  /** Gives the view of the slots that follow at the ring's beginning; empty unless the span wraps. */
  get second(): ArrayOf<Kind> {
    return this.#second;
  }

  /** Counts the slots of both views. */
  get length(): number {
    return this.#first.length + this.#second.length;
  }

  /** Sets the span to `length` slots from `start`. */
  set(start: number, length: number): this {
    const first = Math.min(length, this.#slots.length - start);
    this.#first = first === 0 ? this.#none : this.#views.view(start, first);
    this.#second = first === length ? this.#none : (this.#slots.subarray(0, length - first) as ArrayOf<Kind>);
    return this;
  }
}
