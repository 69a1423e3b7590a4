// Channels without an arena of their own.

import { Channel } from './channel.ts';
import { defaultPool } from './default-pool.ts';
import { requireSpins } from './pool.ts';
import { Receiver } from './receiver.ts';
import { type ChannelOptions, Sender } from './sender.ts';

/**
 * Creates a channel for one value, and gives its two halves. Costs no shared memory until a
 * half is given to another thread by its handle; then the channel takes a slot of this thread's
 * default arena, which holds values of up to 4,088 bytes and grows as needed up to 65,536
 * channels. {@link OneshotArena} makes arenas of other sizes.
 *
 * @throws {InvalidArgumentError} on a count of spins out of range, and on what is no codec
 *
 * @example
 * ```ts
 * import { oneshot } from '@concurrency-lab/oneshot';
 *
 * const [sender, receiver] = oneshot<string>();
 * sender.send('hello');
 * await receiver.receiveAsync(); // => 'hello'
 * ```
 */
export function oneshot<T = unknown>(options?: ChannelOptions<T>): [sender: Sender<T>, receiver: Receiver<T>] {
  const spins = options?.spins === undefined ? undefined : requireSpins(options.spins);
  const channel = new Channel<T>(defaultPool, options?.codec, spins);
  return [new Sender(channel), new Receiver(channel)];
}
