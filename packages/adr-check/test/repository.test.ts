// This repository: nothing in it drifts.

import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { checkRepository } from '../src/check.ts';
import { formatDrift } from '../src/drift.ts';

it('says the same in its records and in its sources', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  expect(checkRepository(root).map(formatDrift)).toEqual([]);
}, 300_000);
