// What the last run of the tests has proved, as data: from the records that model tests leave
// (`.vitest/models`), and those of the tests on other runtimes (`.vitest/runtimes`).

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isTested } from '../compare.ts';
import { isPlain, isPrivate } from '../killers.ts';
import { readPackages } from '../packages.ts';
import type { Evidence } from '../records.ts';
import { findSubjects } from '../workspace.ts';

/** Is what was proved. */
export interface Proof {
  /** How many the checker passes. */
  readonly litmusTests: number;
  readonly packages: readonly PackageProof[];
  /** The packages whose models leave no record yet. */
  readonly unproved: readonly string[];
  readonly runtimes: readonly RuntimeProof[];
}

/** Is what was proved of a package. */
export interface PackageProof {
  readonly name: string;
  readonly folder: string;
  readonly record: string;
  /** The rows of the ordering table: those with mutants, plain or private ones, and those left to tests. */
  readonly rows: { readonly atomic: number; readonly plain: number; readonly tested: number };
  readonly mutants: { readonly killed: number; readonly equivalent: number; readonly survived: number };
  readonly models: readonly ModelProof[];
}

/** Is what a test explored: one model, or many alike. */
export interface ModelProof {
  readonly test: string;
  readonly models: number;
  /** Different executions of all of them. */
  readonly executions: number;
  readonly isExhaustive: boolean;
  /** Whether the models were generated, another set in each run. */
  readonly isGenerated: boolean;
}

/** Is how a package's own tests went on a runtime. */
export interface RuntimeProof {
  readonly runtime: string;
  readonly package: string;
  readonly green: boolean;
}

/** Collects what the records prove. */
export function collectProof(root: string): Proof {
  const { subjects } = findSubjects(root);
  const all = readPackages(root, subjects);
  const checker = subjects.find(({ folder }) => folder === 'model-checker');
  return {
    litmusTests: litmusOf(all.find(({ subject }) => subject === checker)?.evidence),
    packages: all.flatMap(({ subject: { folder, record }, rows, evidence }) => {
      if (evidence === undefined || folder === checker?.folder) return [];
      const count = (status: string): number => evidence.mutants.filter((mutant) => mutant.status === status).length;
      const tested = rows.filter(isTested);
      const plain = rows.filter((row) => !tested.includes(row) && (isPlain(row) || isPrivate(row)));
      return [
        {
          name: nameOf(root, folder),
          folder,
          record,
          rows: { atomic: rows.length - tested.length - plain.length, plain: plain.length, tested: tested.length },
          mutants: { killed: count('killed'), equivalent: count('equivalent'), survived: count('survived') },
          models: modelsOf(evidence),
        },
      ];
    }),
    unproved: subjects.filter(({ isUnproved }) => isUnproved).map(({ folder }) => nameOf(root, folder)),
    runtimes: runtimesOf(root),
  };
}

function nameOf(root: string, folder: string): string {
  const manifest = readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { name: string }).name;
}

/** Joins what each test explored; a test that expects a failure proves nothing here. */
function modelsOf({ models }: Evidence): ModelProof[] {
  const tests = new Map<string, ModelProof>();
  for (const { file, test, kind, executions, isExhaustive, failure } of models) {
    if (failure !== undefined) continue;
    const name = `${file.replace(/\.test\.ts$/, '')} > ${test}`;
    const before = tests.get(name);
    tests.set(name, {
      test: name,
      models: (before?.models ?? 0) + 1,
      executions: (before?.executions ?? 0) + executions,
      isExhaustive: isExhaustive && (before?.isExhaustive ?? true),
      isGenerated: kind === 'scenario',
    });
  }
  return [...tests.values()];
}

/** Counts the litmus tests of the checker: those of its test files of that name. */
function litmusOf(evidence: Evidence | undefined): number {
  const litmus = evidence?.models.filter(({ file }) => file === 'litmus.test.ts') ?? [];
  return new Set(litmus.map(({ test }) => test)).size;
}

/** Is the part of a runtime's record that is used here. */
interface RuntimeRecord {
  readonly package: string;
  readonly place: string;
  readonly runtime: string;
  readonly version: string;
  readonly green: boolean;
}

function runtimesOf(root: string): RuntimeProof[] {
  const folder = join(root, 'packages', 'publish-check', '.vitest', 'runtimes');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => {
      const record = JSON.parse(readFileSync(join(folder, name), 'utf8')) as RuntimeRecord;
      return { runtime: runtimeOf(record), package: record.package, green: record.green };
    });
}

/** Names a runtime by its major version, a browser by where in it: what packages promise. */
function runtimeOf({ runtime, version, place }: RuntimeRecord): string {
  if (runtime === 'chromium') return `Chromium, ${place}`;
  return `${RUNTIMES[runtime] ?? runtime} ${version.split('.')[0]}`;
}

const RUNTIMES: Readonly<Record<string, string>> = { node: 'Node', bun: 'Bun', deno: 'Deno' };
