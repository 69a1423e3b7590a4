// The form of a decision record: its title, its sections, its length, and that what it names exists.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Drift } from './drift.ts';

const SECTIONS = ['Status', 'Context', 'Decision', 'Ordering', 'Alternatives', 'Consequences', 'Confirmed by'];
/** One page; tables are not counted. */
const MOST_WORDS = 800;

/** Lists what is wrong with the form of a record. */
export function checkPage(root: string, file: string, text: string): Drift[] {
  const lines = text.split('\n');
  const drifts: Drift[] = [];
  const number = /\/(\d{4})-[a-z-]+\.md$/.exec(file)?.[1];
  if (number === undefined) return [{ file, line: 1, message: 'is not named like 0042-the-decision.md' }];
  if (!new RegExp(`^# ${number}: \\S`).test(lines[0]!)) {
    drifts.push({ file, line: 1, message: `begins with "${lines[0]}" instead of "# ${number}: " and a title` });
  }
  drifts.push(...checkSections(file, lines));
  const words = countWords(text);
  if (words > MOST_WORDS) {
    drifts.push({ file, line: 1, message: `has ${words} words, and a page has at most ${MOST_WORDS}` });
  }
  for (const [i, line] of lines.entries()) {
    for (const [, path] of line.matchAll(/`(?:node )?((?:packages|adr|\.ci|\.github)\/[\w./-]+)`/g)) {
      if (!existsSync(join(root, path!)))
        drifts.push({ file, line: i + 1, message: `names ${path}, which is not there` });
    }
  }
  return drifts;
}

function checkSections(file: string, lines: readonly string[]): Drift[] {
  const headings = lines.flatMap((text, i) => (text.startsWith('## ') ? [{ text: text.slice(3), line: i + 1 }] : []));
  for (const [i, wanted] of SECTIONS.entries()) {
    const found = headings[i];
    if (found?.text === wanted) continue;
    const has = found === undefined ? 'ends' : `has "${found.text}"`;
    return [{ file, line: found?.line ?? lines.length, message: `${has} where the section "${wanted}" is due` }];
  }
  return headings
    .slice(SECTIONS.length)
    .map(({ text, line }) => ({ file, line, message: `has a section "${text}", which the template has not` }));
}

/** Counts the words of a page: not those of tables and of comments for the author. */
export function countWords(text: string): number {
  const prose = text.replace(/<!--[\s\S]*?-->/g, '').replace(/^\|.*$/gm, '');
  return prose.split(/\s+/).filter((word) => /\w/.test(word)).length;
}
