// The bounded channel on one thread, or between a thread and a worker that blocks.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { CancelledError, CancelToken, ClosedError, InvalidArgumentError, TimeoutError } from '@concurrency-lab/atomics';
import { blockOn, Executor } from '@concurrency-lab/mini-exec';
import { describe, expect, it } from 'vitest';
import { fc, test } from '../../../vitest.prop.ts';
import { mpsc, MpscReceiver, MpscSender, SendersExhaustedError } from '../src/index.ts';

describe('messages', () => {
  it('come once, in order, as structured clone would have them', () => {
    const [sender, receiver] = mpsc<unknown>({ capacity: 8, bytesPerMessage: 500 });
    const messages = [1, -0, 'text', undefined, null, { a: [1n, new Date(0)] }, new Error('no').message, [Number.NaN]];
    for (const message of messages) expect(sender.trySend(message)).toBe(true);
    expect(sender.trySend('one too many')).toBe(false);
    expect(messages.map(() => receiver.tryReceive())).toStrictEqual(messages);
    expect(receiver.tryReceive()).toBeUndefined();
  });

  test.prop([
    fc.integer({ min: 1, max: 5 }),
    fc.array(fc.oneof(fc.record({ send: fc.nat(2) }), fc.constant('receive' as const)), { maxLength: 60 }),
  ])('behave as a queue of that capacity, whoever sends', (capacity, steps) => {
    const [first, receiver] = mpsc<number>({ capacity });
    const senders = [first, MpscSender.from<number>(first.share()), MpscSender.from<number>(first.share())];
    const queue: number[] = [];
    let next = 0;
    for (const step of steps) {
      if (step === 'receive') expect(receiver.tryReceive()).toBe(queue.shift());
      else {
        const accepted = queue.length < capacity;
        expect(senders[step.send]!.trySend(next)).toBe(accepted);
        if (accepted) queue.push(next);
        next++;
      }
    }
    for (const sender of senders) sender.close();
    expect(queue.map(() => receiver.receive())).toEqual(queue);
    expect(() => receiver.receive()).toThrow(ClosedError);
  });

  it('that cannot be sent are refused, and take no room', () => {
    const [sender, receiver] = mpsc<unknown>({ capacity: 1, bytesPerMessage: 112 });
    expect(() => sender.trySend({ f: () => 1 })).toThrow('the message.f is a function');
    expect(() => sender.trySend('x'.repeat(108))).toThrow('the message takes more than the 112 bytes');
    expect(() => sender.trySend([new SharedArrayBuffer(8)])).toThrow('the message[0] is shared memory');
    expect(() => sender.send(Symbol('s'))).toThrow(InvalidArgumentError);
    expect(sender.trySend('x'.repeat(107))).toBe(true);
    expect(receiver.receive()).toHaveLength(107);
  });

  it('may be sent by a getter of another', () => {
    const [sender, receiver] = mpsc<unknown>({ capacity: 2 });
    sender.trySend({
      get inner() {
        return sender.trySend([1, 'two']);
      },
    });
    expect([receiver.receive(), receiver.receive()]).toEqual([[1, 'two'], { inner: true }]);
  });
});

describe('the end', () => {
  it('comes when the last sender has closed and all was received', async () => {
    const [sender, receiver] = mpsc<number>({ capacity: 4 });
    const shared = sender.share();
    sender.trySend(1);
    sender.close();
    sender.close();
    expect(() => sender.trySend(2)).toThrow('trySend(): this mpsc-sender is closed');
    expect(() => sender.share()).toThrow(ClosedError);
    {
      using second = MpscSender.from<number>(shared);
      second.trySend(3);
    }
    const received: number[] = [];
    for await (const message of receiver) received.push(message);
    expect(received).toEqual([1, 3]);
    await expect(receiver.receiveAsync()).rejects.toThrow('the channel is closed, and all its messages were received');
  });

  it('is told to senders when the receiver closes, also to those that wait', async () => {
    const [sender, receiver] = mpsc<number>({ capacity: 1 });
    sender.trySend(1);
    const waiting = sender.sendAsync(2);
    expect(sender.isClosed).toBe(false);
    receiver.close();
    await expect(waiting).rejects.toThrow('sendAsync(): the receiver has closed');
    expect(sender.isClosed).toBe(true);
    expect(() => sender.trySend(3)).toThrow('trySend(): the receiver has closed');
    expect(receiver.receive()).toBe(1);
    expect(() => receiver.tryReceive()).toThrow(ClosedError);
  });

  it('comes when a loop is left', async () => {
    const [sender, receiver] = mpsc<number>({ capacity: 2 });
    sender.trySend(1);
    for await (const message of receiver) {
      expect(message).toBe(1);
      break;
    }
    expect(sender.isClosed).toBe(true);
  });

  it('comes by revocation where a thread is gone', async () => {
    const [sender, receiver] = mpsc<number>({ capacity: 1 });
    const shared = sender.share();
    sender.close();
    const waiting = receiver.receiveAsync();
    expect(receiver.revoke(shared)).toBe(true);
    expect(receiver.revoke(shared)).toBe(false);
    await expect(waiting).rejects.toThrow(ClosedError);
    expect(() => MpscSender.from(shared)).toThrow('opened already, or revoked');
    const [stranger] = mpsc<number>({ capacity: 1 });
    expect(() => receiver.revoke(stranger.share())).toThrow('one of another channel');
  });
});

describe('waits', () => {
  it('end by their timeouts and signals, and nothing is lost', async () => {
    const [sender, receiver] = mpsc<number>({ capacity: 1 });
    expect(() => receiver.receive({ timeout: 1 })).toThrow(TimeoutError);
    await expect(receiver.receiveAsync({ timeout: 1 })).rejects.toThrow('MpscReceiver.receiveAsync() was given up');
    const token = CancelToken.create();
    token.cancel();
    expect(() => receiver.receive({ signal: token })).toThrow(CancelledError);
    sender.send(1);
    expect(() => sender.send(2, { timeout: 1 })).toThrow('MpscSender.send() was given up after its timeout of 1 ms');
    const controller = new AbortController();
    const aborted = sender.sendAsync(3, { signal: controller.signal });
    controller.abort(new Error('never mind'));
    await expect(aborted).rejects.toThrow('never mind');
    expect(() => receiver.receive({ timeout: -1 })).toThrow(InvalidArgumentError);
    expect(receiver.receive()).toBe(1);
    expect(receiver.tryReceive()).toBeUndefined();
  });

  it('are polled by an executor, on which a channel is a future', async () => {
    const [sender, receiver] = mpsc<number>({ capacity: 1 });
    const executor = new Executor();
    const sum = executor.spawn(function* () {
      return (yield* receiver) + (yield* receiver);
    });
    await sender.sendAsync(20);
    await sender.sendAsync(22);
    await expect(sum).resolves.toBe(42);
    sender.close();
    expect(() => blockOn(receiver)).toThrow('the channel is closed');
  });

  it('may block on a worker, in both directions', async () => {
    const [sender, receiver] = mpsc<number>({ capacity: 2 });
    const [back, answers] = mpsc<string>({ capacity: 1 });
    const worker = new Worker(new URL('workers/mpsc.mjs', import.meta.url), {
      workerData: { receiver: receiver.give(), sender: back.share() },
      execArgv: [],
    });
    back.close();
    const exited = once(worker, 'exit');
    const sending = (async () => {
      for (let i = 0; i < 300; i++) await sender.sendAsync(i);
      sender.close();
    })();
    const received: string[] = [];
    for await (const answer of answers) received.push(answer);
    await sending;
    expect(received).toEqual(Array.from({ length: 300 }, (_, i) => `got ${i}`));
    await exited;
  });

  it('go on when a sender is terminated, once it is revoked', async () => {
    const [sender, receiver] = mpsc<number>({ capacity: 2 });
    for (let round = 0; round < 5; round++) {
      const handle = sender.share();
      const worker = new Worker(new URL('workers/mpsc-flood.mjs', import.meta.url), {
        workerData: { handle },
        execArgv: [],
      });
      let last = -1;
      for (let i = 0; i < 200; i++) {
        const message = await receiver.receiveAsync();
        expect(message).toBe(last + 1);
        last = message;
      }
      await worker.terminate();
      receiver.revoke(handle);
      for (let message = receiver.tryReceive(); message !== undefined; message = receiver.tryReceive()) {
        expect(message).toBe(last + 1);
        last = message;
      }
    }
    expect([sender.trySend(-1), sender.trySend(-2), sender.trySend(-3)]).toEqual([true, true, false]);
  });
});

describe('handles', () => {
  it('open once each', () => {
    const [sender, receiver] = mpsc<number>({ capacity: 1, maxSenders: 2 });
    const shared = structuredClone(sender.share());
    expect(() => sender.share()).toThrow(SendersExhaustedError);
    const second = MpscSender.from<number>(shared);
    expect(() => MpscSender.from(shared)).toThrow('opened already');
    second.close();
    expect(MpscSender.from<number>(sender.share()).isClosed).toBe(false);
    const given = structuredClone(receiver.give());
    expect(() => receiver.tryReceive()).toThrow('tryReceive(): this mpsc-receiver was given away');
    expect(() => receiver.give()).toThrow(ClosedError);
    sender.trySend(5);
    const moved = MpscReceiver.from<number>(given);
    expect([moved.capacity, moved.receive()]).toEqual([1, 5]);
    expect(() => MpscReceiver.from(given)).toThrow('this mpsc-receiver was opened already');
  });

  it.each<[unknown, string]>([
    [undefined, 'expected the handle of an mpsc-sender, not undefined'],
    [{ kind: 'mpsc-receiver' }, 'expected the handle of an mpsc-sender, not "mpsc-receiver"'],
  ])('must be handles: %o', (handle, message) => {
    expect(() => MpscSender.from(handle as never)).toThrow(message);
  });

  it('must name a sender of the channel', () => {
    const [sender] = mpsc({ capacity: 1 });
    const shared = sender.share();
    expect(() => MpscSender.from({ ...shared, ticket: 64 })).toThrow(
      'the channel has 64 senders, and none is called 64',
    );
    expect(() => MpscSender.from({ ...shared, byteOffset: 128 })).toThrow('mpsc');
    expect(() => MpscReceiver.from(shared as never)).toThrow(
      'expected the handle of an mpsc-receiver, not "mpsc-sender"',
    );
  });
});

it.each([
  [{ capacity: 0 }, 'capacity must be an integer from 1 to 65536, not 0'],
  [{ capacity: 1, bytesPerMessage: 4 }, 'bytesPerMessage must be'],
  [{ capacity: 1, maxSenders: 0 }, 'maxSenders must be'],
  [{ capacity: 65_536, bytesPerMessage: 1_000_000 }, 'the bytes of all messages must be'],
])('refuses the size %o', (size, message) => {
  expect(() => mpsc(size)).toThrow(message);
});
