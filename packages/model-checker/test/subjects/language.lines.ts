// A subject in TypeScript whose types take lines that the compiled code has not: traces and
// errors must show the lines of this file.

export interface Counters {
  /** Written by both threads. */
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly names: readonly string[];
}

type Index<T extends number = 0> = T;

export function increment({ words }: Counters, index: Index = 0 satisfies number): void {
  const before: number = words[index]!; // line 13
  words[index] = before + 1; // line 14
}

export abstract class Failing<T> {
  declare protected value: T;

  fail(this: Failing<T>): never {
    throw new Error('line 21');
  }
}
