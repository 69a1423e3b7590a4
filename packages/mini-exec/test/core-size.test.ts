// The core is to be read in one sitting: under 200 lines, not counting blank ones and comments.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const core = new URL('../src/core/', import.meta.url);

/** Counts the lines that hold code: what is left once comments are taken out. */
export function countCode(source: string): number {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return code.split('\n').filter((line) => line.trim() !== '').length;
}

it('counts lines of code, and neither comments nor blank lines', () => {
  expect(
    countCode('/** doc\n * more\n */\nconst a = 1; // counted\n\n// not counted\n  /* nor this */\nconst b = 2;\n'),
  ).toBe(2);
});

it('has a core of fewer than 200 lines', () => {
  const files = readdirSync(core).filter((name) => name.endsWith('.ts'));
  expect(files.toSorted()).toEqual(['executor.ts', 'future.ts', 'task.ts']);
  const lines = files.reduce((sum, name) => sum + countCode(readFileSync(new URL(name, core), 'utf8')), 0);
  expect(lines).toBeGreaterThan(100);
  expect(lines).toBeLessThan(200);
});
