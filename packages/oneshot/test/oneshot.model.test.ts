// Every interleaving of the two sides of a channel: each action of one against each of the
// other, and what can become of their slots and threads.

import { type ModelOptions, mutate, verify } from '@concurrency-lab/model-checker';
import { describe, expect, it } from 'vitest';
import { RECEIVER_ACTIONS, type ReceiverAction, type SenderAction } from './models/actions.ts';
import { channel } from './models/channels.ts';
import * as lives from './models/lives.ts';

const PATIENT = { maxSeconds: 600 }; // bounded by executions, not by the time of a loaded machine

/** Proves a model, and lists what its executions returned. */
function outcomes(model: () => unknown, options: ModelOptions = {}): string[] {
  const seen = new Set<string>();
  const { isExhaustive, truncated } = verify(() => void seen.add(String(model())), {
    ...PATIENT,
    maxPreemptions: -1,
    ...options,
  });
  expect({ isExhaustive, truncated }).toEqual({ isExhaustive: true, truncated: 0 });
  return [...seen].toSorted();
}

/** What each pair of actions may come to: all of it does, and nothing else. */
const SENT: Readonly<Record<ReceiverAction, readonly string[]>> = {
  try: ['refused, left', 'sent, got 41', 'sent, left'],
  receive: ['sent, got 41'],
  receiveAsync: ['sent, got 41'],
  poll: ['sent, got 41'],
  pollThenDrop: ['refused, left', 'sent, got 41', 'sent, left'],
  timeout: ['refused, timed out', 'sent, got 41', 'sent, timed out'],
  timeoutThenReceive: ['sent, got 41'],
  timeoutAsync: ['refused, timed out', 'sent, got 41', 'sent, timed out'],
  abort: ['refused, aborted', 'sent, aborted', 'sent, got 41'],
  close: ['refused, left', 'sent, left'],
};
const CLOSED: Readonly<Record<ReceiverAction, readonly string[]>> = {
  try: ['closed, closed', 'closed, left'],
  receive: ['closed, closed'],
  receiveAsync: ['closed, closed'],
  poll: ['closed, closed'],
  pollThenDrop: ['closed, closed', 'closed, left'],
  timeout: ['closed, closed', 'closed, timed out'],
  timeoutThenReceive: ['closed, closed'],
  timeoutAsync: ['closed, closed', 'closed, timed out'],
  abort: ['closed, aborted', 'closed, closed'],
  close: ['closed, left'],
};
const TABLE: Readonly<Record<SenderAction, Readonly<Record<ReceiverAction, readonly string[]>>>> = {
  send: SENT,
  fail: SENT,
  close: CLOSED,
};

const pairs = (senders: SenderAction[], receivers: ReceiverAction[]): [SenderAction, ReceiverAction][] =>
  senders.flatMap((sending) => receivers.map((receiving) => [sending, receiving] as [SenderAction, ReceiverAction]));

describe('every interleaving of a sender that was given away', () => {
  const all = pairs(['send', 'close'], Object.keys(RECEIVER_ACTIONS) as ReceiverAction[]);
  it.each([...all, ...pairs(['fail'], ['try', 'receive', 'close'])])('%s against %s', (sending, receiving) => {
    const expected = TABLE[sending][receiving].map((text) =>
      sending === 'fail' ? text.replace('got 41', 'threw 41') : text,
    );
    expect(outcomes(channel(sending, receiving, false), { timeouts: 'any' })).toEqual(expected.toSorted());
  });
});

describe('every interleaving of both halves given away', () => {
  it.each(pairs(['send', 'close'], ['receive', 'receiveAsync', 'close']))('%s against %s', (sending, receiving) => {
    expect(outcomes(channel(sending, receiving, true), { timeouts: 'any' })).toEqual(TABLE[sending][receiving]);
  });
});

describe('every interleaving of the lives of slots', () => {
  const models: Readonly<Record<string, () => unknown>> = { ...lives };
  it.each<[keyof typeof lives, string[]]>([
    ['openWhilePlacing', ['0', '1']],
    ['carryForeignMemory', ['the value is memory of another arena; send it with postMessage']],
    ['allocateInOne', ['3', '5', '8']],
    ['allocateInTwo', ['8']],
    ['countWhileInUse', ['0']],
    ['openTwice', ['undefined']],
    ['moveOn', ['moved, got 41']],
    [
      'reuseAfterRevokedSender',
      [
        'not opened, closed, used again',
        'refused, closed, in use',
        'refused, closed, used again',
        'sent, 41, used again',
      ],
    ],
    [
      'reuseAfterRevokedReceiver',
      ['sent, 41, in use', 'sent, 41, used again', 'sent, closed, used again', 'sent, not opened, used again'],
    ],
    ['revokeSleepingReceiver', ['closed, refused']],
    ['revokePeerOfReceiver', ['refused, closed', 'sent, 41']],
    ['terminatedSender', ['41', 'closed']],
    ['terminatedReceiver', ['sent, 41', 'sent, terminated']],
    ['revokedAndTerminatedSender', ['41', 'closed']],
  ])('%s', (name, expected) => {
    expect(outcomes(models[name]!)).toEqual(expected);
  });

  it('bridge', () => {
    expect(outcomes(lives.bridge, { timeouts: 'any' })).toEqual(['10, 20', 'none, 20']);
  });
});

it('needs every access as strong as it is', () => {
  const { openWhilePlacing, carryForeignMemory, allocateInOne, countWhileInUse, openTwice } = lives;
  const sendToReceive = channel('send', 'receive', false);
  const models = { sendToReceive, openWhilePlacing, carryForeignMemory, allocateInOne, countWhileInUse, openTwice };
  const { survivors, mutants, table } = mutate(models, { ...PATIENT, files: /^src\//, maxPreemptions: -1 });
  expect(survivors, table).toEqual([]);
  expect(mutants.length, table).toBe(16);
}, 600_000);
