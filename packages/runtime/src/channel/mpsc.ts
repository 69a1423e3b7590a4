// A bounded channel: many senders, one receiver, between any threads.

import { MpscMemory, type MpscSize } from './layout.ts';
import { Queue } from './queue.ts';
import { MpscReceiver } from './receiver.ts';
import { MpscSender } from './sender.ts';
import { NONE } from './states.ts';

/**
 * Creates a bounded channel for messages from many senders to one receiver, on any threads.
 *
 * It holds at most `capacity` messages: senders wait, or are told, while there is no room. Each
 * way of waiting is there on both sides: not at all, blocking, by a promise; and the receiver is a
 * future of mini-exec. The channel ends when the last sender has closed and everything was
 * received, or when the receiver closes.
 *
 * Source: `tokio::sync::mpsc`.
 *
 * @throws {InvalidArgumentError} on a size out of range
 * @throws {UnsupportedPlatformError} where there is no `SharedArrayBuffer`
 *
 * @example
 * ```ts
 * import { mpsc, MpscSender } from '@concurrency-lab/runtime';
 *
 * const [sender, receiver] = mpsc<string>({ capacity: 2 });
 * const there = MpscSender.from<string>(structuredClone(sender.share())); // on another thread
 * sender.trySend('one'); // => true
 * there.trySend('two'); // => true
 * there.trySend('three'); // => false
 * sender.close();
 * there.close();
 * const received: string[] = [];
 * for await (const message of receiver) received.push(message);
 * received; // => ['one', 'two']
 * ```
 */
export function mpsc<T>(size: MpscSize): [sender: MpscSender<T>, receiver: MpscReceiver<T>] {
  const queue = new Queue(MpscMemory.create(size));
  const offered = queue.offer();
  if (offered === NONE || !queue.open(offered.ticket, offered.life)) throw new Error('unreachable: the channel is new');
  return [new MpscSender<T>(queue, offered.ticket, offered.life), new MpscReceiver<T>(new Queue(queue.memory))];
}
