// Events that come together are handled together; events that come singly, at once.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import type * as EventLoop from '../src/event-loop.ts';
import { turns } from './probe.ts';

let loop: typeof EventLoop;
let drains: string[];

// What the module has learnt of earlier events must not decide a test.
beforeEach(async () => {
  vi.resetModules();
  loop = await import('../src/event-loop.ts');
  drains = [];
});

/** Has an event wake an executor, which asks to be drained. */
function event(name: string): void {
  loop.wakeFromEvent({ wake: () => loop.soon(() => drains.push(name)) });
}

describe('an event', () => {
  it('is handled after the others of its turn', async () => {
    event('a');
    event('b');
    event('c');
    expect(drains).toEqual([]);
    await turns(1);
    expect(drains).toEqual(['a', 'b', 'c']);
  });

  it('is handled at once when the last came alone', async () => {
    event('a');
    await turns(1);
    event('b');
    expect(drains).toEqual(['a', 'b']);
    await turns(3);
    expect(drains).toEqual(['a', 'b']);
  });

  it('is handled with its turn again after 32 that were handled at once', async () => {
    event('first');
    await turns(1);
    for (let i = 0; i < 32; i++) event(`${i}`);
    expect(drains).toHaveLength(33);
    event('x');
    event('y');
    expect(drains).toHaveLength(33);
    await turns(1);
    expect(drains.slice(33)).toEqual(['x', 'y']);
  });

  it('goes on being handled with its turn while events come in batches', async () => {
    for (let batch = 0; batch < 5; batch++) {
      event('a');
      event('b');
      expect(drains).toHaveLength(2 * batch);
      await turns(1);
    }
    expect(drains).toHaveLength(10);
  });

  it('leaves the way free for the next when its waker throws', async () => {
    const throwing = {
      wake: () => {
        throw new Error('bad waker');
      },
    };
    expect(() => loop.wakeFromEvent(throwing)).toThrow('bad waker');
    loop.soon(() => drains.push('microtask'));
    await Promise.resolve();
    expect(drains).toEqual(['microtask']);
  });
});

it('without an event, a drain runs in a microtask', async () => {
  loop.soon(() => drains.push('soon'));
  expect(drains).toEqual([]);
  await Promise.resolve();
  expect(drains).toEqual(['soon']);
});

it('later means after timers and I/O had their turn', async () => {
  loop.later(() => drains.push('later'));
  await Promise.resolve();
  expect(drains).toEqual([]);
  await turns(2);
  expect(drains).toEqual(['later']);
});
