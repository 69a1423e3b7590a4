// What a run of a package's tests leaves behind for reports: what ran where, how much of it
// passed, and what did not, with the reason.

import type { Probe } from '../portable/probe.ts';
import type { Report } from '../portable/run.ts';
import { EXCEPTIONS, FILES_NOT_PORTABLE, SELDOM } from './portable-exceptions.ts';
import { covers, fileOf, type Intended } from './portable-judge.ts';

/** Is one run of a package's tests, as it is kept in `.vitest/runtimes`. */
export interface RuntimeRecord extends Probe {
  readonly package: string;
  /** The runtime as it is declared: `this Node`, `node24`, `bun`, `page`. */
  readonly place: string;
  readonly green: boolean;
  readonly files: number;
  readonly passed: number;
  /** Tests that leave themselves out. */
  readonly skipped: number;
  /** Tests that fail here, and files that are left out, by exception. */
  readonly exceptions: readonly { readonly file: string; readonly test: string; readonly because: string }[];
  readonly complaints: readonly string[];
}

/** Writes down a run; `complaints` is what is wrong with it. */
export function recordOf(
  report: Report,
  place: string,
  intended: Intended,
  packageName: string,
  files: readonly string[],
  complaints: readonly string[],
): RuntimeRecord {
  const count = (state: string): number => report.outcomes.filter((outcome) => outcome.state === state).length;
  const here = EXCEPTIONS.filter(({ on, file }) => on.includes(intended.place) && file.startsWith(`${packageName}/`));
  const failed = report.outcomes
    .filter(({ state }) => state === 'failed')
    .flatMap((outcome) => {
      const file = fileOf(packageName, outcome);
      const exception = here.find((candidate) => covers(candidate, file, outcome.name));
      return exception === undefined ? [] : [{ file, test: outcome.name, because: exception.because }];
    });
  const seldom = SELDOM.filter(({ on, file }) => on.includes(place) && file.startsWith(`${packageName}/`));
  const never = FILES_NOT_PORTABLE.filter(
    ({ on, file }) => on.includes(intended.place) && file.startsWith(`${packageName}/`),
  );
  const leftOut = [...never, ...seldom]
    .filter(({ file }) => !files.includes(file))
    .map(({ file, because }) => ({ file, test: '', because }));
  return {
    package: packageName,
    place,
    ...report.probe,
    green: complaints.length === 0,
    files: files.length,
    passed: count('passed'),
    skipped: count('skipped'),
    exceptions: [...failed, ...leftOut],
    complaints,
  };
}
