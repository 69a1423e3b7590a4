// What `--write` does: the columns that follow from source and models, and the proof page.

import { existsSync } from 'node:fs';
import { writeTables } from './check.ts';
import { PROOF, writeProof } from './proof/page.ts';
import { recordsOf } from './records.ts';
import { findSubjects } from './workspace.ts';

/** Says that there is nothing to write from. */
export class NoRecordsError extends Error {
  override readonly name = 'NoRecordsError';
}

/**
 * Rewrites all that follows from the last run of the tests; lists the files that changed.
 *
 * @throws {NoRecordsError} where the models of a package have left no records: what was written then would say that
 * nothing is proved. Nothing is changed.
 */
export function writeAll(root: string): string[] {
  const missing = findSubjects(root)
    .subjects.filter(({ folder, isUnproved }) => !isUnproved && !existsSync(recordsOf(root, folder)))
    .map(({ folder }) => folder);
  if (missing.length > 0) {
    throw new NoRecordsError(
      `nothing is written: there are no records of the models of ${missing.join(', ')}; run \`npm test\` first, which leaves them`,
    );
  }
  return [...writeTables(root), ...(writeProof(root) ? [PROOF] : [])];
}
