// A setup file of vitest: leaves a record of what each test file explored and mutated, as JSON,
// in the folder that `modelChecker({ record })` names. Nothing in it depends on the time or the
// machine, where the explorations do not.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import type { SourceSite } from '../runtime/sites.ts';
import type { ModelRecord, RecordedEdge, RecordedModel, RecordedMutant, RecordedSite } from './record.ts';
import { recording } from './recorder.ts';

const folder = process.env['MODEL_CHECKER_RECORD'];
if (folder !== undefined) record(folder);

function record(into: string): void {
  const models: RecordedModel[] = [];
  const mutants: RecordedMutant[] = [];
  const accesses = new Map<string, RecordedSite>();
  const edges = new Map<string, RecordedEdge>();
  const { testPath } = expect.getState();
  const file = join(into, `${basename(testPath ?? 'unknown')}.json`);

  // A run that is stopped leaves nothing, rather than what an earlier one has found.
  beforeAll(() => rmSync(file, { force: true }));

  recording.by = {
    explored(kind, model, { executions, isExhaustive, preemptionBound, failure, observed }) {
      const { currentTestName: test = '' } = expect.getState();
      models.push({ test, kind, model, executions, isExhaustive, preemptionBound, failure: failure?.kind });
      // What a model does that fails is nothing that a proof may rest on; and scenarios are others in each run.
      if (kind === 'scenario' || failure !== undefined || observed === undefined) return;
      for (const site of observed.accesses.map(recordSite)) accesses.set(`${site.file}:${site.line}`, site);
      for (const { from, to, kind: edge } of observed.edges) {
        const recorded = { from: recordSite(from), to: recordSite(to), kind: edge };
        edges.set(JSON.stringify(recorded), recorded);
      }
    },
    mutated(all) {
      const { currentTestName: test = '' } = expect.getState();
      for (const { site, mutation, status, killedBy, failure } of all) {
        mutants.push({ test, site: recordSite(site), mutation, status, killedBy, failure });
      }
    },
  };

  afterAll(() => {
    recording.by = undefined;
    if (models.length === 0 && mutants.length === 0) return;
    const whole: ModelRecord = {
      node: process.versions.node,
      models,
      mutants,
      accesses: [...accesses.values()],
      edges: [...edges.values()],
    };
    mkdirSync(into, { recursive: true });
    writeFileSync(file, `${JSON.stringify(whole)}\n`);
  });
}

/** Names a site by its path from the folder of the tests. */
function recordSite({ file, line, text }: SourceSite): RecordedSite {
  return { file: relative(process.cwd(), resolve(file)).replaceAll('\\', '/'), line, text };
}
