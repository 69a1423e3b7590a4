import { describe, expect, it } from 'vitest';
import { findRuntime } from '../../bench-gate/src/runtimes.mjs';
import { comparedPackages, comparisonNames, loadComparison } from '../src/harness/definition.mjs';
import type { Request, Sample } from '../src/harness/sample.mjs';
import { rotated, takeSample, takeSamples } from '../src/harness/sampling.mjs';

const runtime = findRuntime();
const FIXTURES = '../test/fixtures';

function sample(subject: string, more: Partial<Request> = {}, limit = 20): Promise<Sample> {
  const request = { folder: FIXTURES, name: 'counting', subject, blocks: 2, warmUp: 5, ...more };
  return takeSample(runtime, request, limit);
}

describe('a sample', () => {
  it('has a figure in the unit asked for, and says where it was taken', async () => {
    const { figure, runtime: name, calibration } = await sample('counts');
    expect(figure).toBeGreaterThan(0.1);
    expect(figure).toBeLessThan(100_000);
    expect(name).toBe(`Node ${process.versions.node}`);
    expect(calibration).toBeUndefined();
  });

  it('is refused to a subject that counts wrong', async () => {
    await expect(sample('counts double')).rejects.toThrow(
      /counting, counts double, on node\d+: exit code 1[\s\S]+10 were counted as 20/,
    );
  });

  it('is not taken where the subject cannot run', async () => {
    const { unsupported, figure } = await sample('needs another runtime');
    expect(unsupported).toBe(`not on Node ${process.versions.node.split('.')[0]}`);
    expect(figure).toBeUndefined();
  });

  it('does not mind what a subject writes, or leaves running', async () => {
    expect((await sample('writes and never ends')).figure).toBeGreaterThan(0);
  });

  it('does not wait for ever', async () => {
    await expect(sample('hangs', {}, 1)).rejects.toThrow('not done after 1 s');
  });

  it('takes a subject at its word: operations, time, further figures, latencies', async () => {
    const { figure, extra, latency } = await sample('reports', { blocks: 3 });
    expect(figure).toBe(3); // 3000 in 1 ms, in M/s
    expect(extra).toEqual({ fairness: 0.5 });
    expect(latency!.count).toBe(9);
    expect(Object.values(latency!.buckets)).toEqual([3, 3, 3]);
  });

  it('verifies only, if no blocks are asked for', async () => {
    expect(await sample('counts', { blocks: 0 })).toEqual({ runtime: `Node ${process.versions.node}` });
    await expect(sample('counts double', { blocks: 0 })).rejects.toThrow('10 were counted as 20');
  });
});

it('goes through parameters and rounds; contended samples are calibrated', async () => {
  const comparison = await loadComparison(FIXTURES, 'pair');
  const plan = { folder: FIXTURES, name: 'pair', comparison, rounds: 2, blocks: 1, warmUp: 0 };
  const series = await takeSamples(runtime, plan);
  expect(series.map(({ subject, parameter, samples }) => [subject, parameter, samples.length])).toEqual([
    ['sleep', 1, 2],
    ['sleep', 4, 2],
  ]);
  for (const { parameter, samples } of series) {
    for (const { figure, calibration } of samples) {
      expect(figure).toBeGreaterThanOrEqual(Number(parameter) * 0.5);
      for (const nanoseconds of calibration!) expect(nanoseconds).toBeGreaterThan(20);
    }
  }
});

it('lets every subject begin', () => {
  const orders = [0, 1, 2, 3].map((round) => rotated(['a', 'b', 'c'], round).join(''));
  expect(orders).toEqual(['abc', 'acb', 'cab', 'cba']);
  const first = Array.from({ length: 6 }, (_, round) => rotated(['a', 'b', 'c'], round)[0]);
  expect(new Set(first)).toEqual(new Set(['a', 'b', 'c']));
});

describe('definitions', () => {
  it('are found by their place', async () => {
    expect(comparedPackages()).toEqual(expect.arrayContaining(['atomics', 'mini-exec']));
    expect(comparisonNames('atomics')).toEqual(['cancel', 'round-trip']);
    await expect(loadComparison('atomics', 'speed')).rejects.toThrow(
      'atomics has no comparison speed: cancel, round-trip',
    );
  });

  it('name runtimes that are there', () => {
    expect(findRuntime().binary).toBe(process.execPath);
    expect(() => findRuntime('node18')).toThrow('no runtime is called node18: node, node22,');
    expect(findRuntime('/opt/some/deno').args).toEqual(['run', '--allow-all']);
  });
});
