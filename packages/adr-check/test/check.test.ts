// The gate itself: it passes the fixture, and finds every fault that is planted there.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkRepository, writeTables } from '../src/check.ts';
import { formatDrift } from '../src/drift.ts';
import { copyFixture, plant, RECORD, SOURCE } from './planted.ts';

/** Lists the drifts of the fixture with a piece of a file replaced; %LINE in front of them is the line it was on. */
function driftsWith(file: string, from: string, to: string): string[] {
  const root = copyFixture();
  const line = plant(root, file, from, to);
  return checkRepository(root).map((drift) => formatDrift(drift).replace(`${file}:${line} `, `${file}:HERE `));
}

it('finds nothing where nothing drifts', () => {
  expect(checkRepository(copyFixture())).toEqual([]);
});

describe('in the source, finds', () => {
  it('an atomic access without an id', () => {
    expect(
      driftsWith(SOURCE, 'Atomics.wait(this.#words, STATE, EMPTY); // L4', 'Atomics.wait(this.#words, STATE, EMPTY);'),
    ).toEqual([
      `${SOURCE}:HERE has no id: wait on memory that may be shared, in get`,
      `${RECORD}:22 L4 stands nowhere in packages/latch/src`,
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
    expect(driftsWith(SOURCE, '    return this', `    ${statement}\n    return this`)).toContainEqual(
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
    expect(driftsWith(SOURCE, '    return this', `    ${statement}\n    return this`)).toEqual([]);
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

it('takes out folders that a row without an id names', () => {
  const root = copyFixture();
  plant(root, SOURCE, '; // L4', ';');
  plant(root, RECORD, '| L4  | `latch.ts` get ', '| –   | `core/`        ');
  expect(checkRepository(root).map(formatDrift)).toContainEqual(`${RECORD}:22 packages/latch/src/core/ is no folder`);
});

it('writes the columns that follow from the source, and keeps the words', () => {
  const root = copyFixture();
  const intended = readFileSync(join(root, RECORD), 'utf8');
  writeFileSync(
    join(root, RECORD),
    intended.replace('`latch.ts` set, get', '`old.ts` somewhere').replace('`store` FULL', '`load` FULL'),
  );
  expect(checkRepository(root)).toHaveLength(2);
  expect(writeTables(root)).toEqual([RECORD]);
  expect(checkRepository(root)).toEqual([]);
  expect(readFileSync(join(root, RECORD), 'utf8').replaceAll(/ +/g, ' ')).toContain(
    '| L2 | `latch.ts` set | `store` FULL | release |',
  );
  expect(writeTables(root)).toEqual([]);
});
