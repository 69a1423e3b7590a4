// The kinds of payloads. A payload's tag tells its kind in the lower bits and its length above.

/** The payload is a double. */
export const NUMBER = 1;
/** The payload is one tagged value. */
export const DATA = 2;
/** The payload is what the caller's codec wrote. */
export const CODED = 3;
/** The payload is to be thrown, not returned. */
export const THROWN = 4;

const LENGTH = 8;

/** Makes a payload's tag. */
export function payloadTag(kind: number, length: number): number {
  return kind + length * LENGTH;
}

/** Gives the kind of a payload from its tag. */
export function kindOf(tag: number): number {
  return tag & (LENGTH - 1 - THROWN);
}

/** Gives the length of a payload in bytes from its tag. */
export function lengthOf(tag: number): number {
  return (tag >>> 0) >>> 3;
}
