// The events on channels of node:diagnostics_channel.

import { channel, subscribe as listen, tracingChannel, unsubscribe as unlisten } from 'node:diagnostics_channel';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { blockOn, LocalExecutor, yieldNow } from '../src/index.ts';
import {
  CHANNELS,
  enableTracing,
  type PollMessage,
  subscribe,
  type Subscription,
  type TaskEvent,
} from '../src/tracing/index.ts';
import { trace } from '../src/tracing/trace.ts';
import { Probe } from './probe.ts';

let tracing: Subscription;
beforeEach(() => {
  tracing = enableTracing();
});
afterEach(() => {
  tracing.unsubscribe();
  expect(trace.sink).toBeUndefined();
});

/** Listens to some channels until it is disposed of. */
function listening(...names: (keyof typeof CHANNELS)[]): { readonly messages: [string, unknown][] } & Disposable {
  const messages: [string, unknown][] = [];
  const listener = (message: unknown, name: string | symbol): void => void messages.push([String(name), message]);
  for (const name of names) listen(CHANNELS[name], listener);
  return {
    messages,
    [Symbol.dispose]: () => {
      for (const name of names) unlisten(CHANNELS[name], listener);
    },
  };
}

const ALL = Object.keys(CHANNELS) as (keyof typeof CHANNELS)[];

it('publishes each event on its channel, in order', () => {
  using listener = listening(...ALL);
  const executor = new LocalExecutor();
  const probe = new Probe();
  const task = executor.spawn(probe, { name: 'probe' });
  executor.tryTick();
  probe.resolve();
  executor.tryTick();
  expect(listener.messages.map(([name]) => name)).toEqual([
    CHANNELS.spawn,
    CHANNELS.pollStart,
    CHANNELS.wakerTake,
    CHANNELS.pollEnd,
    CHANNELS.wake,
    CHANNELS.pollStart,
    CHANNELS.wakerTake,
    CHANNELS.pollEnd,
    CHANNELS.complete,
  ]);
  for (const [, message] of listener.messages) expect(message).toMatchObject({ task: { id: task.id, name: 'probe' } });
});

it('gives tracing channels one message for each poll, with what it came to', () => {
  const messages: { kind: string; message: PollMessage; result: string | undefined }[] = [];
  const note = (kind: string) => (message: unknown) =>
    void messages.push({ kind, message: message as PollMessage, result: (message as PollMessage).result });
  const nothing = (): void => {};
  const subscribers = {
    start: note('start'),
    end: note('end'),
    error: note('error'),
    asyncStart: nothing,
    asyncEnd: nothing,
  };
  const polls = tracingChannel('concurrency-lab:task:poll');
  polls.subscribe(subscribers);
  try {
    const executor = new LocalExecutor({ unhandledPanic: 'ignore' });
    executor.spawn(function* () {
      yield* yieldNow();
      throw new Error('oh');
    });
    while (executor.tryTick());
  } finally {
    polls.unsubscribe(subscribers);
  }
  expect(messages.map(({ kind, result }) => [kind, result])).toEqual([
    ['start', undefined],
    ['end', 'pending'],
    ['start', undefined],
    ['error', 'panicked'],
    ['end', 'panicked'],
  ]);
  expect(messages[0]!.message).toBe(messages[1]!.message);
  expect(messages[2]!.message).toBe(messages[4]!.message);
  expect(messages[1]!.message).not.toBe(messages[2]!.message);
  expect(messages[1]!.message.duration).toBeGreaterThanOrEqual(0);
  expect(messages[4]!.message.error).toMatchObject({ name: 'JoinError' });
});

it('keeps the messages of nested polls apart', () => {
  using listener = listening('pollStart', 'pollEnd');
  const executor = new LocalExecutor();
  // oxlint-disable-next-line require-yield
  const outer = executor.spawn(function* () {
    blockOn(function* () {});
  });
  executor.tryTick();
  const inner = outer.id + 1;
  expect(listener.messages.map(([name, message]) => [name, (message as PollMessage).task.id])).toEqual([
    [CHANNELS.pollStart, outer.id],
    [CHANNELS.pollStart, inner],
    [CHANNELS.pollEnd, inner],
    [CHANNELS.pollEnd, outer.id],
  ]);
});

it('records only while somebody listens', () => {
  const gate = trace.sink;
  blockOn(yieldNow());
  expect(trace.sink).toBe(gate);
  {
    using listener = listening('wake');
    blockOn(yieldNow());
    expect(trace.sink).not.toBe(gate);
    expect(listener.messages.length).toBe(1);
  }
  blockOn(yieldNow());
  expect(trace.sink).toBe(gate);
});

it.each(ALL)('begins with whichever event comes first when somebody listens to %s', (name) => {
  const executor = new LocalExecutor({ unhandledPanic: 'ignore' });
  const probe = new Probe();
  executor.spawn(probe);
  executor.tryTick();
  using listener = listening(name);
  probe.reject(new Error('oh'));
  executor.tryTick();
  const never: (keyof typeof CHANNELS)[] = ['spawn', 'wakerDrop'];
  expect(listener.messages.length).toBe(never.includes(name) ? 0 : 1);
});

it('listens beside those who subscribe', () => {
  const types: TaskEvent['type'][] = [];
  using _ = subscribe(({ type }) => types.push(type));
  using listener = listening('spawn', 'complete');
  blockOn(function* () {});
  expect(listener.messages.map(([name]) => name)).toEqual([CHANNELS.spawn, CHANNELS.complete]);
  expect(types).toEqual(['spawn', 'poll-start', 'poll-end', 'complete']);
});

it('can be ended, and enabled again', () => {
  using listener = listening('spawn');
  const again = enableTracing({ locations: false });
  tracing.unsubscribe(); // was replaced
  blockOn(function* () {});
  expect(listener.messages.length).toBe(1);
  expect(listener.messages[0]![1]).toMatchObject({ task: { location: undefined } });
  again.unsubscribe();
  blockOn(function* () {});
  expect(listener.messages.length).toBe(1);
  expect(trace.sink).toBeUndefined();
});

it('says what to use where there are no channels', () => {
  const own = Object.getOwnPropertyDescriptor(process, 'getBuiltinModule')!;
  try {
    Object.defineProperty(process, 'getBuiltinModule', { ...own, value: undefined });
    expect(() => enableTracing()).toThrow('enableTracing() needs node:diagnostics_channel; use subscribe() here');
  } finally {
    Object.defineProperty(process, 'getBuiltinModule', own);
  }
});

it('names channels that are those of node:diagnostics_channel', () => {
  expect(channel(CHANNELS.spawn).name).toBe('concurrency-lab:task:spawn');
});
