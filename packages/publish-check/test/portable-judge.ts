// Says what is wrong with a run of a package's tests on a runtime: one that ran elsewhere, a test
// that failed and was not excepted, an exception that is none. Says nothing of a good run.

import { basename } from 'node:path';
import type { Outcome, Report } from '../portable/run.ts';
import { TOO_LATE } from '../portable/too-late.ts';
import type { Exception, Place } from './portable-exceptions.ts';

/** Is where a run was meant to take place. */
export interface Intended {
  readonly place: Place;
  readonly version: string;
}

/** Names the file of an outcome as exceptions do. */
export function fileOf(packageName: string, { file }: Pick<Outcome, 'file'>): string {
  return `${packageName}/${basename(file).replace(/\.test\.js.*$/, '')}`;
}

/** Tells whether an exception covers a test of a file. */
export function covers(exception: Exception, file: string, name: string): boolean {
  return exception.file === file && (exception.test === undefined || exception.test.test(name));
}

/** Lists what is wrong with a run; `files` are those that it was to run, as exceptions name them. */
export function complaints(
  report: Report,
  intended: Intended,
  packageName: string,
  files: readonly string[],
  exceptions: readonly Exception[],
): string[] {
  const found = [...wrongPlace(report, intended)];
  const ran = new Set(report.outcomes.map((outcome) => fileOf(packageName, outcome)));
  for (const file of files) if (!ran.has(file)) found.push(`${file} was not run`);
  if (!report.outcomes.some(({ state }) => state === 'passed')) found.push(`nothing of ${packageName} passed`);

  const here = exceptions.filter(({ on, file }) => on.includes(intended.place) && file.startsWith(`${packageName}/`));
  const used = new Set<Exception>();
  for (const outcome of report.outcomes) {
    const file = fileOf(packageName, outcome);
    const label = `${file}: ${outcome.name || 'the file as a whole'}`;
    const exception = here.find((candidate) => covers(candidate, file, outcome.name));
    if (outcome.state === 'failed') {
      if (exception !== undefined) used.add(exception);
      if (exception === undefined) found.push(`${label} failed: ${outcome.error}`);
      else if (!exception.shows.test(outcome.error!) && !outcome.error!.startsWith(TOO_LATE))
        found.push(`${label} failed otherwise: ${outcome.error}`);
    } else if (outcome.state === 'passed' && exception?.test !== undefined && exception.sometimes !== true) {
      found.push(`${label} passes: it is no exception any more`);
    }
  }
  for (const exception of here)
    if (!used.has(exception) && exception.sometimes !== true)
      found.push(`an exception names nothing: ${named(exception)}, on ${intended.place}`);
  return found;
}

function* wrongPlace({ probe }: Report, { place, version }: Intended): Generator<string> {
  const inBrowser = place === 'page' || place === 'worker';
  const [runtime, scope] = inBrowser ? ['chromium', place] : [place, 'process'];
  if (probe.runtime !== runtime || probe.scope !== scope || probe.version !== version)
    yield `meant for ${runtime} ${version} (${scope}), ran on ${probe.runtime} ${probe.version} (${probe.scope})`;
  if (inBrowser && probe.crossOriginIsolated !== true) yield 'the page was not cross-origin isolated';
}

function named({ file, test }: Exception): string {
  return test === undefined ? file : `${file} ${test}`;
}
