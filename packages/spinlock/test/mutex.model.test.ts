import { mutate, verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import * as models from './models/mutex.ts';

describe('every interleaving', () => {
  it.each(Object.entries(models))('%s', (_, model) => {
    const s = verify(model);
    expect(s).toMatchObject({ isExhaustive: true, truncated: 0 });
  });
});
