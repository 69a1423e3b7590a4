// node packages/adr-check/dist/cli.js           prints what drifts, and fails if anything does
// node packages/adr-check/dist/cli.js --write   rewrites the mechanical columns and the proof page first

import { fileURLToPath } from 'node:url';
import { checkRepository } from './check.ts';
import { formatDrift } from './drift.ts';
import { checkProof } from './proof/page.ts';
import { NoRecordsError, writeAll } from './write.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const unknown = process.argv.slice(2).filter((argument) => argument !== '--write');
if (unknown.length > 0) {
  console.error(`unknown argument ${unknown[0]}: there is --write`);
  process.exit(2);
}
if (process.argv.includes('--write')) {
  try {
    for (const file of writeAll(root)) console.log(`wrote ${file}`);
  } catch (error) {
    if (!(error instanceof NoRecordsError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}
const drifts = [...checkRepository(root), ...checkProof(root)];
for (const drift of drifts) console.log(formatDrift(drift));
process.exitCode = drifts.length > 0 ? 1 : 0;
