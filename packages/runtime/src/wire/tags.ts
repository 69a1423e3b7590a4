// The tag of a payload tells what lies in it: the kind in the lower bits, and a count above.

/** Arguments, all numbers: so many doubles. */
export const NUMBERS = 1;
/** One double. */
export const NUMBER = 2;
/** Nothing: the result `undefined`. */
export const NOTHING = 3;
/** So many bytes of a written value. */
export const INLINE = 4;
/** The words: the block in which so many bytes of a written value lie. */
export const SPILLED = 5;
/** The words: the lane and seat of the thread that holds the parcel, and its number there. */
export const PARCEL = 6;
/** What lies there is to be thrown. */
export const THROWN = 8;

const KIND = 7;
const COUNT = 16;

/** Makes a tag. */
export function tagOf(kind: number, count: number): number {
  return kind + count * COUNT;
}

/** Gives the kind, without {@link THROWN}. */
export function kindOf(tag: number): number {
  return tag & KIND;
}

/** Gives the count. */
export function countOf(tag: number): number {
  return (tag >>> 0) >>> 4;
}
