// @ts-check
// Writes the tables and charts again from the results: `node packages/comparison/src/render.mjs`.
// With `--check` it writes nothing, names what differs, and exits with 1.

import { render, stale } from './harness/render.mjs';

if (process.argv.includes('--check')) {
  const differences = stale();
  for (const difference of differences) console.error(difference);
  if (differences.length > 0) {
    console.error('Write again: node packages/comparison/src/render.mjs');
    process.exitCode = 1;
  }
} else {
  const { written, problems } = render();
  for (const file of written) console.log(`wrote ${file}`);
  for (const problem of problems) console.error(problem);
}
