// Runs test files on the runtime that executes this, whichever it is, with vitest's own
// collector and scheduler. Knows nothing of files or processes: a page can import it as well.

import {
  getFn,
  startTests,
  type Suite,
  type Task,
  type Test,
  type VitestRunner,
  type VitestRunnerConfig,
} from '@vitest/runner';
import * as fc from 'fast-check';
import { forgetAssertions, requireAssertions } from './expect.ts';
import { probe, type Probe } from './probe.ts';
import { TOO_LATE } from './too-late.ts';

/** Is what to run, and how. */
export interface RunOptions {
  /** Modules, by what `import()` takes here. */
  readonly files: readonly string[];
  /** How many cases a property test tries, and from which seed. */
  readonly runs: number;
  readonly seed: number;
  /** The longest that a test may take, in milliseconds. */
  readonly timeout: number;
  /** Patterns of the names of tests that are known to fail here: they get no long time to do so. */
  readonly hopeless: readonly string[];
}

/** How long a test that is known to fail may take, in milliseconds. */
const SHORTLY = 3000;

/** Is the outcome of one test; a file that could not be loaded is one that failed, with an empty name. */
export interface Outcome {
  readonly file: string;
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly error?: string;
}

/** Is what was run, and where. */
export interface Report {
  readonly probe: Probe;
  readonly outcomes: readonly Outcome[];
}

/** Runs the files one after the other; `began` learns of each test before it runs. */
export async function run(options: RunOptions, began: (test: string) => void = () => {}): Promise<Report> {
  fc.configureGlobal({ numRuns: options.runs, seed: options.seed });
  const runner: VitestRunner = {
    config: configuration(options.timeout),
    importFile: (path) => import(/* @vite-ignore */ path),
    onBeforeRunTask: (test) => began(`${test.file.filepath}: ${nameOf(test)}`),
    runTask: (test) => (isHopeless(test, options) ? shortly(execute(test)) : execute(test)),
    onBeforeTryTask: forgetAssertions,
    onAfterTryTask: requireAssertions,
  };
  const files = await startTests([...options.files], runner);
  return { probe: probe(), outcomes: files.flatMap((file) => outcomes(file, file.filepath)) };
}

async function execute(test: Test): Promise<void> {
  await getFn(test)();
}

function isHopeless(test: Test, { hopeless }: RunOptions): boolean {
  return hopeless.some((pattern) => new RegExp(pattern).test(nameOf(test)));
}

/** Waits for the end of a test that is known to fail, which may be that it never ends. */
function shortly(end: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(TOO_LATE)), SHORTLY);
    end.then(resolve, reject);
  });
}

function configuration(timeout: number): VitestRunnerConfig {
  return {
    root: '/',
    setupFiles: [],
    name: undefined,
    passWithNoTests: false,
    testNamePattern: undefined,
    allowOnly: false,
    sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
    chaiConfig: undefined,
    maxConcurrency: 5,
    testTimeout: timeout,
    hookTimeout: timeout,
    retry: 0,
    includeTaskLocation: false,
    tags: [],
    tagsFilter: undefined,
    strictTags: false,
  };
}

/** Lists the outcomes of a suite's tests, and what went wrong outside of them. */
function outcomes(suite: Suite, file: string): Outcome[] {
  const errors = suite.result?.errors ?? [];
  const own: Outcome[] = errors.map((error) => ({
    file,
    name: nameOf(suite),
    state: 'failed',
    error: error.stack ?? error.message,
  }));
  return [
    ...own,
    ...suite.tasks.flatMap((task) => (task.type === 'suite' ? outcomes(task, file) : outcome(task, file))),
  ];
}

function outcome(test: Task, file: string): Outcome {
  const name = nameOf(test);
  if (test.result?.state === 'pass') return { file, name, state: 'passed' };
  if (test.mode === 'skip' || test.mode === 'todo') return { file, name, state: 'skipped' };
  const [error] = test.result?.errors ?? [];
  return { file, name, state: 'failed', error: `${error?.message ?? 'it did not run'}\n${error?.stack ?? ''}` };
}

/** Joins the names of a test and the suites around it; without the seed of a property, which changes. */
function nameOf(task: Task): string {
  const names: string[] = [];
  for (let at: Task | undefined = task; at !== undefined && at !== at.file; at = at.suite ?? at.file)
    names.unshift(at.name.replace(/ \(with seed=-?\d+\)$/, ''));
  return names.join(' > ');
}
