// Chooses what the examples run on: `node:net` and the event loop, or a reactor on epoll that
// owns the thread. The programs themselves are the same.

import { blockOn, type Coroutine, type Executor } from '@concurrency-lab/mini-exec';
import type { Network } from '@concurrency-lab/mini-exec/net';

/** Is a driver of the network, and how to run a program on it. */
export interface Platform {
  readonly network: Network;
  readonly run: <T>(program: () => Coroutine<T>, executor: Executor) => Promise<T>;
}

/** Opens the driver of that name; `epoll` needs Linux and, on Node, koffi. */
export async function openPlatform(name: string): Promise<Platform> {
  if (name === 'net') {
    const network = await import('@concurrency-lab/mini-exec/net');
    return { network, run: (program, executor) => Promise.resolve(executor.spawn(program)) };
  }
  if (name !== 'epoll') throw new Error(`--driver takes net or epoll, not "${name}"`);
  const network = await import('@concurrency-lab/mini-exec/epoll');
  const reactor = await network.EpollReactor.open();
  return { network, run: (program, executor) => Promise.resolve(blockOn(program, executor, reactor)) };
}
