// The gate itself: it passes the fixture, and finds every fault that is planted there.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelRecord } from '@concurrency-lab/model-checker';
import { checkRepository, writeTables } from '../src/check.ts';
import { formatDrift } from '../src/drift.ts';
import { copyFixture, EVIDENCE, plant, RECORD, runModels, SOURCE } from './planted.ts';

// The fixture after its model tests have run.
let proven: ReturnType<typeof copyFixture>;
beforeAll(async () => {
  proven = copyFixture();
  const { passed, output } = await runModels(proven.root);
  if (!passed) throw new Error(output);
}, 240_000);
afterAll(() => proven[Symbol.dispose]());

/** Lists the drifts of the proven fixture with a piece of a file replaced; HERE stands for the line it was on. */
function driftsWith(file: string, from: string, to: string): string[] {
  using copy = copyFixture(proven.root);
  const line = plant(copy.root, file, from, to);
  return checkRepository(copy.root).map((drift) => formatDrift(drift).replace(`${file}:${line} `, `${file}:HERE `));
}

/** Lists the drifts with a statement more in the source; not that the models ran without it. */
function driftsWithStatement(statement: string): string[] {
  const drifts = driftsWith(SOURCE, '    return this', `    ${statement}\n    return this`);
  return drifts.filter((drift) => !drift.endsWith('run them again'));
}

it('finds nothing where nothing drifts', () => {
  expect(checkRepository(proven.root)).toEqual([]);
});

describe('in the source, finds', () => {
  it('an atomic access without an id', () => {
    expect(
      driftsWith(SOURCE, 'Atomics.wait(this.#words, STATE, EMPTY); // L4', 'Atomics.wait(this.#words, STATE, EMPTY);'),
    ).toEqual([
      `${SOURCE}:HERE has no id: wait on memory that may be shared, in get`,
      `${RECORD}:22 L4 stands nowhere in packages/latch/src`,
      `${RECORD}:23 L5, synchronises with: the table says "L4", the models "nothing"`,
    ]);
  });

  it('a plain access without an id', () => {
    expect(driftsWith(SOURCE, 'return this.#words[VALUE]!; // L1', 'return this.#words[VALUE]!;')).toEqual([
      `${SOURCE}:HERE has no id: plain load on memory that may be shared, in get`,
      `${RECORD}:19 L1, where: the table says "\`latch.ts\` set, get", the source "\`latch.ts\` set"`,
      `${RECORD}:19 L1, access: the table says "\`plain store\`, \`plain load\` of value", the source "\`plain store\` of value"`,
    ]);
  });

  it.each([
    ['an operation under another name', 'const { add } = Atomics;\n    add(this.#words, STATE, 0);', 'add'],
    ['a compound assignment', 'this.#words[VALUE]! |= 1;', 'plain load and plain store'],
    ['an increment', 'this.#words[VALUE]!++;', 'plain load and plain store'],
    ['a bulk write', 'this.#words.fill(0);', 'plain store'],
    ['a bulk read', 'this.#words.slice();', 'plain load'],
    ['a copy of a view', 'new Int32Array(this.#words);', 'plain load'],
    ['a copy into other memory', 'new Int32Array(2).set(this.#words);', 'plain load'],
    ['a spread', 'Math.max(...this.#words);', 'plain load'],
    ['a loop', 'for (const word of this.#words) void word;', 'plain load'],
    ['destructuring', 'const [first] = this.#words;', 'plain load'],
    ['a DataView', 'new DataView(this.#words.buffer).setInt8(0, 1);', 'plain store'],
    ['a view whose type does not say whether it is shared', '(this.#words as Int32Array)[0] = 1;', 'plain store'],
  ])('%s without an id', (_, statement, operations) => {
    expect(driftsWithStatement(statement)).toContainEqual(
      expect.stringMatching(new RegExp(`has no id: ${operations} on memory that may be shared, in get$`)),
    );
  });

  it.each([
    ['unshared memory', 'new Int32Array(1)[0] = 1;'],
    ['a part of a view', 'this.#words.subarray(1);'],
    ['what a view tells of itself', 'void (this.#words.length + this.#words.byteOffset);'],
    ['a view in a list', '[].concat([]); new Set([1]).add(2); const views = [this.#words]; views.push(this.#words);'],
    ['memory of a caller that is marked', 'this.#words[VALUE] = 3; // CALLER: it is said who orders this.'],
  ])('nothing wrong with %s', (_, statement) => {
    expect(driftsWithStatement(statement)).toEqual([]);
  });

  it('an id that has no row', () => {
    expect(driftsWith(SOURCE, '; // L4', '; // L4, L6')).toEqual([`${SOURCE}:HERE L6 has no row in ${RECORD}`]);
  });

  it('an id where no access is', () => {
    expect(driftsWith(SOURCE, '  get(): number {', '  get(): number { // L3')).toEqual([
      `${SOURCE}:HERE L3 stands where shared memory is not accessed`,
    ]);
  });
});

describe('in a record, finds', () => {
  it('a row whose id is gone from the source', () => {
    expect(driftsWith(RECORD, '| L5  |', '| L6  | | | | | | |\n| L5  |')).toEqual([
      `${RECORD}:HERE L6 stands nowhere in packages/latch/src`,
    ]);
  });

  it('a row that occurs twice', () => {
    expect(driftsWith(RECORD, '| L3  |', '| L2  |')).toContainEqual(`${RECORD}:HERE L2 has a row above`);
  });

  it('a row that names one that is not there', () => {
    expect(driftsWith(RECORD, '| as L2 ', '| as L9 ')).toEqual([`${RECORD}:HERE L3 names L9, which has no row`]);
  });

  it('a row for an access that has moved, or does something else', () => {
    expect(driftsWith(RECORD, '| L3  | `latch.ts` get ', '| L3  | `latch.ts` take ')).toEqual([
      `${RECORD}:HERE L3, where: the table says "\`latch.ts\` take", the source "\`latch.ts\` get"`,
    ]);
    expect(driftsWith(RECORD, '| `notify` ', '| `add`    ')).toEqual([
      `${RECORD}:HERE L5, access: the table says "\`add\`", the source "\`notify\`"`,
    ]);
  });

  it('a section that is missing, misplaced or too many', () => {
    expect(driftsWith(RECORD, '## Alternatives', '## Options')).toEqual([
      `${RECORD}:HERE has "Options" where the section "Alternatives" is due`,
    ]);
    expect(driftsWith(RECORD, '## Consequences', '### Consequences')).toEqual([
      `${RECORD}:33 has "Confirmed by" where the section "Consequences" is due`,
    ]);
    expect(driftsWith(RECORD, '`packages/latch/src/latch.ts`', '## More')).toEqual([
      `${RECORD}:HERE has a section "More", which the template has not`,
    ]);
  });

  it('more than a page', () => {
    expect(driftsWith(RECORD, 'A latch.', 'word '.repeat(801))).toEqual([
      expect.stringMatching(`^${RECORD}:1 has 8\\d\\d words, and a page has at most 800$`),
    ]);
  });

  it('a number or title that is not its own', () => {
    expect(driftsWith(RECORD, '# 0000: latch', '# 0001: latch')).toEqual([
      `${RECORD}:HERE begins with "# 0001: latch, for the tests of the gate" instead of "# 0000: " and a title`,
    ]);
  });

  it('a file that is not there', () => {
    expect(driftsWith(RECORD, 'src/latch.ts`', 'src/gone.ts`')).toEqual([
      `${RECORD}:HERE names packages/latch/src/gone.ts, which is not there`,
    ]);
  });

  it('a package that none explains', () => {
    expect(driftsWith(RECORD, 'Package `latch`.', 'Package `latches`.')).toEqual([
      'packages/latch/package.json:1 is published, and no record says "Package `latch`." of it',
    ]);
  });

  it('other columns than those of the template', () => {
    expect(driftsWith(RECORD, '| needs at least |', '| strength       |')).toContainEqual(
      expect.stringMatching(/^adr\/0000-latch.md:HERE has the columns id, where, access, strength, /),
    );
  });
});

/** Lists the drifts of the proven fixture with another record of what the models did. */
function driftsAfter(change: (record: Evidence) => Evidence): string[] {
  using copy = copyFixture(proven.root);
  const path = join(copy.root, EVIDENCE);
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')) as Evidence)));
  return checkRepository(copy.root).map(formatDrift);
}

type Evidence = { -readonly [Key in keyof ModelRecord]: ModelRecord[Key] };

describe('in what the models have shown, finds', () => {
  it('that they did not run', () => {
    using copy = copyFixture();
    expect(checkRepository(copy.root).map(formatDrift)).toEqual([
      `${RECORD}:17 cannot be compared: the model tests of packages/latch have left no record; run them`,
    ]);
  });

  it('nothing of a record that says they leave none yet, unless they do', () => {
    const says = (root: string): number =>
      plant(root, RECORD, '`latch`.', '`latch`.\nModels leave no record yet: its rows are open.');
    using unproved = copyFixture();
    says(unproved.root);
    expect(checkRepository(unproved.root)).toEqual([]);
    using copy = copyFixture(proven.root);
    says(copy.root);
    expect(checkRepository(copy.root).map(formatDrift)).toEqual([
      `${RECORD}:1 says that models leave no record, and they do`,
    ]);
  });

  it('that they ran on another source', () => {
    expect(driftsWith(SOURCE, '\n  get(): number {', '\n\n  get(): number {')).toEqual([
      `${SOURCE}:26 was "Atomics.wait(this.#words, STATE, EMPTY); // L4" when the models of packages/latch/test/latch.model.test.ts ran: run them again`,
    ]);
  });

  it('a mutant that survives', () => {
    const drifts = driftsAfter((record) => ({
      ...record,
      mutants: record.mutants.map((mutant) =>
        mutant.site.text.includes('.store(') ? { ...mutant, status: 'survived' as const, killedBy: undefined } : mutant,
      ),
    }));
    expect(drifts).toEqual([`${SOURCE}:18 L2 may be plain: no model fails for it`]);
  });

  it('an access that was not made weaker, or that no model comes by', () => {
    const without = (list: readonly { site: { text: string } }[]): never[] =>
      list.filter(({ site }) => !site.text.includes('.wait(')) as never[];
    expect(driftsAfter((record) => ({ ...record, mutants: without(record.mutants) }))).toEqual([
      `${SOURCE}:26 L4 was not made weaker here by any test`,
    ]);
    const accesses = (record: Evidence) => record.accesses.filter(({ text }) => !text.includes('return'));
    expect(driftsAfter((record) => ({ ...record, accesses: accesses(record) }))).toEqual([
      `${SOURCE}:28 L1: no model comes by here`,
    ]);
  });

  it('a row that names another model, or another way to fail', () => {
    expect(driftsWith(RECORD, '| `setAndGet`: dropped ', '| `getAndSet`: dropped ')).toEqual([
      `${RECORD}:HERE L5, killed by: the table says "\`getAndSet\`: dropped", the models "\`setAndGet\`: dropped"`,
    ]);
    expect(driftsWith(RECORD, '| `setAndGet`: split ', '| `setAndGet`: plain ')).toHaveLength(1);
    expect(driftsWith(RECORD, '| `setAndGet`: split ', '| ')).toHaveLength(1);
  });

  it('a partner that was never seen, and one that is not named', () => {
    expect(driftsWith(RECORD, '| acquire        | L2 ', '| acquire        | L5 ')).toEqual([
      `${RECORD}:HERE L3, synchronises with: the table says "L5", the models "L2"`,
    ]);
    expect(driftsWith(RECORD, '| acquire        | L2 ', '| acquire        | nothing ')).toEqual([
      `${RECORD}:HERE L3, synchronises with: the table says "nothing", the models "L2"`,
    ]);
    expect(driftsWith(RECORD, '| notify         | L4 ', '| notify         | nothing ')).toHaveLength(1);
    // Seen, but nothing that the rows claim to need: it may be named.
    expect(driftsWith(RECORD, '| wait           | L5 ', '| wait           | L2, L5 ')).toEqual([]);
  });

  it('an access where the source seems to have none', () => {
    const drifts = driftsAfter((record) => ({
      ...record,
      accesses: [...record.accesses, { file: 'src/latch.ts', line: 12, text: 'this.#words = words;' }],
    }));
    expect(drifts).toEqual([`${SOURCE}:12 has no id: a model has seen it access shared memory`]);
  });

  it('a row that is left to tests, which are not there, or which a model covers', () => {
    const drifts = driftsWith(RECORD, '| `setAndGet`: dropped ', '| `threads.test.ts` ');
    expect(drifts).toEqual([
      `${RECORD}:HERE L5 names packages/latch/test/threads.test.ts, which is not there`,
      `${SOURCE}:20 L5 is left to tests, and a model comes by here`,
    ]);
  });
});

it('a weakened atomic fails the models, and drifts', async () => {
  using copy = copyFixture(proven.root);
  plant(copy.root, SOURCE, 'Atomics.store(this.#words, STATE, FULL);', 'this.#words[STATE] = FULL;');
  const { passed, output } = await runModels(copy.root);
  expect(passed).toBe(false);
  expect(output).toMatch(/data-race: .*atomic read.*plain write|data-race: .*plain write.*atomic read/);
  expect(checkRepository(copy.root).map(formatDrift)).toEqual(
    expect.arrayContaining([
      `${RECORD}:20 L2, access: the table says "\`store\` FULL", the source "\`plain store\` FULL"`,
      `${SOURCE}:18 L2: no model comes by here`,
    ]),
  );
}, 240_000);

it('takes out folders that a row without an id names', () => {
  using copy = copyFixture(proven.root);
  plant(copy.root, SOURCE, '; // L4', ';');
  plant(copy.root, RECORD, '| L4  | `latch.ts` get ', '| –   | `core/`        ');
  expect(checkRepository(copy.root).map(formatDrift)).toContainEqual(
    `${RECORD}:22 packages/latch/src/core/ is no folder`,
  );
});

it('writes the columns that follow from source and models, and keeps the words', () => {
  using copy = copyFixture(proven.root);
  const { root } = copy;
  plant(root, RECORD, '`latch.ts` set, get', '`old.ts` somewhere');
  plant(root, RECORD, '`store` FULL', '`load` FULL');
  plant(root, RECORD, '`setAndGet`: split', '`other`: split');
  plant(root, RECORD, '| acquire        | L2 ', '| acquire        | L4 ');
  expect(checkRepository(root)).toHaveLength(4);
  expect(writeTables(root)).toEqual([RECORD]);
  expect(checkRepository(root)).toEqual([]);
  expect(readFileSync(join(root, RECORD), 'utf8').replaceAll(/ +/g, ' ')).toContain(
    '| L2 | `latch.ts` set | `store` FULL | release |',
  );
  expect(writeTables(root)).toEqual([]);
});
