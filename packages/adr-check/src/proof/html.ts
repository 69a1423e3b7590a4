// The proof as a page of HTML that needs nothing else.

import type { Section } from './markdown.ts';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #8884;padding:.25rem .5rem;text-align:left}
@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}}`;

/** Writes the page. */
export function formatHtml(sections: readonly Section[]): string {
  const parts = sections.map(({ title, text, columns, rows }, i) => {
    const heading = i === 0 ? 'h1' : 'h2';
    const table =
      columns.length === 0
        ? ''
        : `<table><thead>${rowOf('th', columns)}</thead><tbody>${rows.map((row) => rowOf('td', row)).join('')}</tbody></table>`;
    return `<${heading}>${escape(title)}</${heading}><p>${escape(text)}</p>${table}`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Proof</title><style>${STYLE}</style>\n${parts.join('\n')}\n</html>\n`;
}

function rowOf(tag: 'td' | 'th', cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
