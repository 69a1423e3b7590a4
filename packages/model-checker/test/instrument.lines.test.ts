// Every line of the code stays on its line: source maps and stack traces remain right.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vite';
import { afterAll, describe, expect, it } from 'vitest';
import { children, type Node } from '../dist/instrument/ast.js';
import { InstrumentationError } from '../dist/instrument/error.js';
import { instrumented, ModuleDirectory, nativeImport, snippetsOf } from './instrument.load.ts';

const directory = new ModuleDirectory();
afterAll(() => directory[Symbol.dispose]());

const HERE = fileURLToPath(new URL('.', import.meta.url));
const files = (folder: string): string[] =>
  readdirSync(`${HERE}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.m?js$/.test(file))
    .map((file) => `${HERE}${folder}/${file}`);

/** Lists the literals of a module with their lines; in printed code there are more. */
function literals(code: string): string[] {
  const starts = [0];
  for (let at = code.indexOf('\n'); at >= 0; at = code.indexOf('\n', at + 1)) starts.push(at + 1);
  const found: { offset: number; text: string }[] = [];
  const visit = (node: Node): void => {
    if (node.type === 'Literal' && typeof node.value === 'string')
      found.push({ offset: node.start, text: JSON.stringify(node.value) });
    else if (node.type === 'Literal' || node.type === 'TemplateElement')
      found.push({ offset: node.start, text: code.slice(node.start, node.end) });
    for (const child of children(node)) visit(child);
  };
  visit(parseAst(code) as Node);
  found.sort((a, b) => a.offset - b.offset);
  let line = 0;
  return found.map(({ offset, text }) => {
    while (starts[line + 1]! <= offset) line++;
    return `${line + 1}: ${text}`;
  });
}

/** Finds what stands on another line in the printed code. */
function moved(code: string, printed: string): string[] {
  const there = new Map<string, number>();
  for (const literal of literals(printed)) there.set(literal, (there.get(literal) ?? 0) + 1);
  return literals(code).filter((literal) => {
    const count = there.get(literal) ?? 0;
    there.set(literal, count - 1);
    return count <= 0;
  });
}

function check(code: string, name: string): void {
  const printed = instrumented(code, name);
  expect(printed.split('\n')).toHaveLength(code.split('\n').length);
  expect(moved(code, printed), name).toEqual([]);
}

describe('lines stay where they are', () => {
  it('in the snippets', () => {
    expect.hasAssertions();
    for (const { name, code } of snippetsOf(new URL('subjects/language.snippets.txt', import.meta.url)))
      check(code, name);
  });

  for (const [name, folder, least] of [
    ['atomics', '../../atomics/dist', 5],
    ['mini-exec', '../../mini-exec/dist', 5],
    ['ringbuf.js', '../node_modules/ringbuf.js/dist', 1],
    ['fast-check', '../node_modules/fast-check/lib', 2],
  ] as const) {
    it(`in the files of ${name}`, () => {
      const sources = files(folder).map((file) => ({ file, code: readFileSync(file, 'utf8') }));
      let refused = 0;
      for (const { file, code } of sources) {
        if (!/^(?:import|export)\b/m.test(code)) continue;
        try {
          check(code, file);
        } catch (error) {
          if (!(error instanceof InstrumentationError)) throw error;
          expect(error.message).toContain(`${file}:${error.line}:`);
          refused++;
        }
      }
      expect(sources.length).toBeGreaterThanOrEqual(least);
      // Async generators, which are refused by name.
      expect(refused).toBeLessThanOrEqual(name === 'fast-check' ? 5 : 0);
    });
  }
});

// Each throws at the line that says so.
const THROWING = `
export const cases = {
  call: () => identity(
    1,
    (() => { throw new Error('here 5') })(),
  ),
  method() {
    return [1]
      .map((x) => x)
      .map(() => { throw new Error('here 10') })
  },
  condition: () =>
    identity(1) ||
      identity(2)
    ? [
        fail(
          15)
      ]
    : fail(19),
  template: () => \`\${identity(1)}
    \${new Failing(\`
    \`, 22)}\`,
  chain: () => ({ a: { b() { throw new Error('here 24') } } })
    ?.a
    ?.b(),
  parameter: (a = 1,
    b = fail(
      28)) => [a, b],
  loop() {
    for (
      const [x,
        y] of [
        [1]]) {
          fail(34)
        }
  },
  object: () => ({
    a: 1,
    get b() {
      return fail(39)
    },
    [identity('c')]: 1,
  }).b,
  async async() {
    await identity(1)
    throw new Error('here 45')
  },
  generator: () => [...(function* () {
    yield 1
    throw new Error('here 49')
  })()],
  field: () => new (class {
    a = 1
    b =
      fail(54)
  })(),
  handled() {
    try {
      identity(1)
      fail(59)
    } finally {
      identity(2)
    }
  },
  switched() {
    switch (identity(1)) {
      case 0:
      case 1: {
        identity(3)
        return fail(69)
      }
    }
  },
}
function identity(x) { return [x][0] }
function fail(line) { throw Object.assign(new Error('here ' + line), { stack: new Error().stack }) }
class Failing { constructor(_, line) { throw new Error('here ' + line, { cause: _ }) } }
`;

describe('an error has the line of the source in its stack', async () => {
  const native = (await nativeImport(directory.write('native.mjs', THROWING))) as {
    cases: Record<string, () => unknown>;
  };
  const url = directory.write('printed.mjs', instrumented(THROWING, 'throwing.js'));
  const printed = (await nativeImport(url)) as typeof native;
  const stackOf = async (run: () => unknown): Promise<Error> => {
    try {
      await run();
    } catch (error) {
      return error as Error;
    }
    throw new Error('nothing was thrown');
  };
  const linesOf = (error: Error): number[] =>
    [...error.stack!.matchAll(/\.mjs:(\d+):\d+/g)].map(([, line]) => Number(line));
  for (const name of Object.keys(native.cases)) {
    it(name, async () => {
      const expected = await stackOf(native.cases[name]!);
      const actual = await stackOf(printed.cases[name]!);
      expect(actual.message).toBe(expected.message);
      // Where the language itself reports a line, so must the instrumented code; a call that goes
      // over two lines may show the second.
      const [first, ...callers] = linesOf(expected);
      const lines = linesOf(actual);
      expect(lines[0]).toBe(first);
      if (name !== 'generator')
        for (const line of callers)
          expect(
            lines.some((other) => other === line || other === line + 1),
            `${line} in ${lines.join(' ')}`,
          ).toBe(true);
    });
  }
});
