// Every subject of every comparison does what it is measured doing, on this Node.

import { describe, expect, it } from 'vitest';
import { findRuntime } from '../../bench-gate/src/runtimes.mjs';
import { comparedPackages, comparisonNames, loadComparison } from '../src/harness/definition.mjs';
import { takeSample } from '../src/harness/sampling.mjs';

describe.each(comparedPackages().flatMap((folder) => comparisonNames(folder).map((name) => [folder, name] as const)))(
  '%s/%s',
  async (folder, name) => {
    const { subjects, parameter } = await loadComparison(folder, name);
    // The least value of a parameter is enough to show that the subject works.
    const value = parameter === undefined ? {} : { parameter: parameter.values[0] };
    it.each(Object.keys(subjects))('%s works, or says why it cannot', async (subject) => {
      const sample = await takeSample(findRuntime(), { folder, name, subject, ...value, blocks: 0, warmUp: 0 }, 20);
      expect(sample.runtime).toBe(`Node ${process.versions.node}`);
    });
  },
);
