// What the last run of a package's model tests left behind: `.vitest/models/*.json`, written by
// `modelChecker({ record })`. Paths are made those from the root.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { ModelRecord, RecordedModel, RecordedSite } from '@concurrency-lab/model-checker';
import type { Drift } from './drift.ts';

/** Is a mutant, at a line of the source. */
export interface MutantLine {
  readonly at: string;
  readonly mutation: string;
  readonly status: string;
  readonly killedBy: string | undefined;
}

/** Is an edge between two lines of the source. */
export interface EdgeLines {
  readonly from: string;
  readonly to: string;
  readonly kind: 'reads' | 'wakes';
}

/** Joins the records of a package. A line is written `packages/latch/src/latch.ts:16`. */
export interface Evidence {
  readonly models: readonly (RecordedModel & { readonly file: string })[];
  readonly mutants: readonly MutantLine[];
  /** The lines that accessed shared memory in some model. */
  readonly accesses: ReadonlySet<string>;
  readonly edges: readonly EdgeLines[];
  /** Lines of records that are not those of the source. */
  readonly drifts: readonly Drift[];
}

/** Gives the folder in which a package's model tests leave their records. */
export function recordsOf(root: string, folder: string): string {
  return join(root, 'packages', folder, '.vitest', 'models');
}

/** Reads the records of a package; undefined where it has none. */
export function readEvidence(root: string, folder: string): Evidence | undefined {
  const records = recordsOf(root, folder);
  if (!existsSync(records)) return undefined;
  const drifts: Drift[] = [];
  const lines = lineReader(root);
  const whole = readdirSync(records)
    .toSorted()
    .map((name) => {
      const record = JSON.parse(readFileSync(join(records, name), 'utf8')) as ModelRecord;
      const { mutants, accesses, edges } = record;
      const sites = [...mutants.map(({ site }) => site), ...accesses, ...edges.flatMap(({ from, to }) => [from, to])];
      // Only lines of sources have rows; those of a dependency that a model loads may be compiled from others.
      const own = sites.filter((site) => /^packages\/[^/]+\/src\//.test(pathOf(folder, site)));
      const stale = own.find((site) => lines(pathOf(folder, site), site.line) !== codeOf(site.text));
      if (stale !== undefined) {
        drifts.push({
          file: pathOf(folder, stale),
          line: stale.line,
          message: `was "${stale.text}" when the models of packages/${folder}/test/${name.replace(/\.json$/, '')} ran: run them again`,
        });
      }
      return { record, name: name.replace(/\.json$/, '') };
    });
  const at = (site: RecordedSite): string => `${pathOf(folder, site)}:${site.line}`;
  return {
    models: whole.flatMap(({ record, name }) => record.models.map((model) => ({ ...model, file: name }))),
    mutants: whole.flatMap(({ record }) =>
      record.mutants.map(({ site, mutation, status, killedBy }) => ({ at: at(site), mutation, status, killedBy })),
    ),
    accesses: new Set(whole.flatMap(({ record }) => record.accesses.map(at))),
    edges: whole.flatMap(({ record }) =>
      record.edges.map(({ from, to, kind }) => ({ from: at(from), to: at(to), kind })),
    ),
    drifts,
  };
}

function pathOf(folder: string, { file }: RecordedSite): string {
  return posix.join('packages', folder, file);
}

/** Takes the comment off a line: another id, or reason, does not change what the models have shown. */
function codeOf(line: string): string {
  return line.replace(/\/\/.*/, '').trim();
}

/** Reads the code of lines, each file once. */
function lineReader(root: string): (file: string, line: number) => string {
  const files = new Map<string, string[]>();
  return (file, line) => {
    if (!files.has(file)) {
      const path = join(root, file);
      files.set(file, existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []);
    }
    return codeOf(files.get(file)![line - 1] ?? '');
  };
}
