// Errors that nobody catches, and nobody joins: none is lost.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builder } from './runtimes.ts';
import { add } from './tasks/arithmetic.mjs';
import * as faults from './tasks/faults.mjs';

describe.skipIf(globalThis.process === undefined)('an error that nobody sees', () => {
  let raised: unknown[];
  let listeners: NodeJS.UnhandledRejectionListener[];
  beforeEach(() => {
    raised = [];
    listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', (error) => raised.push(error));
  });
  afterEach(() => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
  });

  it.each([
    ['a task', faults.throwError],
    ['a task of a task', faults.spawnThrow],
  ])('of %s shuts the runtime down, and is raised', async (_, task) => {
    await using rt = builder(1).build();
    rt.spawn(task, 'unseen');
    await expect.poll(() => raised).toMatchObject([{ name: 'JoinError', cause: { message: 'unseen' } }]);
    expect(() => rt.spawn(add, 1, 2)).toThrow(/shut down/);
  });

  it('beside all tasks, likewise', async () => {
    await using rt = builder(1).build();
    await expect(rt.spawn(faults.throwAfterwards)).resolves.toBe('over');
    await expect.poll(() => raised).toMatchObject([{ name: 'WorkerLostError', cause: { message: 'afterwards' } }]);
    expect(() => rt.spawn(add, 1, 2)).toThrow(/shut down/);
  });

  it('beside all tasks is ignored where the builder was told so, and the worker replaced', async () => {
    await using rt = builder(1).unhandledPanic('ignore').build();
    const worker = await rt.spawn(faults.thread);
    await expect(rt.spawn(faults.throwAfterwards)).resolves.toBe('over');
    await expect.poll(async () => (await rt.spawn(faults.thread)) !== worker).toBe(true);
    expect(raised).toEqual([]);
  });
});
