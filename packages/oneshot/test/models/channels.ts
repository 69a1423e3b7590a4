// Every action of a sender against every action of a receiver, each on a thread of its own.

import { canBlock } from '@concurrency-lab/atomics';
import { spawn, watch } from '@concurrency-lab/model-checker';
import { OneshotArena, Receiver, Sender } from '../../src/index.ts';
import { RECEIVER_ACTIONS, type ReceiverAction, SENDER_ACTIONS, type SenderAction } from './actions.ts';

canBlock(); // asks the engine, once: not within the first execution only

/** Makes an arena whose channels sleep at once, and whose slots hold a number; no word is read before it is written. */
export function smallArena(slots = 1): OneshotArena {
  const arena = OneshotArena.create({ slots, bytesPerSlot: 8, spins: 0 });
  watch(new Int32Array(arena.handle.buffer), { name: 'arena', initialised: true, bounds: true });
  return arena;
}

/** Fails unless every slot is free again. */
export function requireFree(arena: OneshotArena, slots = 1): void {
  if (arena.freeSlots !== slots) throw new Error(`${arena.freeSlots} of ${slots} slots are free`);
}

/** The sender is on a thread of its own; the receiver too, or where the channel was made. */
export function channel(sending: SenderAction, receiving: ReceiverAction, isMoved: boolean): () => string {
  return () => {
    const arena = smallArena();
    const [sender, receiver] = arena.channel<number>();
    const { handle } = sender;
    const thread = spawn(() => SENDER_ACTIONS[sending](Sender.from<number>(handle)));
    const moved = isMoved ? receiver.handle : undefined;
    const receive = async (): Promise<string> => {
      const half = moved === undefined ? receiver : Receiver.from<number>(moved, { spins: 0 });
      return RECEIVER_ACTIONS[receiving](half);
    };
    const got = spawn(receive).join();
    const sent = thread.join();
    requireFree(arena);
    return `${sent}, ${got}`;
  };
}
