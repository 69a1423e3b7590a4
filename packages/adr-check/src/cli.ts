// node packages/adr-check/dist/cli.js           prints what drifts, and fails if anything does
// node packages/adr-check/dist/cli.js --write   rewrites the mechanical columns first

import { fileURLToPath } from 'node:url';
import { checkRepository, writeTables } from './check.ts';
import { formatDrift } from './drift.ts';
import { checkProof, PROOF, writeProof } from './proof/page.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const unknown = process.argv.slice(2).filter((argument) => argument !== '--write');
if (unknown.length > 0) {
  console.error(`unknown argument ${unknown[0]}: there is --write`);
  process.exit(2);
}
if (process.argv.includes('--write')) {
  for (const record of writeTables(root)) console.log(`wrote ${record}`);
  if (writeProof(root)) console.log(`wrote ${PROOF}`);
}
const drifts = [...checkRepository(root), ...checkProof(root)];
for (const drift of drifts) console.log(formatDrift(drift));
process.exitCode = drifts.length > 0 ? 1 : 0;
