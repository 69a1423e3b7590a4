// That it is the packed files which run, where they are to: packages/publish-check says so.

import { CancelToken } from '@concurrency-lab/atomics';
import { expect, it } from 'vitest';

const packed = import.meta.env['VITE_PACKED'] as string | undefined;

it.skipIf(packed === undefined)(packed === undefined ? 'sources are run here' : 'runs what was installed', () => {
  const error = new Error('nothing was thrown');
  try {
    CancelToken.from({} as never);
  } catch (thrown) {
    error.stack = (thrown as Error).stack ?? '';
  }
  expect(error.stack).toContain(`${packed}/@concurrency-lab/atomics/dist/`);
});
