// How sockets of `node:net` wake tasks: from a callback of the event loop.

import { wakeFromEvent } from '../event-loop.ts';
import type { Driver } from './readiness.ts';

/** Is shared by all sockets of `node:net` on this thread. */
export const eventLoopDriver: Driver = { wake: wakeFromEvent, waiting: 0 };
