// What the models of the ring share.

import { type Consumer, type RingOptions, type Sides, SpscRing } from '../../src/index.ts';

/** Options of a ring, all of them optional. */
export type Options = Partial<RingOptions<'int32'>>;

/** Makes a ring whose waits park at once: spins only make more of the same interleavings. */
export function ring(options: Options): Sides<'int32'> {
  return SpscRing.create({ kind: 'int32', capacity: 1, spins: 0, ...options });
}

/** Throws unless both show the same. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  if (String(actual) !== String(expected)) throw new Error(`${what}: ${String(actual)}, not ${String(expected)}`);
}

/** Takes what is left, after the producer has ended. */
export function drain(consumer: Consumer<'int32'>): number[] {
  const items: number[] = [];
  for (let item = consumer.pop(); item !== undefined; item = consumer.pop()) items.push(item);
  return items;
}
