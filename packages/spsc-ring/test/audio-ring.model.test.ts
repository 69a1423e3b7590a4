// Every interleaving of the audio ring, and of each access made weaker.

import { mutate, verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import * as models from './models/audio-ring.ts';

const PATIENT = { maxSeconds: 600 }; // bounded by executions, not by the time of a loaded machine

describe('every interleaving', () => {
  it.each(Object.entries(models))('%s', (_, model) => {
    expect(verify(model, PATIENT)).toMatchObject({ isExhaustive: true, truncated: 0 });
  });
});

it('needs every access as strong as it is', () => {
  const { writeAndPlay, recordAndPlay, interleaved, counts, openWhilePlacing } = models;
  const few = { writeAndPlay, recordAndPlay, interleaved, counts, openWhilePlacing };
  // The accesses that order these are those of cursor.ts: ring.model.test.ts makes them weaker.
  const { survivors } = mutate(few, { ...PATIENT, files: /src\/(?:audio-[a-z]+|interleave)\.ts/ });
  expect(survivors).toEqual([]);
}, 600_000);
