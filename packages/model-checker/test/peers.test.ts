// Defects that were found in published packages (rebuilt in models/peers.ts) are found here,
// with a trace that explains them.

import { explore } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import * as peers from './models/peers.ts';

describe('the defects of peers', () => {
  it.each([
    ['two locks over one heap', peers.twoLocksOverOneHeap, 'data-race', [/sender/, /receiver/, /peers\.ts:\d+/]],
    [
      'a blocking close against an async send of the same thread',
      peers.closeBlocksItsOwnSend,
      'deadlock',
      [/sender sleeps/, /wait/],
    ],
    [
      'a semaphore that wakes one that cannot proceed',
      peers.semaphoreWakesTheWrongOne,
      'lost-wake-up',
      [/wants two/, /wants one/],
    ],
    ['a reply word that is never reset', peers.replyWordNeverReset, 'error', [/call 2 was answered 10/]],
    ['a check of one word and a sleep on another', peers.sleepsOnAnotherWord, 'lost-wake-up', [/woke 0/, /sleeps/]],
  ] as const)('%s', (_, model, kind, explanation) => {
    const { failure } = explore(model);
    expect(failure?.kind).toBe(kind);
    for (const pattern of explanation) expect(failure?.report).toMatch(pattern);
  });
});
