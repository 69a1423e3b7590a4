// A drift: a place where a record, the source and the models do not say the same.

/** Says where the repository contradicts itself, and how. */
export interface Drift {
  /** The path from the root. */
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  readonly message: string;
}

/** Writes a drift as compilers write errors. */
export function formatDrift({ file, line, message }: Drift): string {
  return `${file}:${line} ${message}`;
}
