// The ids of accesses, which comments attach to lines of the source:
//
//   // ORDERING(X1): why. This comment may go on for lines.
//   Atomics.store(words, 0, 1);
//   words[1] = 2; // X2: plain, published by X3.
//   words[2] = 3; // X2, X4
//
// A comment of its own line belongs to the next line of code, any other to the line it ends.
// CALLER instead of an id marks memory that a caller hands in, and orders.

/** Is an id's place in a source file. */
export interface Tag {
  /** An id, or {@link CALLER}. */
  readonly id: string;
  /** The line of the comment, from 1. */
  readonly line: number;
  /** The line of code that it is said of. */
  readonly covers: number;
}

/** Marks an access that has no row: to memory whose ordering is the caller's. */
export const CALLER = 'CALLER';

const COMMENT = /\/\/ (?:ORDERING\(([A-Z]\d+)\):|((?:[A-Z]\d+|CALLER)(?:, [A-Z]\d+)*)(?::| *$))/;

/** Lists the tags of a source file. */
export function findTags(source: string): Tag[] {
  const lines = source.split('\n');
  return lines.flatMap((text, i) => {
    const found = COMMENT.exec(text);
    if (found === null) return [];
    let covers = i;
    if (isComment(text)) while (isComment(lines[covers] ?? '')) covers++;
    return (found[1] ?? found[2]!).split(', ').map((id) => ({ id, line: i + 1, covers: covers + 1 }));
  });
}

function isComment(line: string): boolean {
  return /^\s*\/\//.test(line);
}
