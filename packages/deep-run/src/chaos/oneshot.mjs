// @ts-check
// A worker is terminated while it sends into thousands of channels. Each of them ends delivered
// or closed, what was delivered is right, and every slot is free afterwards.

import { Worker } from 'node:worker_threads';
import { OneshotArena } from '@concurrency-lab/oneshot';

const CHANNELS = 3000;
const PATIENCE = { timeout: 60_000 };

/** @param {() => number} random @returns {import('../chaos.mjs').Scenario} */
export function start(random) {
  let delivered = 0;
  let closed = 0;
  return {
    async round() {
      const arena = OneshotArena.create({ slots: CHANNELS, bytesPerSlot: 120 });
      const pairs = Array.from({ length: CHANNELS }, () => arena.channel());
      const worker = new Worker(new URL('../workers/send-all.mjs', import.meta.url), {
        workerData: pairs.map(([sender]) => sender.handle),
      });
      const stopAt = Math.floor(random() * CHANNELS * 0.9);
      const [, watched] = /** @type {typeof pairs[number]} */ (pairs[stopAt]);
      const first = /** @type {{ i: number }} */ (await watched.receiveAsync(PATIENCE));
      if (first.i !== stopAt) throw new Error(`channel ${stopAt} gave ${first.i}`);
      await worker.terminate();
      for (const [sender] of pairs) sender.revoke({ exited: true });
      for (const [i, [, receiver]] of pairs.entries()) {
        if (i === stopAt) continue;
        try {
          const value = /** @type {{ i: number, text: string }} */ (receiver.receive(PATIENCE));
          if (value.i !== i || value.text !== String(i).repeat(5)) throw new Error(`channel ${i} gave ${value.i}`);
          delivered++;
        } catch (error) {
          if (/** @type {{ code?: string }} */ (error).code !== 'ERR_CLOSED') throw error;
          if (i < stopAt)
            throw new Error(`channel ${i} is closed, though ${stopAt} was delivered after it`, { cause: error });
          closed++;
        }
      }
      if (arena.freeSlots !== CHANNELS) throw new Error(`${CHANNELS - arena.freeSlots} slots were not given back`);
    },
    stop: () => `${delivered} values were delivered, ${closed} channels closed`,
  };
}
