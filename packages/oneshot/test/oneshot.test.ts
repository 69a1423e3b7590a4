// What one thread can see of channels: on it alone, and with a half that was given away and
// opened again.

import { CancelledError, CancelToken, ClosedError, InvalidHandleError, TimeoutError } from '@concurrency-lab/atomics';
import { describe, expect, it } from 'vitest';
import {
  DeadlockError,
  ExhaustedError,
  MovedError,
  oneshot,
  OneshotArena,
  Pending,
  Receiver,
  Sender,
} from '../src/index.ts';

/** The two places where a channel can live. */
const CHANNELS = {
  'on one thread': <T>(): [Sender<T>, Receiver<T>] => oneshot<T>(),
  'in a slot': <T>(): [Sender<T>, Receiver<T>] => {
    const [sender, receiver] = oneshot<T>();
    return [Sender.from<T>(structuredClone(sender.handle)), receiver];
  },
};

describe.each(Object.entries(CHANNELS))('a channel %s', (place, make) => {
  it('carries one value, received in each way', async () => {
    for (const receive of [
      (receiver: Receiver<string>) => receiver.tryReceive(),
      (receiver: Receiver<string>) => receiver.receive(),
      (receiver: Receiver<string>) => receiver.receiveAsync(),
      (receiver: Receiver<string>) => receiver.poll({ waker: { wake() {} } }),
    ]) {
      const [sender, receiver] = make<string>();
      expect([receiver.isReady, receiver.isClosed, sender.isClosed]).toEqual([false, false, false]);
      sender.send('one');
      expect([receiver.isReady, receiver.isClosed, sender.isClosed]).toEqual([true, false, true]);
      expect(await receive(receiver)).toBe('one');
      expect([receiver.isReady, receiver.isClosed]).toEqual([false, true]);
      expect(() => receiver.tryReceive()).toThrow(new ClosedError('tryReceive(): this receiver has already received'));
      expect(() => sender.send('two')).toThrow(new ClosedError('send(): this sender has already sent'));
    }
  });

  it('has nothing to receive before', () => {
    const [, receiver] = make<string>();
    expect(receiver.tryReceive()).toBeUndefined();
    expect(receiver.tryReceive()).toBeUndefined();
  });

  it('throws at the receiver what the sender failed with', async () => {
    const [sender, receiver] = make<string>();
    expect(sender.fail(Object.assign(new RangeError('no'), { code: 'E_NO' }))).toBe(true);
    await expect(receiver.receiveAsync()).rejects.toMatchObject({ name: 'RangeError', message: 'no', code: 'E_NO' });
    expect(() => receiver.receive()).toThrow('has already received');
    expect(() => sender.fail(1)).toThrow('has already sent');
  });

  it('tells the receiver that the sender has gone', async () => {
    const [sender, receiver] = make<string>();
    const waiting = receiver.receiveAsync();
    sender.close();
    sender.close();
    await expect(waiting).rejects.toThrow('the sender has gone without sending');
    expect(receiver.isClosed).toBe(true);
    expect(() => receiver.receive()).toThrow(ClosedError);
    expect(() => sender.send('late')).toThrow('this sender is closed');
  });

  it('tells the sender that the receiver has gone, and leaves it the value', () => {
    const [sender, receiver] = make<string>();
    receiver.close();
    expect(sender.isClosed).toBe(true);
    expect(() => sender.send('kept')).toThrow(new ClosedError('send(): the receiver has gone'));
    const [other, gone] = make<string>();
    gone[Symbol.dispose]();
    expect(other.trySend('kept')).toBe(false);
    expect(() => other.trySend('again')).toThrow('this sender is closed');
  });

  it('closes with its block', () => {
    const [sender, receiver] = make<string>();
    {
      using held = sender;
      expect(held.isClosed).toBe(false);
    }
    expect(receiver.isClosed).toBe(true);
  });

  it('gives up after a timeout, and can be received from afterwards', async () => {
    const [sender, receiver] = make<string>();
    await expect(receiver.receiveAsync({ timeout: 1 })).rejects.toThrow(TimeoutError);
    await expect(receiver.receiveAsync({ timeout: 0 })).rejects.toThrow('Receiver.receiveAsync() was given up after');
    await expect(receiver.receiveAsync({ timeout: -1 })).rejects.toThrow('timeout must be');
    sender.send('late');
    expect(await receiver.receiveAsync({ timeout: 0 })).toBe('late');
  });

  it('gives up on abort and on cancellation, and can be received from afterwards', async () => {
    const [sender, receiver] = make<string>();
    const aborter = new AbortController();
    const waiting = receiver.receiveAsync({ signal: aborter.signal });
    aborter.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(receiver.receiveAsync({ signal: aborter.signal })).rejects.toThrow('enough');
    const token = CancelToken.create();
    const cancelled = receiver.receiveAsync({ signal: token });
    token.cancel();
    await expect(cancelled).rejects.toThrow(CancelledError);
    sender.send('late');
    expect(await receiver.receiveAsync({ signal: aborter.signal })).toBe('late');
  });

  it('ends the waits of a receiver that is closed meanwhile', async () => {
    const [, receiver] = make<string>();
    const waiting = [receiver.receiveAsync(), receiver.receiveAsync({ timeout: 20_000 })];
    receiver.close();
    for (const wait of waiting) await expect(wait).rejects.toThrow('receiveAsync(): this receiver is closed');
  });

  it('gives the value to one of two waits', async () => {
    const [sender, receiver] = make<string>();
    const waiting = [receiver.receiveAsync(), receiver.receiveAsync()];
    sender.send('one');
    const results = await Promise.allSettled(waiting);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('wakes whoever polls, the last waker only', async () => {
    const [sender, receiver] = make<string>();
    const woken: string[] = [];
    const poll = (name: string): unknown => receiver.poll({ waker: { wake: () => woken.push(name) } });
    expect(poll('first')).toBe(Pending);
    expect(poll('second')).toBe(Pending);
    sender.send('value');
    await expect.poll(() => woken).toEqual(['second']);
    expect(poll('third')).toBe('value');
    expect(woken).toEqual(['second']);
  });

  it('wakes nobody once it is dropped', async () => {
    const [sender, receiver] = make<string>();
    let wakes = 0;
    receiver.poll({ waker: { wake: () => wakes++ } });
    receiver.drop();
    expect(sender.trySend('value')).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(wakes).toBe(0);
  });

  it('can be waited for in a coroutine', () => {
    const [sender, receiver] = make<string>();
    function* task(): Generator<Receiver<string>, string, unknown> {
      return `${yield* receiver}!`;
    }
    const running = task();
    const { value: awaited } = running.next();
    expect(awaited).toBe(receiver);
    sender.send('hello');
    expect(running.next((awaited as Receiver<string>).tryReceive()).value).toBe('hello!');
  });

  it('can be revoked from either side', () => {
    const [sender, receiver] = make<string>();
    expect(receiver.revokePeer()).toBe(true);
    expect(receiver.revokePeer()).toBe(false);
    expect(sender.isClosed).toBe(true);
    expect(sender.trySend('late')).toBe(false);
    expect(() => receiver.receive()).toThrow(ClosedError);
    const [other, gone] = make<string>();
    expect(other.revokePeer({ exited: true })).toBe(true);
    expect(other.trySend('late')).toBe(false);
    if (place === 'in a slot') expect(() => gone.receive()).toThrow('this receiver was revoked');
  });
});

describe('a half that is given away', () => {
  it('is opened once, and unusable where it was', () => {
    const [sender, receiver] = oneshot<number>();
    const { handle } = sender;
    expect(sender.handle).toBe(handle);
    expect(() => sender.send(1)).toThrow(new MovedError('send()', 'sender'));
    expect(() => sender.revokePeer()).toThrow(MovedError);
    sender.close(); // does nothing
    const there = Sender.from<number>(structuredClone(handle));
    expect(() => Sender.from(handle)).toThrow('this oneshot-sender was opened already or revoked');
    there.send(5);
    expect(receiver.receive()).toBe(5);
    expect(() => Sender.from(handle)).toThrow(InvalidHandleError);
    const [, given] = oneshot<number>();
    expect(given.handle.kind).toBe('oneshot-receiver');
    expect(() => given.tryReceive()).toThrow('tryReceive(): this receiver was given away by its handle');
    expect([given.isClosed, given.isReady]).toEqual([true, false]);
  });

  it('takes along a value that was sent before, and that the sender has gone', async () => {
    const [sender, receiver] = oneshot();
    sender.send({ deep: [1n] });
    expect(await Receiver.from(receiver.handle).receiveAsync()).toEqual({ deep: [1n] });
    const [failing, failed] = oneshot();
    failing.fail(new Error('before'));
    expect(() => Receiver.from(failed.handle).receive()).toThrow('before');
    const [closed, left] = oneshot();
    closed.close();
    expect(() => Receiver.from(left.handle).receive()).toThrow('has gone without sending');
    const [writing, gone] = oneshot();
    gone.close();
    expect(Sender.from(writing.handle).trySend(1)).toBe(false);
  });

  it('stays where it is with a value that cannot leave', () => {
    const arena = OneshotArena.create({ slots: 1 });
    const [sender, receiver] = arena.channel();
    const value = () => 1;
    sender.send(value);
    expect(() => receiver.handle).toThrow('the value is a function, which cannot be sent to another thread');
    expect(arena.freeSlots).toBe(1);
    expect(receiver.receive()).toBe(value);
    expect(() => receiver.handle).toThrow('handle: this receiver has already received');
  });

  it('moves the waits of the half that stays', async () => {
    const [sender, receiver] = oneshot<number>();
    const waiting = receiver.receiveAsync();
    let wakes = 0;
    receiver.poll({ waker: { wake: () => wakes++ } });
    const { handle } = sender;
    expect(wakes).toBe(1);
    Sender.from<number>(handle).send(7);
    expect(await waiting).toBe(7);
  });

  it('ends its own waits', async () => {
    const [sender, receiver] = oneshot<number>();
    Sender.from<number>(sender.handle);
    const waiting = receiver.receiveAsync();
    const { handle } = receiver;
    await expect(waiting).rejects.toThrow(MovedError);
    expect(Receiver.from(handle).tryReceive()).toBeUndefined();
  });

  it('can be revoked wherever it is, also before it is opened', () => {
    const [sender, receiver] = oneshot<number>();
    const { handle } = sender;
    expect(sender.revoke()).toBe(true);
    expect(sender.revoke({ exited: true })).toBe(false);
    expect(() => Sender.from(handle)).toThrow('was opened already or revoked');
    expect(() => receiver.receive()).toThrow('the sender has gone without sending');
    const [one, other] = oneshot<number>();
    expect([one.revoke(), one.revoke(), other.isClosed]).toEqual([true, false, true]);
  });

  it('refuses what is no handle', () => {
    const [sender] = oneshot();
    const { handle } = sender;
    for (const wrong of [null, 5, {}, { kind: 'oneshot-receiver' }, OneshotArena.create().handle]) {
      expect(() => Sender.from(wrong as never)).toThrow('expected the handle of a oneshot-sender');
    }
    expect(() => Sender.from({ ...handle, slot: 64 })).toThrow('the arena has 64 slots, and none is called 64');
    expect(() => Sender.from({ ...handle, slot: 0.5 })).toThrow(InvalidHandleError);
    expect(() => Sender.from({ ...handle, generation: handle.generation + 1 })).toThrow('opened already or revoked');
    expect(() => Sender.from({ ...handle, byteOffset: 128 })).toThrow(InvalidHandleError);
    expect(() => Sender.from({ ...handle, version: 2 })).toThrow('has version 2');
    expect(() => Sender.from({ ...handle, buffer: new SharedArrayBuffer(4096) })).toThrow('does not hold a');
    Sender.from(handle).close(); // the right one still opens
  });
});

describe('a blocking receive', () => {
  it('does not wait for its own thread', () => {
    expect(() => oneshot()[1].receive()).toThrow(DeadlockError);
  });

  it('gives up after a timeout, on a cancelled token and an aborted signal', () => {
    const [sender, receiver] = oneshot<number>();
    const there = Sender.from<number>(sender.handle);
    expect(() => receiver.receive({ timeout: 2 })).toThrow(new TimeoutError('Receiver.receive()', 2));
    const token = CancelToken.create();
    token.cancel();
    expect(() => receiver.receive({ signal: token })).toThrow(CancelledError);
    expect(() => receiver.receive({ signal: AbortSignal.abort(new Error('before')) })).toThrow('before');
    expect(() => receiver.receive({ timeout: NaN })).toThrow('timeout must be a number of milliseconds');
    there.send(3);
    expect(receiver.receive({ timeout: 2 })).toBe(3);
  });

  it('spins as often as told', () => {
    expect(() => oneshot({ spins: -1 })).toThrow('spins must be an integer from 0 to 100, not -1');
    expect(() => OneshotArena.create({ spins: 0.5 })).toThrow('spins must be an integer');
    const [sender, receiver] = oneshot({ spins: 3 });
    Sender.from(sender.handle);
    expect(() => receiver.receive({ timeout: 1 })).toThrow(TimeoutError);
  });
});

describe('bad input', () => {
  it.each([5, {}, null, { encode() {} }])('is refused: what is no codec: %o', (given) => {
    const codec = given as never;
    const refusal = 'codec must be an object with the functions encode and decode, not';
    expect(() => oneshot({ codec })).toThrow(refusal);
    expect(() => OneshotArena.create({ slots: 1 }).channel({ codec })).toThrow(refusal);
    const [sender, receiver] = oneshot();
    expect(() => Sender.from(sender.handle, { codec })).toThrow(refusal);
    expect(() => Receiver.from(receiver.handle, { codec })).toThrow(refusal);
  });

  it('is refused: what is no signal, and the wait can begin again', async () => {
    const [sender, receiver] = oneshot<number>();
    const signal = new AbortController() as never;
    const refusal = 'signal must be an AbortSignal or a CancelToken, not an object of class AbortController';
    await expect(receiver.receiveAsync({ signal })).rejects.toThrow(refusal); // both halves are here
    const there = Sender.from<number>(sender.handle);
    await expect(receiver.receiveAsync({ signal })).rejects.toThrow(refusal);
    expect(() => receiver.receive({ signal })).toThrow(refusal);
    there.send(1);
    expect(receiver.receive()).toBe(1);
  });
});

describe('an arena', () => {
  it('says so when it is full, and goes on when a slot is free', () => {
    const arena = OneshotArena.create({ slots: 2 });
    const channels = [arena.channel<number>(), arena.channel<number>(), arena.channel<number>()];
    const [first, second, third] = channels.map(([sender]) => sender);
    const opened = Sender.from<number>(first!.handle);
    expect(second!.handle.slot).toBe(1);
    expect(arena.freeSlots).toBe(0);
    expect(() => third!.handle).toThrow(ExhaustedError);
    expect(() => third!.handle).toThrow('all 2 slots of this arena are taken');
    opened.send(1);
    channels[0]![1].receive();
    expect(arena.freeSlots).toBe(1);
    expect(third!.handle.slot).toBe(0);
  });

  it('grows where it may, up to its limit', () => {
    const arena = OneshotArena.create({ slots: 2, bytesPerSlot: 8, maxSlots: 5 });
    const halves = Array.from({ length: 4 }, () => arena.channel<number>());
    const opened = halves.map(([sender]) => Sender.from<number>(structuredClone(sender.handle)));
    expect(() => arena.channel()[0].handle).toThrow('all 4 slots');
    opened.forEach((sender, i) => sender.send(i));
    expect(halves.map(([, receiver]) => receiver.receive())).toEqual([0, 1, 2, 3]);
    expect(arena.freeSlots).toBe(4);
  });

  it('lies where the caller wants it, and is opened by its handle', () => {
    const size = { slots: 3, bytesPerSlot: 100 };
    expect(OneshotArena.bytesFor(size)).toBe(128 + 3 * 128);
    const buffer = new SharedArrayBuffer(256 + OneshotArena.bytesFor(size));
    const arena = OneshotArena.at(buffer, 256, size);
    const there = OneshotArena.from(structuredClone(arena.handle));
    expect(there.freeSlots).toBe(3);
    const [sender, receiver] = there.channel<string>();
    Sender.from<string>(sender.handle).send('x'.repeat(100));
    expect(arena.freeSlots).toBe(2);
    expect(receiver.receive()).toHaveLength(100);
    expect(() => OneshotArena.at(buffer, 256, size)).toThrow('not zeroed');
    expect(() => OneshotArena.at(buffer, 64, size)).toThrow('multiple of 128');
    expect(() => OneshotArena.from({ ...arena.handle, byteOffset: 0 })).toThrow(InvalidHandleError);
  });

  it.each([
    [{ slots: 0 }, 'slots must be an integer from 1 to 1048576, not 0'],
    [{ bytesPerSlot: 7 }, 'bytesPerSlot must be an integer from 8 to 268435455, not 7'],
    [{ slots: 1000, bytesPerSlot: 2 ** 27 }, 'the bytes of all slots must be an integer'],
    [{ slots: 8, maxSlots: 4 }, 'maxSlots must be an integer from 8 to'],
  ])('refuses %j', (options, message) => {
    expect(() => OneshotArena.create(options)).toThrow(message);
  });

  it('counts lives across the wrap of the generation', () => {
    const arena = OneshotArena.create({ slots: 1 });
    const words = new Int32Array(arena.handle.buffer);
    const FIRST_STATE = 32;
    words[FIRST_STATE] = -0x100; // the last generation, free
    const again = OneshotArena.from(arena.handle);
    for (const generation of [0xff_ffff, 0, 1]) {
      const [sender, receiver] = again.channel<number>();
      expect(sender.handle.generation).toBe(generation);
      Sender.from<number>(structuredClone(sender.handle)).send(generation);
      expect(receiver.receive()).toBe(generation);
    }
  });
});
