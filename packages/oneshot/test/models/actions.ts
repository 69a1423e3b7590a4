// What one side of a channel may do, each a function that says how it went. The models run each
// action of one side against each of the other.

import { ClosedError, TimeoutError } from '@concurrency-lab/atomics';
import { Pending, type Receiver, type Sender } from '../../src/index.ts';

/** The value that is sent. */
export const VALUE = 41;

/** What a sender may do. */
export const SENDER_ACTIONS = {
  send: (sender: Sender<number>): string => (sender.trySend(VALUE) ? 'sent' : 'refused'),
  fail: (sender: Sender<number>): string => (sender.fail(VALUE) ? 'sent' : 'refused'),
  close: (sender: Sender<number>): string => {
    sender.close();
    return 'closed';
  },
} as const;

/**
 * Stands for an AbortController and its signal: the engine's own calls its listeners itself,
 * where the checker cannot suspend them.
 */
class Aborter {
  readonly #listeners: (() => void)[] = [];
  reason: Error | undefined = undefined;

  throwIfAborted(): void {
    if (this.reason !== undefined) throw this.reason;
  }

  addEventListener(_: string, listener: () => void): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_: string, listener: () => void): void {
    const at = this.#listeners.indexOf(listener);
    if (at !== -1) this.#listeners.splice(at, 1);
  }

  abort(): void {
    this.reason = Object.assign(new Error('given up'), { name: 'AbortError' });
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

function outcome(error: unknown): string {
  if (error === VALUE) return `threw ${VALUE}`;
  if (error instanceof ClosedError) return 'closed';
  if (error instanceof TimeoutError) return 'timed out';
  if (error instanceof Error && error.name === 'AbortError') return 'aborted';
  throw error;
}

/** Receives until it is over: polls, and waits for the waker in between. */
export async function pollUntilReady(receiver: Receiver<number>): Promise<number> {
  for (;;) {
    let wake = (): void => {};
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const value = receiver.poll({ waker: { wake } });
    if (value !== Pending) return value;
    await woken;
  }
}

/** What a receiver may do; it ends its half in each case. */
export const RECEIVER_ACTIONS = {
  try: (receiver: Receiver<number>): string => {
    try {
      const value = receiver.tryReceive();
      receiver.close();
      return value === undefined ? 'left' : `got ${value}`;
    } catch (error) {
      return outcome(error);
    }
  },
  receive: (receiver: Receiver<number>): string => {
    try {
      return `got ${receiver.receive()}`;
    } catch (error) {
      return outcome(error);
    }
  },
  receiveAsync: async (receiver: Receiver<number>): Promise<string> => {
    try {
      return `got ${await receiver.receiveAsync()}`;
    } catch (error) {
      return outcome(error);
    }
  },
  poll: async (receiver: Receiver<number>): Promise<string> => {
    try {
      return `got ${await pollUntilReady(receiver)}`;
    } catch (error) {
      return outcome(error);
    }
  },
  pollThenDrop: (receiver: Receiver<number>): string => {
    try {
      const value = receiver.poll({ waker: { wake() {} } });
      receiver.drop();
      return value === Pending ? 'left' : `got ${value}`;
    } catch (error) {
      return outcome(error);
    }
  },
  timeout: (receiver: Receiver<number>): string => {
    try {
      return `got ${receiver.receive({ timeout: 10 })}`;
    } catch (error) {
      receiver.close();
      return outcome(error);
    }
  },
  timeoutThenReceive: (receiver: Receiver<number>): string => {
    try {
      return `got ${receiver.receive({ timeout: 10 })}`;
    } catch (error) {
      if (!(error instanceof TimeoutError)) return outcome(error);
    }
    return RECEIVER_ACTIONS.receive(receiver);
  },
  timeoutAsync: async (receiver: Receiver<number>): Promise<string> => {
    try {
      return `got ${await receiver.receiveAsync({ timeout: 10 })}`;
    } catch (error) {
      receiver.close();
      return outcome(error);
    }
  },
  abort: async (receiver: Receiver<number>): Promise<string> => {
    const aborter = new Aborter();
    try {
      const value = receiver.receiveAsync({ signal: aborter as unknown as AbortSignal });
      aborter.abort();
      return `got ${await value}`;
    } catch (error) {
      receiver.close();
      return outcome(error);
    }
  },
  close: (receiver: Receiver<number>): string => {
    receiver.close();
    return 'left';
  },
} as const;

/** Names an action of each side. */
export type SenderAction = keyof typeof SENDER_ACTIONS;
export type ReceiverAction = keyof typeof RECEIVER_ACTIONS;
