// The driver on `node:net`.

import { expect, it } from 'vitest';
import { Executor } from '../src/index.ts';
import * as network from '../src/net/index.ts';
import { describeNetwork } from './network-suite.ts';

describeNetwork('on node:net', { network, openSockets: () => 0 });

it('lets go of the port when binding is given up', async () => {
  const executor = new Executor();
  const handle = executor.spawn(network.TcpListener.bind({ port: 0 }));
  executor.tryTick();
  handle.abort();
  await expect(handle).rejects.toMatchObject({ isCancelled: true });
});
