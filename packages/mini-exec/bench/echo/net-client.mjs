// A client on node:net: opens idle connections; `run` keeps all of them busy for a while.
import { connect } from 'node:net';

export async function load(port, connections, request) {
  let answered = 0;
  let running = false;
  let idle = connections;
  let whenIdle = () => {};
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      let missing = 0;
      const send = () => {
        missing = request.length;
        socket.write(request);
      };
      socket.on('data', (chunk) => {
        missing -= chunk.length;
        if (missing > 0) return;
        if (missing < 0) throw new Error('the server answered more than it was asked');
        answered++;
        if (running) send();
        else if (++idle === connections) whenIdle();
      });
      return { socket, send };
    }),
  );
  return {
    async run(milliseconds) {
      answered = 0;
      running = true;
      idle = 0;
      for (const { send } of sockets) send();
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      running = false;
      await new Promise((resolve) => (whenIdle = resolve));
      return answered;
    },
    close() {
      for (const { socket } of sockets) socket.destroy();
    },
  };
}
