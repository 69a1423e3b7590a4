// The driver on epoll, in the process of the test: the event loop looks at the reactor at
// every turn, so that the clients, of `node:net`, live beside it. How it owns a thread is in
// epoll-thread.test.ts.

import { EpollReactor } from '../src/epoll/index.ts';
import * as network from '../src/epoll/index.ts';
import { describeNetwork } from './network-suite.ts';

let reactor: EpollReactor | undefined;

function look(): void {
  if (reactor === undefined) return;
  reactor.park(0);
  setImmediate(look);
}

if (process.platform === 'linux') {
  describeNetwork('on epoll', {
    network,
    openSockets: () => reactor!.sockets,
    async open() {
      reactor = await EpollReactor.open();
      look();
    },
    close() {
      reactor!.close();
      reactor = undefined;
    },
  });
}
