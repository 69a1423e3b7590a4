// The models of the bounded channel: small programs of senders and a receiver that check themselves.

import { spawn } from '@concurrency-lab/model-checker';
import { canBlock, ClosedError } from '@concurrency-lab/atomics';
import { mpsc } from '../../src/channel/mpsc.ts';
import { MpscReceiver } from '../../src/channel/receiver.ts';
import { MpscSender } from '../../src/channel/sender.ts';

canBlock(); // asks the engine once, outside of any model

const SMALL = { bytesPerMessage: 8, maxSenders: 2 };

function expectEqual(actual: unknown, ...accepted: unknown[]): void {
  const texts = accepted.map(String);
  if (!texts.includes(String(actual))) throw new Error(`${String(actual)}, not ${texts.join(' or ')}`);
}

/** Receives until the channel ends. */
function drain(receiver: MpscReceiver<number>): number[] {
  const received: number[] = [];
  try {
    for (;;) received.push(receiver.receive());
  } catch (error) {
    if (!(error instanceof ClosedError)) throw error;
    return received;
  }
}

/** Opens a second sender, as another thread does. */
function anotherOf(sender: MpscSender<number>): MpscSender<number> {
  return MpscSender.from<number>(sender.share());
}

/** Two threads send one message each; the receiver has both. */
export function twoSenders(): string {
  const [sender, receiver] = mpsc<number>({ capacity: 2, ...SMALL });
  const own = anotherOf(sender);
  const other = spawn(() => own.trySend(1));
  const accepted = sender.trySend(2);
  const received = [receiver.receive(), receiver.receive()];
  expectEqual([accepted, other.join()], 'true,true');
  expectEqual(received, '1,2', '2,1');
  return received.join(',');
}

/** A message of more than a number crosses. */
export function sendText(): void {
  const [sender, receiver] = mpsc<string>({ capacity: 1, bytesPerMessage: 16, maxSenders: 1 });
  const other = spawn(() => sender.send('text'));
  expectEqual(receiver.receive(), 'text');
  other.join();
}

/** A sender that finds no room waits until a message was received; its messages keep their order. */
export function backPressure(): void {
  const [sender, receiver] = mpsc<number>({ capacity: 1, ...SMALL });
  sender.send(1);
  const other = spawn(() => {
    sender.send(2);
    sender.send(3);
  });
  expectEqual([receiver.receive(), receiver.receive(), receiver.receive()], '1,2,3');
  other.join();
}

/** Two senders wait for the one place; both get it. */
export function bothWait(): void {
  const [sender, receiver] = mpsc<number>({ capacity: 1, ...SMALL });
  const own = anotherOf(sender);
  sender.send(0);
  const other = spawn(() => own.send(1));
  const third = spawn(() => {
    receiver.receive();
    receiver.receive();
  });
  sender.send(2);
  other.join();
  third.join();
  expectEqual(receiver.tryReceive(), 1, 2);
}

/** A sender closes while the receiver waits. */
export function senderCloses(): void {
  const [sender, receiver] = mpsc<number>({ capacity: 1, ...SMALL });
  const other = spawn(() => {
    sender.send(1);
    sender.close();
  });
  expectEqual(drain(receiver), '1');
  other.join();
}

/** A sender is terminated while the receiver works; later, all room is there again. */
export function senderDiesMeanwhile(): void {
  const [sender, receiver] = mpsc<number>({ capacity: 1, ...SMALL });
  const shared = sender.share();
  const own = MpscSender.from<number>(shared);
  const victim = spawn(() => void own.trySend(1), { mayBeTerminated: true });
  const received = [receiver.tryReceive()].filter((message) => message !== undefined);
  victim.join();
  receiver.revoke(shared);
  const late = [receiver.tryReceive()].filter((message) => message !== undefined);
  expectEqual([...received, ...late], '', '1');
  expectEqual(sender.trySend(2), true);
  expectEqual(receiver.tryReceive(), 2);
}

/** Tries on both sides: what was accepted is received, in order. */
export function tries(): string {
  const [sender, receiver] = mpsc<number>({ capacity: 1, ...SMALL });
  const other = spawn(() => [1, 2].filter((message) => sender.trySend(message)));
  const tried = [receiver.tryReceive(), receiver.tryReceive()].filter((message) => message !== undefined);
  const accepted = other.join();
  sender.close();
  const all = [...tried, ...drain(receiver)];
  expectEqual(all, accepted);
  return `${accepted.join('')}-${tried.join('')}`;
}

/** Both sides wait in the event loop. */
export function waitAsync(): void {
  const [sender, receiver] = mpsc<number>({ capacity: 1, ...SMALL });
  const other = spawn(async () => {
    await sender.sendAsync(1);
    await sender.sendAsync(2);
  });
  const third = spawn(async () => {
    expectEqual([await receiver.receiveAsync(), await receiver.receiveAsync()], '1,2');
  });
  other.join();
  third.join();
}

/** Polls are woken. */
export function polls(): void {
  const [sender, receiver] = mpsc<number>({ capacity: 2, ...SMALL });
  const other = spawn(() => {
    sender.send(1);
    sender.close();
  });
  const third = spawn(async () => {
    const received: unknown[] = [];
    for (;;) {
      let wake = (): void => {};
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      try {
        const value = receiver.poll({ waker: { wake } });
        if (typeof value === 'number') received.push(value);
        else await woken;
      } catch {
        break;
      }
    }
    expectEqual(received, '1');
  });
  other.join();
  third.join();
}

/** The last sender shares another one as it leaves, while one that was shared before leaves too. */
export function shareAndLeave(): void {
  const [sender, receiver] = mpsc<number>({ capacity: 1, bytesPerMessage: 8, maxSenders: 3 });
  const first = sender.share();
  const second = sender.share();
  sender.close(); // its ticket, which the search comes by first, is free now
  const other = spawn(() => MpscSender.from<number>(first).close());
  const third = spawn(() => {
    const own = MpscSender.from<number>(second);
    const heir = MpscSender.from<number>(own.share());
    own.close();
    heir.send(7);
    heir.close();
  });
  expectEqual(drain(receiver), '7');
  other.join();
  third.join();
}

/** The receiver closes while senders send and wait: each message was received, or its sender told. */
export function receiverCloses(): string {
  const [sender, receiver] = mpsc<number>({ capacity: 1, ...SMALL });
  const other = spawn(() => {
    const sent: number[] = [];
    try {
      for (const message of [1, 2]) {
        sender.send(message);
        sent.push(message);
      }
    } catch (error) {
      if (!(error instanceof ClosedError)) throw error;
    }
    return sent;
  });
  const received = [receiver.tryReceive()].filter((message) => message !== undefined);
  receiver.close();
  received.push(...drain(receiver));
  expectEqual(received, other.join());
  expectEqual(sender.isClosed, true);
  return received.join(',');
}

/** The receiver goes to another thread with what is under way. */
export function receiverMoves(): void {
  const [sender, receiver] = mpsc<number>({ capacity: 3, ...SMALL });
  sender.send(1);
  sender.send(2);
  expectEqual(receiver.receive(), 1);
  const given = receiver.give();
  const other = spawn(() => drain(MpscReceiver.from<number>(given)));
  sender.send(3);
  sender.close();
  expectEqual(other.join(), '2,3');
}

/** One handle is opened by one of two threads. */
export function openTwice(): void {
  const [sender] = mpsc<number>({ capacity: 1, ...SMALL });
  const shared = sender.share();
  const open = (): boolean => {
    try {
      MpscSender.from(shared);
      return true;
    } catch {
      return false;
    }
  };
  const other = spawn(open);
  const mine = open();
  expectEqual(mine !== other.join(), true);
}

/** One handle of the receiver is opened by one of two threads, with what is in line. */
export function openReceiverTwice(): void {
  const [sender, receiver] = mpsc<number>({ capacity: 2, ...SMALL });
  sender.send(1);
  sender.send(2);
  expectEqual(receiver.receive(), 1);
  const given = receiver.give();
  const open = (): number => {
    try {
      return MpscReceiver.from<number>(given).tryReceive() ?? 0;
    } catch {
      return -1;
    }
  };
  const other = spawn(open);
  const mine = open();
  expectEqual([mine, other.join()], '2,-1', '-1,2');
}

/** The receiver moves on to whoever opens it next; an older handle is as good as the new one. */
export function receiverMovesOn(): void {
  const [sender, receiver] = mpsc<number>({ capacity: 2, ...SMALL });
  sender.send(1);
  sender.send(2);
  expectEqual(receiver.receive(), 1);
  const given = receiver.give();
  const moved = MpscReceiver.from<number>(given);
  const other = spawn(() => void moved.give());
  let late: number | undefined;
  try {
    late = MpscReceiver.from<number>(given).receive();
  } catch {
    late = undefined;
  }
  other.join();
  if (late === undefined) late = MpscReceiver.from<number>(given).receive();
  expectEqual(late, 2);
}

/** Two threads share senders at once: each gets one of its own. */
export function shareTwice(): void {
  const [sender] = mpsc<number>({ capacity: 1, bytesPerMessage: 8, maxSenders: 4 });
  const own = anotherOf(sender);
  const other = spawn(() => own.share());
  const mine = sender.share();
  expectEqual(mine.ticket !== other.join().ticket, true);
}

/** A thread leaves while another one shares: a ticket that is given back may be given out. */
export function leaveWhileSharing(): void {
  const [sender, receiver] = mpsc<number>({ capacity: 1, ...SMALL });
  const own = anotherOf(sender);
  const other = spawn(() => own.close());
  try {
    MpscSender.from<number>(sender.share()).close();
  } catch (error) {
    expectEqual((error as Error).name, 'SendersExhaustedError');
  }
  sender.close();
  other.join();
  expectEqual(drain(receiver), '');
}

/** A sender is revoked while its handle is being opened: it is opened before, or never. */
export function revokeWhileOpening(): void {
  const [sender, receiver] = mpsc<number>({ capacity: 1, ...SMALL });
  const shared = sender.share();
  sender.close();
  const other = spawn(() => {
    try {
      MpscSender.from<number>(shared).close();
      return 'opened';
    } catch (error) {
      return (error as Error).name;
    }
  });
  receiver.revoke(shared);
  expectEqual(other.join(), 'opened', 'InvalidHandleError');
  expectEqual(drain(receiver), '');
}

/** A sender leaves while it is revoked; its ticket is given out again, and is not taken back. */
export function revokeWhileLeaving(): void {
  const [sender, receiver] = mpsc<number>({ capacity: 1, ...SMALL });
  const shared = sender.share();
  const own = MpscSender.from<number>(shared);
  const other = spawn(() => own.close());
  receiver.revoke(shared);
  const next = anotherOf(sender);
  other.join();
  expectEqual(next.trySend(1), true);
}

/** A sender asks whether the receiver has closed, while it does. */
export function askWhileClosing(): void {
  const [sender, receiver] = mpsc<number>({ capacity: 1, ...SMALL });
  const other = spawn(() => sender.isClosed);
  receiver.close();
  other.join();
}

/** A dead sender is revoked while another one works. */
export function revokeMeanwhile(): void {
  const [sender, receiver] = mpsc<number>({ capacity: 2, ...SMALL });
  const shared = sender.share();
  MpscSender.from<number>(shared).send(1);
  const other = spawn(() => sender.send(2));
  receiver.revoke(shared);
  expectEqual([receiver.receive(), receiver.receive()], '1,2');
  other.join();
}

/** A sender that is terminated anywhere in its send leaves a channel that goes on, once it is revoked. */
export function senderDies(): string {
  const [sender, receiver] = mpsc<number>({ capacity: 1, ...SMALL });
  const shared = sender.share();
  const victim = spawn(
    () => {
      const own = MpscSender.from<number>(shared);
      own.send(1);
      own.close();
    },
    { mayBeTerminated: true },
  );
  victim.join();
  receiver.revoke(shared);
  const received: (number | undefined)[] = [receiver.tryReceive()];
  expectEqual(sender.trySend(2), true);
  sender.close();
  received.push(...drain(receiver));
  expectEqual(received, '1,2', ',2');
  return received.join(',');
}

/** Waits that end by their timeout, at any moment, lose nothing. */
export function timeouts(): void {
  const [sender, receiver] = mpsc<number>({ capacity: 1, ...SMALL });
  sender.send(0);
  const other = spawn(() => {
    try {
      sender.send(1, { timeout: 5 });
      return 1;
    } catch {
      return 'TimeoutError';
    }
  });
  expectEqual(receiver.receive(), 0);
  let second: unknown;
  try {
    second = receiver.receive({ timeout: 5 });
  } catch (error) {
    second = (error as Error).name;
  }
  const sent = other.join();
  if (sent === second) return;
  expectEqual([sent, second], '1,TimeoutError');
  expectEqual(receiver.tryReceive(), 1);
}
