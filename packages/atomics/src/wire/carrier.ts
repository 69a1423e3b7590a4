// What values are written for: a slot, a message, a file. It says how much fits, and may pass
// some objects in a form of its own: by reference, where it can reach them.

import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/**
 * Carries what a {@link Writer} writes to where a {@link Reader} reads it, and passes the objects
 * that it knows in a form of its own.
 */
export interface Carrier {
  /** The most bytes that a value may take. */
  readonly capacity: number;
  /** Makes the error for a value that takes more. */
  tooLarge(): Error;
  /**
   * Tells whether this object passes in the carrier's own form; may throw to refuse it.
   *
   * @param className - the class of the object, as `Object.prototype.toString` knows it
   * @param path - where in the value the object stands, for the message of an error
   */
  carries(value: object, className: string, path: string): boolean;
  /** Writes an object that it carries; the reader finds the end by itself, so `read` must take as much. */
  write(writer: Writer, value: object): void;
  /** Reads such an object. */
  read(reader: Reader): object;
}
