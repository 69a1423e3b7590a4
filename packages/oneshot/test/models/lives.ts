// What happens around a channel: slots are taken and used again, halves are opened, revoked,
// and lost with their threads.

import { ClosedError, InvalidArgumentError, InvalidHandleError, TimeoutError } from '@concurrency-lab/atomics';
import { type ModelThread, spawn } from '@concurrency-lab/model-checker';
import { ExhaustedError, MovedError, OneshotArena, Receiver, Sender, type SenderHandle } from '../../src/index.ts';
import { VALUE } from './actions.ts';
import { requireFree, smallArena } from './channels.ts';

function orClosed<T>(action: () => T): T | string {
  try {
    return action();
  } catch (error) {
    if (error instanceof ClosedError) return 'closed';
    throw error;
  }
}

/** A thread opens an arena while another places it: it sees all of it, or none. */
export function openWhilePlacing(): number {
  const size = { slots: 1, bytesPerSlot: 8 };
  const buffer = new SharedArrayBuffer(OneshotArena.bytesFor(size));
  const opener = spawn(() => {
    try {
      return OneshotArena.from({ kind: 'oneshot-arena', version: 1, buffer, byteOffset: 0 }).freeSlots;
    } catch (error) {
      if (error instanceof InvalidHandleError && /not complete|does not hold/.test(error.message)) return 0;
      throw error;
    }
  });
  OneshotArena.at(buffer, 0, size);
  return opener.join();
}

/** A value holds other memory, in which an arena is being placed: it is not taken for this one. */
export function carryForeignMemory(): string {
  const size = { slots: 1, bytesPerSlot: 8 };
  const buffer = new SharedArrayBuffer(OneshotArena.bytesFor(size));
  const [sender] = OneshotArena.create(size).channel<SharedArrayBuffer>();
  const half = Sender.from<SharedArrayBuffer>(sender.handle);
  const placing = spawn(() => OneshotArena.at(buffer, 0, size).freeSlots);
  let refusal = '';
  try {
    half.send(buffer);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    refusal = error.message;
  }
  placing.join();
  return refusal;
}

/** Two threads make a channel in one arena, with room for both or not; what they take is theirs. */
function allocateTwo(slots: number): number {
  const arena = smallArena(slots);
  const { handle } = arena;
  const make = (value: number): number => {
    const [sender, receiver] = OneshotArena.from(handle, { spins: 0 }).channel<number>();
    try {
      Sender.from<number>(sender.handle).send(value);
    } catch (error) {
      if (error instanceof ExhaustedError) return 0;
      throw error;
    }
    const received = receiver.receive();
    if (received !== value) throw new Error(`sent ${value}, received ${received}`);
    return value;
  };
  const threads = [spawn(() => make(3)), spawn(() => make(5))];
  const total = threads.reduce((sum, thread) => sum + thread.join(), 0);
  requireFree(arena, slots);
  return total;
}

export function allocateInOne(): number {
  return allocateTwo(1);
}

export function allocateInTwo(): number {
  return allocateTwo(2);
}

/** Slots are counted while they are taken and freed. */
export function countWhileInUse(): number {
  const arena = smallArena();
  const [sender, receiver] = arena.channel<number>();
  const { handle } = sender;
  const thread = spawn(() => Sender.from<number>(handle).close());
  const free = arena.freeSlots;
  if (orClosed(() => receiver.receive()) !== 'closed') throw new Error('received');
  thread.join();
  requireFree(arena);
  return free;
}

/** Two threads open the same handle: one of them has the half. */
export function openTwice(): void {
  const arena = smallArena();
  const [sender, receiver] = arena.channel<number>();
  const { handle } = sender;
  const open = (value: number): boolean => {
    try {
      Sender.from<number>(handle).send(value);
      return true;
    } catch (error) {
      if (error instanceof InvalidHandleError) return false;
      throw error;
    }
  };
  const threads = [spawn(() => open(3)), spawn(() => open(5))];
  const opened = threads.map((thread) => thread.join());
  const value = receiver.tryReceive();
  if (opened[0] === opened[1] || value !== (opened[0] === true ? 3 : 5)) {
    throw new Error(`opened: ${opened.join(', ')}; received ${value}`);
  }
  requireFree(arena);
}

/** A half moves on from thread to thread, in a value that another channel carries. */
export function moveOn(): string {
  const arena = OneshotArena.create({ slots: 2, bytesPerSlot: 500, spins: 0 });
  const [sender, receiver] = arena.channel<number>();
  const [carrier, carried] = arena.channel<SenderHandle>();
  const { handle } = sender;
  const { handle: way } = carrier;
  const first = spawn(() => {
    const half = Sender.from<number>(handle);
    Sender.from<SenderHandle>(way).send(half.handle);
    return orMoved(() => half.send(9));
  });
  Sender.from<number>(carried.receive()).send(VALUE);
  const outcome = first.join();
  const got = receiver.receive();
  requireFree(arena, 2);
  return `${outcome}, got ${got}`;
}

function orMoved(action: () => void): string {
  try {
    action();
    return 'sent';
  } catch (error) {
    if (error instanceof MovedError) return 'moved';
    throw error;
  }
}

/**
 * A sender is revoked while its thread may be anywhere in sending; then its slot lives for
 * another channel. What the late sender sends reaches nobody.
 */
export function reuseAfterRevokedSender(): string {
  const arena = smallArena();
  const [sender, receiver] = arena.channel<number>();
  const { handle } = sender;
  const late = spawn(() => {
    let half: Sender<number>;
    try {
      half = Sender.from<number>(handle);
    } catch (error) {
      if (error instanceof InvalidHandleError) return 'not opened';
      throw error;
    }
    return half.trySend(VALUE) ? 'sent' : 'refused';
  });
  sender.revoke();
  const first = orClosed(() => receiver.receive());
  const again = roundTrip(arena);
  const sent = late.join();
  if ((first === VALUE) !== (sent === 'sent')) throw new Error(`first ${first}, ${sent}`);
  requireFree(arena);
  return `${sent}, ${first}, ${again}`;
}

/** Uses a slot, if one is free: the one that lived for another channel before. */
function roundTrip(arena: OneshotArena): string {
  const [sender, receiver] = arena.channel<number>();
  let handle: SenderHandle;
  try {
    handle = sender.handle;
  } catch (error) {
    if (error instanceof ExhaustedError) return 'in use';
    throw error;
  }
  Sender.from<number>(handle).send(7);
  const value = receiver.receive();
  if (value !== 7) throw new Error(`received ${value} in place of 7`);
  return 'used again';
}

/** A receiver is revoked while its thread may be asleep, or about to take the value. */
export function reuseAfterRevokedReceiver(): string {
  const arena = smallArena();
  const [sender, receiver] = arena.channel<number>();
  const { handle } = receiver;
  const late = spawn(() => {
    let half: Receiver<number>;
    try {
      half = Receiver.from<number>(handle, { spins: 0 });
    } catch (error) {
      if (error instanceof InvalidHandleError) return 'not opened';
      throw error;
    }
    return orClosed(() => half.receive());
  });
  const isSent = sender.trySend(VALUE);
  receiver.revoke();
  const again = roundTrip(arena);
  const got = late.join();
  requireFree(arena);
  return `${isSent ? 'sent' : 'refused'}, ${got}, ${again}`;
}

/** A receiver that sleeps is revoked: it wakes, and the sender finds nobody. */
export function revokeSleepingReceiver(): string {
  const arena = smallArena();
  const [sender, receiver] = arena.channel<number>();
  const { handle } = receiver;
  const half = Receiver.from<number>(handle, { spins: 0 });
  const sleeper = spawn(() => orClosed(() => half.receive()));
  receiver.revoke();
  const got = sleeper.join();
  const isSent = sender.trySend(VALUE);
  requireFree(arena);
  return `${got}, ${isSent ? 'sent' : 'refused'}`;
}

/** The receiver ends the sender's half, wherever it is. */
export function revokePeerOfReceiver(): string {
  const arena = smallArena();
  const [sender, receiver] = arena.channel<number>();
  const { handle } = sender;
  const half = Sender.from<number>(handle);
  const thread = spawn(() => (half.trySend(VALUE) ? 'sent' : 'refused'));
  receiver.revokePeer();
  const got = orClosed(() => receiver.receive());
  const sent = thread.join();
  requireFree(arena);
  return `${sent}, ${got}`;
}

/** A sender's thread is terminated before any of its steps; whoever watches it says so. */
export function terminatedSender(): string {
  const arena = smallArena();
  const [sender, receiver] = arena.channel<number>();
  const { handle } = sender;
  const moved = receiver.handle;
  const thread = spawn(() => void Sender.from<number>(handle).trySend(VALUE), { mayBeTerminated: true });
  const half = Receiver.from<number>(moved, { spins: 0 });
  const receiving = spawn(() => orClosed(() => half.receive()));
  thread.join();
  sender.revoke({ exited: true });
  const got = receiving.join();
  if (!thread.wasTerminated && got !== VALUE) throw new Error(`sent, but ${got}`);
  requireFree(arena);
  return String(got);
}

/** A receiver's thread is terminated before any of its steps. */
export function terminatedReceiver(): string {
  const arena = smallArena();
  const [sender, receiver] = arena.channel<number>();
  const { handle } = receiver;
  const thread = spawn(() => orClosed(() => Receiver.from<number>(handle, { spins: 0 }).receive()), {
    mayBeTerminated: true,
  });
  const isSent = sender.trySend(VALUE);
  const got = thread.join();
  receiver.revoke({ exited: true });
  requireFree(arena);
  return `${isSent ? 'sent' : 'refused'}, ${thread.wasTerminated ? 'terminated' : got}`;
}

/** A sender's thread is terminated; it is revoked at once, and again when it has exited. */
export function revokedAndTerminatedSender(): string {
  const arena = smallArena();
  const [sender, receiver] = arena.channel<number>();
  const { handle } = sender;
  const thread = spawn(
    () => {
      try {
        Sender.from<number>(handle).trySend(VALUE);
      } catch (error) {
        if (!(error instanceof InvalidHandleError)) throw error;
      }
    },
    { mayBeTerminated: true },
  );
  sender.revoke();
  const got = orClosed(() => receiver.receive());
  thread.join();
  sender.revoke({ exited: true });
  requireFree(arena);
  return String(got);
}

/**
 * A bridge: one thread asks, perhaps gives up, and asks again; others answer, perhaps late. Each
 * question has a channel of its own for its answer, and slots are used again. No answer reaches
 * another question than its own.
 */
export function bridge(): string {
  const arena = smallArena(2);
  const answering: ModelThread<void>[] = [];
  const ask = (question: number, timeout: number): string => {
    const [reply, answer] = arena.channel<number>();
    const half = Sender.from<number>(reply.handle);
    answering.push(spawn(() => void half.trySend(question * 10)));
    try {
      const value = answer.receive({ timeout });
      if (value !== question * 10) throw new Error(`${value} in answer to ${question}`);
      return String(value);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      answer.close();
      return 'none';
    }
  };
  const answers = [ask(1, 10), ask(2, Infinity)];
  for (const thread of answering) thread.join();
  requireFree(arena, 2);
  return answers.join(', ');
}
