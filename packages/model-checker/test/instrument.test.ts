// What instrumented code computes is what the code computed before: each snippet is run as it
// is, instrumented, and instrumented in a model.

import { inspect } from 'node:util';
import { explore } from '@concurrency-lab/model-checker';
import { afterAll, describe, expect, it } from 'vitest';
import { instrumented, ModuleDirectory, nativeImport, snippetsOf } from './instrument.load.ts';

interface Loaded {
  readonly run: () => unknown;
  readonly native?: boolean;
  readonly model: (keep: (result: unknown) => void) => () => unknown;
}

const snippets = snippetsOf(new URL('subjects/language.snippets.txt', import.meta.url));
const MODEL = '\nexport const model = (keep) => async () => { keep(await run()); };\n';

const directory = new ModuleDirectory();
afterAll(() => directory[Symbol.dispose]());

async function load(name: string, code: string): Promise<Loaded> {
  return (await nativeImport(directory.write(name, code))) as Loaded;
}

const show = (value: unknown): string => inspect(value, { depth: 10, breakLength: 100 });

describe('instrumented code computes the same', () => {
  it('has enough snippets', () => {
    expect(snippets.length).toBeGreaterThan(140);
    expect(new Set(snippets.map(({ name }) => name)).size).toBe(snippets.length);
  });

  for (const [i, { name, code }] of snippets.entries()) {
    it(name, async () => {
      const native = await load(`${i}-native.mjs`, code + MODEL);
      const expected = show(await native.run());
      const printed = instrumented(code + MODEL, `snippet-${i}.js`);
      const outside = await load(`${i}-outside.mjs`, printed);
      expect(show(await outside.run())).toBe(expected);
      if (native.native === true) return;
      const within = await load(`${i}-within.mjs`, printed);
      const results: string[] = [];
      const { failure } = explore(
        within.model((result) => results.push(show(result))),
        { maxExecutions: 2, randomExecutions: 0 },
      );
      if (failure !== undefined) throw new Error(failure.report, { cause: failure.error });
      expect(results[0]).toBe(expected);
    });
  }
});
