// The arena of channels that were not given one: of this thread's, made when its first half leaves.

import { Chunk } from './chunk.ts';
import { Pool } from './pool.ts';

let made: Pool | undefined;

/** Gives this thread's default arena: 64 slots of 4,088 bytes, growing up to 65,536 slots. */
export function defaultPool(): Pool {
  made ??= new Pool(Chunk.create({}), { maxSlots: 65_536 });
  return made;
}
