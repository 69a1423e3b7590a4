// @ts-check
// Writes the tables and charts again from the results: `node packages/comparison/src/render.mjs`.
// With `--check` it writes nothing, names what differs, and exits with 1.

import { render, stale } from './harness/render.mjs';

if (process.argv.includes('--check')) {
  const files = stale();
  for (const file of files) console.error(`${file} does not show the results: node packages/comparison/src/render.mjs`);
  process.exitCode = files.length > 0 ? 1 : 0;
} else {
  for (const file of render()) console.log(`wrote ${file}`);
}
