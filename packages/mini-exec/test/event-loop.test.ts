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

/** Makes what asks for a turn that takes note of its name, and has no task left after. */
function driven(name: string): () => void {
  return loop.onEventLoop(() => {
    drains.push(name);
    return false;
  });
}

/** Has an event wake an executor, which asks for a turn. */
function event(name: string): void {
  loop.wakeFromEvent({ wake: driven(name) });
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
    driven('microtask')();
    await Promise.resolve();
    expect(drains).toEqual(['microtask']);
  });
});

it('without an event, a drain runs in a microtask', async () => {
  const ask = driven('soon');
  ask();
  ask();
  expect(drains).toEqual([]);
  await Promise.resolve();
  expect(drains).toEqual(['soon']);
});

it('a turn that leaves tasks ready is followed by another, after timers and I/O had theirs', async () => {
  let left = 2;
  loop.onEventLoop(() => {
    drains.push('turn');
    return --left > 0;
  })();
  await Promise.resolve();
  expect(drains).toEqual(['turn']);
  await turns(2);
  expect(drains).toEqual(['turn', 'turn']);
});
