// Shows that every access of a program is needed: each is made weaker, one at a time, and some
// model must notice. An access whose mutant survives is stronger than the models can tell, or
// the models are too few.

import { InvalidModelError } from '../errors.ts';
import type { FailureKind } from '../engine/failure.ts';
import { mutationsOf, type Mutation } from '../engine/mutation.ts';
import { x } from '../engine/state.ts';
import { failureKindOf, ModelError, search, type ModelOptions } from '../model.ts';
import { recording } from '../record/recorder.ts';
import { siteOf, type SourceSite } from '../runtime/sites.ts';

/** Names a mutant that changes nothing, and says why. */
export interface Equivalent {
  /** A part of the source line that the access stands on. */
  readonly line: string;
  readonly mutation: Mutation;
  readonly reason: string;
}

/** Holds the options of {@link mutate}: those of the models, and which accesses are mutated. */
export interface MutateOptions extends ModelOptions {
  /** Picks the files whose accesses are mutated, by their path; all instrumented files where not given. */
  readonly files?: RegExp | undefined;
  /** Names the mutants that are known to change nothing. */
  readonly equivalent?: readonly Equivalent[] | undefined;
}

/** Tells what became of a mutant. */
export interface Mutant {
  readonly mutation: Mutation;
  /** Where the access stands. */
  readonly site: SourceSite;
  readonly status: 'killed' | 'survived' | 'equivalent';
  /** The model that killed it, and how; undefined for one that survived. */
  readonly killedBy: string | undefined;
  readonly failure: FailureKind | undefined;
  /** Why it is declared equivalent. */
  readonly reason: string | undefined;
}

/** Holds the result of {@link mutate}. */
export interface MutationReport {
  readonly mutants: readonly Mutant[];
  readonly survivors: readonly Mutant[];
  /** The mutants as a table, a line each. */
  readonly table: string;
}

/**
 * Weakens every access that the models make to shared memory, one at a time, and runs the
 * models against each: atomics become plain, updates are split in two, notifies dropped, plain
 * writes delayed past the next atomic operation.
 *
 * @param models - the bodies of the models, by name; all of them must pass as they are
 * @throws {ModelError} where a model fails without a mutation
 * @throws {InvalidModelError} where the models make no access in `files`, and where a declared
 * equivalent matches no mutant, or one that is killed
 */
export function mutate(models: Readonly<Record<string, () => unknown>>, options: MutateOptions = {}): MutationReport {
  const { files, equivalent = [], ...modelOptions } = options;
  if (typeof models !== 'object' || models === null) {
    throw new InvalidModelError(`the models must be an object of functions by their names, not ${String(models)}`);
  }
  if (files !== undefined && typeof (files as Partial<RegExp>).test !== 'function') {
    throw new InvalidModelError(`files must be a regular expression, not ${String(files)}`);
  }
  const { accesses, reached } = collect(models, modelOptions);
  const mutants: Mutant[] = [];
  const used = new Set<Equivalent>();
  for (const [number, kind] of [...accesses].toSorted(([a], [b]) => a - b)) {
    const site = siteOf(number);
    if (site === undefined || (files !== undefined && !files.test(site.file))) continue;
    for (const mutation of mutationsOf(kind)) {
      const declared = equivalent.find((entry) => entry.mutation === mutation && site.text.includes(entry.line));
      const killer = run(reached.get(number)!, modelOptions, number, mutation);
      if (declared !== undefined) used.add(declared);
      if (declared !== undefined && killer !== undefined) {
        throw new InvalidModelError(
          `"${mutation}" of \`${site.text}\` is declared equivalent, but the model "${killer.name}" kills it (${killer.kind})`,
        );
      }
      mutants.push({
        mutation,
        site,
        status: killer !== undefined ? 'killed' : declared === undefined ? 'survived' : 'equivalent',
        killedBy: killer?.name,
        failure: killer?.kind,
        reason: declared?.reason,
      });
    }
  }
  if (mutants.length === 0) {
    throw new InvalidModelError(
      `the models make no access to shared memory in ${files === undefined ? 'any file' : String(files)}`,
    );
  }
  const unused = equivalent.find((entry) => !used.has(entry));
  if (unused !== undefined) {
    throw new InvalidModelError(`no access has a mutant "${unused.mutation}" on a line with \`${unused.line}\``);
  }
  recording.by?.mutated(mutants);
  return { mutants, survivors: mutants.filter(({ status }) => status === 'survived'), table: tableOf(mutants) };
}

type Model = readonly [name: string, body: () => unknown];

interface Collected {
  /** The kinds of the accesses, by the number of the site. */
  readonly accesses: ReadonlyMap<number, number>;
  /** The models that come by a site: to the others, a mutant there is the program as it is. */
  readonly reached: ReadonlyMap<number, readonly Model[]>;
}

/** Explores the models as they are; all must pass. */
function collect(models: Readonly<Record<string, () => unknown>>, options: ModelOptions): Collected {
  const accesses = new Map<number, number>();
  const reached = new Map<number, Model[]>();
  try {
    for (const [name, body] of Object.entries(models)) {
      const own = (x.accesses = new Map<number, number>());
      const { failure } = search(body, options);
      if (failure !== undefined) throw new ModelError(failure);
      for (const [site, kind] of own) {
        accesses.set(site, kind);
        reached.set(site, [...(reached.get(site) ?? []), [name, body]]);
      }
    }
  } finally {
    x.accesses = undefined;
  }
  return { accesses, reached };
}

/** Runs the models against one mutant until one of them fails. */
function run(
  models: readonly Model[],
  options: ModelOptions,
  site: number,
  mutation: Mutation,
): { name: string; kind: FailureKind } | undefined {
  for (const [name, body] of models) {
    x.mutant = { site, mutation, delayed: [] };
    try {
      const kind = failureKindOf(body, options);
      if (kind !== undefined) return { name, kind };
    } finally {
      x.mutant = undefined;
    }
  }
  return undefined;
}

function tableOf(mutants: readonly Mutant[]): string {
  const rows = mutants.map(({ mutation, site, status, killedBy, failure, reason }) => [
    `${site.file.split('/').at(-1)}:${site.line}`,
    mutation,
    status,
    killedBy === undefined ? (reason ?? '') : `${killedBy}: ${failure}`,
    site.text,
  ]);
  const widths = [0, 1, 2, 3].map((i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
