// @ts-check
// A leaked slot for the test of the soak: after a thousand channels, one receiver's handle is
// forgotten, which nobody can open any more.

import { OneshotArena, Receiver } from '@concurrency-lab/oneshot';

/** @returns {import('../soak.mjs').Workload} */
export function start() {
  const arena = OneshotArena.create({ slots: 64 });
  let made = 0;
  return {
    round() {
      for (let i = 0; i < 100; i++) {
        const [sender, receiver] = arena.channel();
        const { handle } = receiver;
        sender.send(i);
        if (++made !== 1000) Receiver.from(handle).receive();
      }
    },
    leftovers: () => (arena.freeSlots === 64 ? [] : [`${arena.freeSlots} of 64 slots are free`]),
    stop: () => {},
  };
}
